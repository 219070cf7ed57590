"""The body of an article as HTML that may stand on somebody else's page."""

from __future__ import annotations

import html
import re

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tracking.article import Article

_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_SCHEMES = {"http", "https", "mailto"}
# What is no text of the article: gone with everything inside it.
_WITHOUT_CONTENT = {
    *("script", "style", "noscript", "template", "title"),
    *("iframe", "object", "embed", "svg", "math", "audio", "video", "canvas"),
    *("form", "select", "textarea", "button", "noembed", "noframes", "xmp"),
}
_IMAGE = {"referrerpolicy": "no-referrer"}

# Parsers need quadratic time for depth, and browsers stop at about as much.
_DEEPEST = 500
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)


def safe_body(article: Article) -> str:
    """The body without what runs, frames, styles or hides, with absolute addresses only.

    A body that is nested beyond all reason is shown as its bare paragraphs.
    """
    if _depth(article.body) > _DEEPEST:
        return "".join(f"<p>{html.escape(text)}</p>" for text in article.content.paragraphs)
    return nh3.clean(
        _without_hidden(article.body),
        clean_content_tags=_WITHOUT_CONTENT,
        url_schemes=_SCHEMES,
        url_relative="deny",
        set_tag_attribute_values={"img": _IMAGE},
    )


def _without_hidden(body: str) -> str:
    tree = LexborHTMLParser(f"<!DOCTYPE html><body>{body}")
    # Backwards, so that no node is touched after the one around it is gone.
    for node in reversed(tree.css("*")):
        if _is_hidden(node):
            node.decompose()
    text = None if tree.body is None else tree.body.inner_html
    return "" if text is None else text


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    style = attributes.get("style")
    return "hidden" in attributes or (style is not None and _UNSEEN.search(style) is not None)


def _depth(body: str) -> int:
    depth = deepest = 0
    for closing, name in _TAG.findall(body):
        if name.lower() not in _VOID:
            depth = max(depth - 1, 0) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest

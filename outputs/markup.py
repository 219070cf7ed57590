"""The body of an article as HTML that is safe to embed in another page."""

from __future__ import annotations

import html
import re

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tracking.article import Article

_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_SCHEMES = {"http", "https", "mailto"}
# Elements that are removed with everything inside them: they run, frame or play something, or belong to forms.
_WITHOUT_CONTENT = {
    *("script", "style", "noscript", "template", "title"),
    *("iframe", "object", "embed", "svg", "math", "audio", "video", "canvas"),
    *("form", "select", "textarea", "button", "noembed", "noframes", "xmp"),
}
_IMAGE = {"referrerpolicy": "no-referrer"}

# Elements inside each other. Parsers need quadratic time for depth, and browsers stop at about this depth.
_MAX_DEPTH = 500
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)


def safe_body(article: Article) -> str:
    """The body without scripts, frames, styles and hidden elements, and with absolute addresses only.

    A body with more than 500 elements inside each other becomes its paragraphs as plain text.
    """
    if _depth(article.body) > _MAX_DEPTH:
        return "".join(f"<p>{html.escape(text)}</p>" for text in article.content.paragraphs)
    return nh3.clean(
        _without_hidden(article.body),
        clean_content_tags=_WITHOUT_CONTENT,
        url_schemes=_SCHEMES,
        url_relative="deny",
        set_tag_attribute_values={"img": _IMAGE},
    )


def _without_hidden(body: str) -> str:
    """The body without elements that their attributes hide."""
    tree = LexborHTMLParser(f"<!DOCTYPE html><body>{body}")
    # From the last to the first: removing an element also removes those inside it.
    for node in reversed(tree.css("*")):
        if _is_hidden(node):
            node.decompose()
    text = None if tree.body is None else tree.body.inner_html
    return "" if text is None else text


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    style = attributes.get("style")
    return "hidden" in attributes or (style is not None and _HIDDEN_STYLE.search(style) is not None)


def _depth(body: str) -> int:
    """How many elements are inside each other at most, as tags are written; unclosed elements count as open."""
    depth = deepest = 0
    for closing, name in _TAG.findall(body):
        if name.lower() not in _VOID:
            depth = max(depth - 1, 0) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest

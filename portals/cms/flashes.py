"""Flashes: short news whose text begins with the title in 【】, or that have no title and no markup."""

from __future__ import annotations

import re

from portals.page import plain

_OPENING = re.compile(r"\s*【([^【】]{1,200})】\s*")
_SENTENCE = re.compile(r"[^。！？\n]{1,80}")
_TAG = re.compile(r"<[^<>]*>")
_MARKUP = re.compile(r"</?(?:p|br|div|strong|b|a|img|span|em|h[1-6]|ul|ol|li|table|blockquote)[\s/>]", re.IGNORECASE)


def opening(text: str) -> tuple[str, str]:
    """The title in 【】 at the beginning of a text, and the text after it; ("", text) without one."""
    match = _OPENING.match(text)
    return ("", text) if match is None else (plain(match[1]), text[match.end() :])


def unbracketed(title: str) -> str:
    """A title without the 【】 around it."""
    inner, rest = opening(title)
    return inner if inner and not rest else title


def first_sentence(text: str, agency: re.Pattern[str] | None = None) -> str:
    """The first sentence of a text, maybe "", without what `agency` matches before it, such as "财联社20日电，"."""
    visible = _TAG.sub("", text).strip()
    prefix = None if agency is None else agency.match(visible)
    match = _SENTENCE.match(visible, 0 if prefix is None else prefix.end())
    return "" if match is None else plain(match.group())


def as_markup(text: str) -> str:
    """A text as HTML, each line a paragraph; unchanged when it is HTML already."""
    if _MARKUP.search(text):
        return text
    lines = (line.strip() for line in text.replace("<", "&lt;").splitlines())
    return "".join(f"<p>{line}</p>" for line in lines if line)

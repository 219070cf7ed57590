"""What flashes share: short texts that open with their title in 【】, or have neither a title nor markup."""

from __future__ import annotations

import re

from portals.page import plain

_OPENING = re.compile(r"\s*【([^【】]{1,200})】\s*")
_SENTENCE = re.compile(r"[^。！？\n]{1,80}")
_TAG = re.compile(r"<[^<>]*>")
_MARKUP = re.compile(r"</?(?:p|br|div|strong|b|a|img|span|em|h[1-6]|ul|ol|li|table|blockquote)[\s/>]", re.IGNORECASE)


def opening(text: str) -> tuple[str, str]:
    """The title in 【】 that a text opens with, and what follows it; an empty title and the whole text without one."""
    found = _OPENING.match(text)
    return ("", text) if found is None else (plain(found[1]), text[found.end() :])


def unbracketed(title: str) -> str:
    """A title as it is printed, in 【】, without them."""
    inner, rest = opening(title)
    return inner if inner and not rest else title


def first_sentence(text: str, agency: re.Pattern[str] | None = None) -> str:
    """What stands for the title of a flash that has none: its first sentence, without "财联社20日电，"; or nothing."""
    seen = _TAG.sub("", text).strip()
    begin = None if agency is None else agency.match(seen)
    found = _SENTENCE.match(seen, 0 if begin is None else begin.end())
    return "" if found is None else plain(found.group())


def as_markup(text: str) -> str:
    """The text as markup, each line a paragraph; unchanged where it is markup already."""
    if _MARKUP.search(text):
        return text
    lines = (line.strip() for line in text.replace("<", "&lt;").splitlines())
    return "".join(f"<p>{line}</p>" for line in lines if line)

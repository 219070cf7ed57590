"""Small programmes, and what of them is found in a text."""

from __future__ import annotations

from tracking.article import Content
from tracking.matching import Matcher, Mention, Name, Programme


def programme(*names: str | Name, key: str = "x", parent: str | None = None) -> Programme:
    made = tuple(name if isinstance(name, Name) else Name(name) for name in names)
    return Programme(key, key, parent, made)


def mentions(text: str, *names: str | Name) -> list[Mention]:
    return list(Matcher([programme(*names)]).mentions(Content("", (text,))))


def quotes(text: str, *names: str | Name) -> list[str]:
    return [mention.quote for mention in mentions(text, *names)]

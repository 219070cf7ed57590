"""Feeds from the OPML files that other feed readers write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crawler.charset import decode
from crawler.feeds.portals import Origin
from crawler.feeds.xmltext import elements
from tracking.text import clean

LARGEST = 1_000_000
_LONGEST_TITLE = 200
# As browsers once wrote the address of a feed.
_FEED_SCHEME = re.compile(r"feed:(?://(?!/)(?=[^:]+(?:/|$))|(?=https?://))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that a file names; `title` is "" where it has none."""

    feed: str
    title: str


@dataclass(frozen=True, slots=True)
class Opml:
    """What a file names: feeds, each once, and one line for each outline that names none or what cannot be one."""

    feeds: tuple[Found, ...]
    problems: tuple[str, ...]


def read(data: bytes) -> Opml:
    """What the bytes of a file name; ValueError when it is no OPML, or too large."""
    if len(data) > LARGEST:
        raise ValueError(f"larger than {LARGEST} bytes")
    text = decode(data, None)
    if "</opml" not in text[-LARGEST:].lower():
        raise ValueError("no OPML, or one that is cut off")
    feeds, problems = dict[str, Found](), list[str]()
    for title, address in _outlines(text):
        try:
            found = _found(title, address)
        except ValueError as error:
            problems.append(f"{title or 'an outline without a title'}: {error}")
        else:
            feeds.setdefault(same_feed(found.feed), found)
    return Opml(tuple(feeds.values()), tuple(problems))


def same_feed(address: str) -> str:
    """What two addresses of one feed have in common: all but the scheme."""
    return address.partition("://")[2]


def _outlines(text: str) -> Iterator[tuple[str, str]]:
    """Titles and addresses; folders are left out."""
    for outline in elements(text, ("opml",), ("outline",)):
        said = {str(name).lower(): str(value) for name, value in outline.items()}
        title = clean(said.get("text", "")) or clean(said.get("title", ""))
        address = said.get("xmlurl", "").strip()
        if address or not _is_folder(outline):
            yield title[:_LONGEST_TITLE], address


def _is_folder(outline: etree._Element) -> bool:
    return len(outline) > 0 or outline.get("type") is None


def _found(title: str, address: str) -> Found:
    if not address:
        raise ValueError("no address of a feed")
    plain = _FEED_SCHEME.sub(lambda match: "http://" if match.group().endswith("//") else "", address, count=1)
    return Found(Origin("imported", plain).address, title)

"""Feeds from the OPML files that other programs write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from portals.charset import decode
from portals.feeds.feed_portal import Origin
from portals.feeds.xml_text import elements
from tracking.text import clean

#: Bytes of a file; a list of a thousand feeds has a fifth of that.
LARGEST = 1_000_000
# Characters.
_LONGEST_TITLE = 200
# As browsers once wrote the address of a feed.
_FEED_SCHEME = re.compile(r"feed:(?://(?!/)(?=[^:]+(?:/|$))|(?=https?://))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """A feed that a file names."""

    #: Its address, as Origin writes it.
    feed: str
    #: On one line; "" where the file gives none.
    title: str


@dataclass(frozen=True, slots=True)
class Opml:
    """What a file names."""

    #: Its feeds in its order, each once.
    feeds: tuple[OpmlFeed, ...]
    #: One line for each outline that names no feed, or what cannot be one.
    problems: tuple[str, ...]


def read(data: bytes) -> Opml:
    """What the bytes of a file name; ValueError when it is no OPML, cut off, or too large."""
    if len(data) > LARGEST:
        raise ValueError(f"larger than {LARGEST} bytes")
    text = decode(data, None)
    if "</opml" not in text[-LARGEST:].lower():
        raise ValueError("no OPML, or one that is cut off")
    feeds, problems = dict[str, OpmlFeed](), list[str]()
    for title, address in _outlines(text):
        try:
            found = _feed(title, address)
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
    """Whether an outline without an address groups others."""
    return len(outline) > 0 or outline.get("type") is None


def _feed(title: str, address: str) -> OpmlFeed:
    """The feed at an address; ValueError when that is none."""
    if not address:
        raise ValueError("no address of a feed")
    plain = _FEED_SCHEME.sub(lambda match: "http://" if match.group().endswith("//") else "", address, count=1)
    return OpmlFeed(Origin("imported", plain).address, title)

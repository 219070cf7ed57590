"""Reads feeds from OPML files, as other feed readers export them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from portals.charset import decode
from portals.feeds.feed_portal import Origin
from portals.feeds.xml_text import elements
from tracking.text import clean

#: Bytes of a file; a list of a thousand feeds has a fifth of this.
MAX_BYTES = 1_000_000
# Characters of a title; the rest is cut off.
_LONGEST_TITLE = 200
# A scheme that browsers once used for feeds: feed://host/ or feed:https://host/.
_FEED_SCHEME = re.compile(r"feed:(?://(?!/)(?=[^:]+(?:/|$))|(?=https?://))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """A feed in an OPML file."""

    #: The address of the feed, in the form of `Origin.address`.
    feed: str
    #: The title on one line; "" when the file has none.
    title: str


@dataclass(frozen=True, slots=True)
class Opml:
    """The content of an OPML file."""

    #: The feeds in the order of the file, each once.
    feeds: tuple[OpmlFeed, ...]
    #: One line for each outline without a valid feed address.
    problems: tuple[str, ...]


def read(data: bytes) -> Opml:
    """The feeds in the bytes of a file; ValueError when it is not OPML, cut off, or too large."""
    if len(data) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES} bytes")
    text = decode(data, None)
    if "</opml" not in text[-MAX_BYTES:].lower():
        raise ValueError("no OPML, or one that is cut off")
    feeds, problems = dict[str, OpmlFeed](), list[str]()
    for title, address in _outlines(text):
        try:
            feed = _feed(title, address)
        except ValueError as error:
            problems.append(f"{title or 'an outline without a title'}: {error}")
        else:
            feeds.setdefault(same_feed(feed.feed), feed)
    return Opml(tuple(feeds.values()), tuple(problems))


def same_feed(address: str) -> str:
    """The address without its scheme, which is equal for two addresses of one feed."""
    return address.partition("://")[2]


def _outlines(text: str) -> Iterator[tuple[str, str]]:
    """The outlines as (title, address), without folders."""
    for outline in elements(text, ("opml",), ("outline",)):
        attributes = {str(name).lower(): str(value) for name, value in outline.items()}
        title = clean(attributes.get("text", "")) or clean(attributes.get("title", ""))
        address = attributes.get("xmlurl", "").strip()
        if address or not _is_folder(outline):
            yield title[:_LONGEST_TITLE], address


def _is_folder(outline: etree._Element) -> bool:
    """Whether an outline without an address is a folder."""
    return len(outline) > 0 or outline.get("type") is None


def _feed(title: str, address: str) -> OpmlFeed:
    """The feed at an address; ValueError when the address is not valid."""
    if not address:
        raise ValueError("no address of a feed")
    plain = _FEED_SCHEME.sub(lambda match: "http://" if match.group().endswith("//") else "", address, count=1)
    return OpmlFeed(Origin("imported", plain).address, title)

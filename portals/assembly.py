"""From the pages of an article to the article: in a crawl, and again from the bytes that are stored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portals.charset import decode
from portals.page import LayoutChanged, Page, Reading
from portals.portal import Portal
from tracking import body as bodies
from tracking.article import Article, Content, Listing
from tracking.observation import Capture, StoredCaptures

# The content type of a capture that is a row of a list, which held its whole article, as a JSON value.
ROW_CONTENT_TYPE = "application/vnd.policywatch.row+json"


@dataclass(frozen=True, slots=True)
class Part:
    """One page of an article, read. It holds no node, which would keep the whole parsed page in memory."""

    title: str
    #: Who wrote or published it; None where the page does not say.
    author: str | None
    #: Aware UTC; None where the page shows no time.
    published_at: datetime | None
    #: The inner HTML of the article's container, as the sample format writes it.
    body: str
    #: The address of the first picture; None without one.
    image: str | None
    #: What a person reads, cleaned.
    paragraphs: tuple[str, ...]
    #: Whether a person sees anything: text, or else a picture or a player.
    shows_something: bool


def part_of(portal: Portal, page: Page, listing: Listing) -> Part:
    """What one page of an article says; LayoutChanged when it is no such page."""
    return _part(portal, portal.extract(page), _base(portal, page, listing))


def inline_part(portal: Portal, row: object, page: Page, listing: Listing) -> Part | None:
    """What a row of a list says of its whole article; None when the article's page is to be read."""
    reading = portal.inline_article(row, page)
    return None if reading is None else _part(portal, reading, listing.url)


def row_capture(portal: Portal, row: object, page: Page) -> Capture:
    """A row as evidence."""
    value = portal.row_to_json(row)
    return Capture(1, page.url, ROW_CONTENT_TYPE, json.dumps(value, ensure_ascii=False, sort_keys=True).encode())


def article_of(portal: Portal, listing: Listing, parts: Sequence[Part]) -> Article:
    """The article that these pages make; LayoutChanged when they say nothing."""
    paragraphs = tuple(paragraph for part in parts for paragraph in part.paragraphs)
    if not paragraphs and not any(part.shows_something for part in parts):
        raise LayoutChanged(listing.url, "the body has no text")
    first, *_ = parts
    return Article(
        portal=listing.portal,
        key=listing.key,
        url=listing.url,
        categories=portal.categories,
        content=Content(first.title, paragraphs),
        author=first.author,
        published_at=published_at(listing.published_at, first.published_at),
        body="\n".join(part.body for part in parts),
        image=next((part.image for part in parts if part.image), None),
    )


def published_at(listed: datetime | None, read: datetime | None) -> datetime | None:
    """The page's time; the list's where it names the same minute, to the second, or where the page has none."""
    if read is None or listed is None:
        return read or listed
    return listed if _minute(listed) == _minute(read) else read


def reextract(portal: Portal, listing: Listing, captures: Sequence[Capture], fetched_at: datetime) -> Article:
    """What the portal's rules of today read in stored bytes; LayoutChanged when they cannot."""
    parts = [_stored_part(portal, listing, capture, fetched_at) for capture in captures]
    return article_of(portal, listing, parts)


class Reextractor:
    """What today's rules read in what is stored of articles; nothing of portals that are no more."""

    def __init__(self, portals: Mapping[str, Portal]) -> None:
        """`portals` are those of today, by name."""
        self._portals = portals

    def __call__(self, kept: StoredCaptures) -> Article | None:
        """The article as it is read today; None when it cannot be."""
        old = kept.article
        portal = self._portals.get(old.portal)
        if portal is None or old.url is None:
            return None
        listing = Listing(old.portal, old.key, old.url, old.content.title, old.published_at)
        try:
            return reextract(portal, listing, kept.captures, kept.at)
        except LayoutChanged:
            return None


def _stored_part(portal: Portal, listing: Listing, capture: Capture, at: datetime) -> Part:
    """A stored page, or a stored row, read."""
    if capture.content_type != ROW_CONTENT_TYPE:
        return part_of(portal, Page(capture.url, decode(capture.body, capture.content_type), at), listing)
    row = portal.row_from_json(json.loads(capture.body))
    part = inline_part(portal, row, Page(capture.url, "", at), listing)
    if part is None:
        raise LayoutChanged(capture.url, "the row says nothing of its article")
    return part


def _base(portal: Portal, page: Page, listing: Listing) -> str:
    """What relative addresses in the body start from: an interface that gave it is not where it is read."""
    source = portal.source_address(listing.url)
    return page.url if source.replace("http://", "https://", 1) == listing.url else listing.url


def _part(portal: Portal, reading: Reading, base: str) -> Part:
    """What a reading says, serialised and as paragraphs."""
    rules = portal.rules if reading.rules is None else reading.rules
    body = bodies.serialise(reading.body, base)
    paragraphs = bodies.paragraphs(body, rules)
    return Part(
        title=reading.title,
        author=reading.author,
        published_at=reading.published_at,
        body=body,
        image=bodies.first_image(body, base),
        paragraphs=paragraphs,
        shows_something=bool(paragraphs) or bodies.shows_something(body, rules),
    )


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)

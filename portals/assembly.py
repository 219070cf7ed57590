"""Builds an article from its pages: in a crawl, or again from stored captures."""

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
from tracking.dates import minute_of
from tracking.observation import Capture, StoredCaptures

#: The content type of a capture that is not a page, but a row of a list with its whole article, as JSON.
ROW_CONTENT_TYPE = "application/vnd.policywatch.row+json"


@dataclass(frozen=True, slots=True)
class Part:
    """What was read from one page of an article. It holds no node: that would keep the parsed page in memory."""

    #: The title, on one line.
    title: str
    #: Who wrote or published it; None when the page does not say.
    author: str | None
    #: When it was published, aware UTC; None when the page does not say.
    published_at: datetime | None
    #: The inner HTML of the article's container, as the sample format writes it.
    body: str
    #: The absolute address of the first picture; None without one.
    image: str | None
    #: The visible paragraphs, cleaned.
    paragraphs: tuple[str, ...]
    #: Whether the page shows any text, picture or player.
    shows_something: bool


def part_of(portal: Portal, page: Page, listing: Listing) -> Part:
    """One page of an article, read; LayoutChanged when it is no such page."""
    return _part(portal, portal.extract(page), _base_url(portal, page, listing))


def inline_part(portal: Portal, row: object, page: Page, listing: Listing) -> Part | None:
    """The whole article in a row of a list; None when the article's page has to be read."""
    reading = portal.inline_article(row, page)
    return None if reading is None else _part(portal, reading, listing.url)


def row_capture(portal: Portal, row: object, page: Page) -> Capture:
    """A capture of a row that holds its whole article."""
    value = portal.row_to_json(row)
    return Capture(1, page.url, ROW_CONTENT_TYPE, json.dumps(value, ensure_ascii=False, sort_keys=True).encode())


def article_of(portal: Portal, listing: Listing, parts: Sequence[Part]) -> Article:
    """The article that consists of these pages; LayoutChanged when they show nothing."""
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
    """The time on the page (`read`); the list's when that is in the same minute, or when the page has none."""
    if read is None or listed is None:
        return read or listed
    return listed if minute_of(listed) == minute_of(read) else read


def reextract(portal: Portal, listing: Listing, captures: Sequence[Capture], fetched_at: datetime) -> Article:
    """The article that the portal's current rules read from captures; LayoutChanged when they cannot read them."""
    parts = [_stored_part(portal, listing, capture, fetched_at) for capture in captures]
    return article_of(portal, listing, parts)


class Reextractor:
    """Reads stored captures again, by the current rules."""

    def __init__(self, portals: Mapping[str, Portal]) -> None:
        """`portals` are those that exist now, by name."""
        self._portals = portals

    def __call__(self, stored: StoredCaptures) -> Article | None:
        """The article as the current rules read it; None when its portal does not exist or cannot read it."""
        old = stored.article
        portal = self._portals.get(old.portal)
        if portal is None or old.url is None:
            return None
        listing = Listing(old.portal, old.key, old.url, old.content.title, old.published_at)
        try:
            return reextract(portal, listing, stored.captures, stored.fetched_at)
        except LayoutChanged:
            return None


def _stored_part(portal: Portal, listing: Listing, capture: Capture, at: datetime) -> Part:
    """The page or the row in a capture, read."""
    if capture.content_type != ROW_CONTENT_TYPE:
        return part_of(portal, Page(capture.url, decode(capture.body, capture.content_type), at), listing)
    row = portal.row_from_json(json.loads(capture.body))
    part = inline_part(portal, row, Page(capture.url, "", at), listing)
    if part is None:
        raise LayoutChanged(capture.url, "the row says nothing of its article")
    return part


def _base_url(portal: Portal, page: Page, listing: Listing) -> str:
    """The address that relative ones in the body refer to: not that of an API that the body came from."""
    source = portal.source_address(listing.url)
    return page.url if source.replace("http://", "https://", 1) == listing.url else listing.url


def _part(portal: Portal, reading: Reading, base: str) -> Part:
    """A reading with its body as HTML and as paragraphs."""
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

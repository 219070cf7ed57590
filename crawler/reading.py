"""From fetched pages to an article: in a crawl, and again from the bytes that were kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from crawler.charset import decode
from crawler.facts import Facts
from crawler.notebook import Notebook
from crawler.page import LayoutChanged, Page, Reading
from crawler.visits import Part, published_at
from tracking import body as bodies
from tracking.article import Article, Content, Listing
from tracking.sightings import Capture, Kept

# A row of a list that holds its whole article is kept as the JSON value that it is.
ROW = "application/vnd.policywatch.row+json"


def part_of(portal: Facts, page: Page, listing: Listing) -> Part:
    """What one page of an article says; LayoutChanged when it is no such page."""
    return _part(portal, portal.extract(page), _base(portal, page, listing))


def given_part(portal: Facts, row: Any, page: Page, listing: Listing) -> Part | None:
    """What a row of a list says of its whole article; None when the article's page is to be read."""
    reading = portal.given(row, page)
    return None if reading is None else _part(portal, reading, listing.url)


def row_capture(row: Any, page: Page) -> Capture:
    """A row as evidence."""
    return Capture(1, page.url, ROW, json.dumps(row, ensure_ascii=False, sort_keys=True).encode())


def article_of(portal: Facts, listing: Listing, parts: Sequence[Part]) -> Article:
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


def read_again(portal: Facts, listing: Listing, captures: Sequence[Capture], at: datetime) -> Article:
    """What the portal reads today from bytes that were kept, fetched at `at`; LayoutChanged when it cannot."""
    parts = [_kept_part(portal, listing, capture, at) for capture in captures]
    return article_of(portal, listing, parts)


class Rereader:
    """What each portal reads today from what was kept; None for what it cannot read, or a portal that is no more."""

    def __init__(self, portals: Mapping[str, type[Facts]]) -> None:
        self._portals, self._made = portals, dict[str, Facts]()

    def __call__(self, kept: Kept) -> Article | None:
        portal = self._portal(kept.article.portal, kept.at)
        if portal is None or kept.article.url is None:
            return None
        old = kept.article
        listing = Listing(old.portal, old.key, kept.article.url, old.content.title, old.published_at)
        try:
            return read_again(portal, listing, kept.captures, kept.at)
        except LayoutChanged:
            return None

    def _portal(self, name: str, at: datetime) -> Facts | None:
        if name in self._portals and name not in self._made:
            self._made[name] = self._portals[name](memory=Notebook(), at=at)
        return self._made.get(name)


def _kept_part(portal: Facts, listing: Listing, capture: Capture, at: datetime) -> Part:
    if capture.content_type != ROW:
        return part_of(portal, Page(capture.url, decode(capture.body, capture.content_type), at), listing)
    part = given_part(portal, json.loads(capture.body), Page(capture.url, "", at), listing)
    if part is None:
        raise LayoutChanged(capture.url, "the row says nothing of its article")
    return part


def _base(portal: Facts, page: Page, listing: Listing) -> str:
    """What relative addresses in the body start from: an interface that gave it is not where it is read."""
    source = portal.source_address(listing.url)
    return page.url if source.replace("http://", "https://", 1) == listing.url else listing.url


def _part(portal: Facts, reading: Reading, base: str) -> Part:
    rules = portal.rules if reading.rules is None else reading.rules
    body = bodies.serialise(reading.body, base)
    seen = bodies.paragraphs(body, rules)
    return Part(
        title=reading.title,
        author=reading.author,
        published_at=reading.published_at,
        body=body,
        image=bodies.first_image(body, base),
        paragraphs=seen,
        shows_something=bool(seen) or bodies.shows_something(body, rules),
    )

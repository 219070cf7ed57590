"""What reads a page in the benchmark: the portals' own rules, the general ones, and four libraries."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from portals.assembly import article_of, part_of
from portals.generic.any_page import AnyPage
from portals.page import Page
from portals.portal import Portal
from tracking.article import Listing
from tracking.body import Rules, paragraphs
from tracking.dates import beijing

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a page."""

    #: The title.
    title: str
    #: The time of publication, aware; None when none was found.
    at: datetime | None
    #: The text.
    paragraphs: tuple[str, ...]


# A function from the source of a page and its address to what was read.
Reads = Callable[[str, str], Reading]


def by_portal(portal: Portal) -> Reads:
    """The rules of a portal."""

    def read(source: str, url: str) -> Reading:
        key = portal.key_of(url)
        listing = Listing(portal.name, "" if key is None else key, url, "", None)
        article = article_of(portal, listing, [part_of(portal, Page(url, source, AT), listing)])
        return Reading(article.content.title, article.published_at, article.content.paragraphs)

    return read


def libraries() -> dict[str, Reads | None]:
    """The general rules and the libraries by name; None for one that is not installed."""
    logging.disable(logging.CRITICAL)
    makers = {"trafilatura": _trafilatura, "newspaper4k": _newspaper4k, "GNE": _gne, "readability-lxml": _readability}
    found: dict[str, Reads | None] = {"generic": by_portal(AnyPage())}
    for name, make in makers.items():
        found[name] = None
        with suppress(ImportError):
            found[name] = make()
    return found


def _trafilatura() -> Reads:
    from trafilatura import bare_extraction

    def read(source: str, url: str) -> Reading:
        found: Any = bare_extraction(source, url=url, with_metadata=True, include_comments=False)
        return Reading(_text(found.title), _time(found.date), _lines(found.text))

    return read


def _newspaper4k() -> Reads:
    from newspaper import Article

    def read(source: str, url: str) -> Reading:
        article = Article(url, language="zh", fetch_images=False)
        article.download(input_html=source)
        article.parse()
        return Reading(article.title, _time(str(article.publish_date)), _lines(article.text))

    return read


def _gne() -> Reads:
    from gne import GeneralNewsExtractor

    def read(source: str, url: str) -> Reading:
        found = GeneralNewsExtractor().extract(source)
        return Reading(found["title"], _time(found["publish_time"]), _lines(found["content"]))

    return read


def _readability() -> Reads:
    from readability import Document

    def read(source: str, url: str) -> Reading:
        document = Document(source)
        title = document.short_title()
        return Reading(title, None, paragraphs(document.summary(html_partial=True), Rules()))

    return read


def _text(value: str | None) -> str:
    return "" if value is None else value


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in _text(text).split("\n") if line.strip())


def _time(text: str | None) -> datetime | None:
    try:
        return beijing(_text(text))
    except ValueError:
        return None

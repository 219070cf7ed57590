"""The fetching of one article, page after page, and what of a response is used."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy.http import Response

from portals.assembly import Part
from portals.charset import decode
from portals.page import Page
from tracking.article import Listing
from tracking.observation import Capture, Validator

# Characters of a header; longer values are ignored.
_LONGEST_HEADER = 500


@dataclass(frozen=True, slots=True)
class Visit:
    """The state of fetching one article: the pages so far, and those that follow."""

    #: The row of a list that names the article.
    listing: Listing
    #: What the server sent with each page the last time, for conditional requests; empty for an unread article.
    validators: tuple[Validator, ...] = ()
    #: How many pages, counted from the first, the server said are unchanged.
    unchanged: int = 0
    #: The pages that were fetched so far, in their order.
    fetched: tuple[FetchedPage, ...] = ()
    #: The addresses of the pages that are still to be fetched.
    ahead: tuple[str, ...] = ()
    #: Whether the text comes from a list; then the page is fetched only to see whether it still exists.
    inline: bool = False


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """One page of an article as it was fetched."""

    #: What was read from it.
    part: Part
    #: Its raw bytes.
    capture: Capture
    #: For a conditional request the next time; None when the server sent neither ETag nor Last-Modified.
    validator: Validator | None


def header(response: Response, name: str) -> str | None:
    """A header of a response; None when it is missing, or its value is not printable or far too long."""
    value = response.headers.get(name)
    text = value.decode("latin-1") if value else ""
    return text if text and text.isprintable() and len(text) <= _LONGEST_HEADER else None


def page_of(response: Response, at: datetime, body: bytes | None = None) -> Page:
    """The page of a response; `body` replaces its bytes when they had to be unpacked first.

    Its time of fetching is that of the Date header, or without one `at` (aware UTC), the beginning of the crawl.
    """
    fetched_at = at
    with suppress(ValueError, TypeError, OverflowError):
        fetched_at = parsedate_to_datetime(header(response, "Date") or "").astimezone(UTC)
    body = response.body if body is None else body
    return Page(response.url, decode(body, header(response, "Content-Type")), fetched_at)


def validator_of(response: Response) -> Validator | None:
    """The ETag and Last-Modified of a response, for a conditional request the next time; None without both."""
    etag, modified = header(response, "ETag"), header(response, "Last-Modified")
    return Validator(response.url, etag, modified) if etag or modified else None


def conditional_headers(visit: Visit) -> dict[str, str]:
    """The headers that make the request for the next page conditional; empty when nothing is known of that page."""
    if visit.fetched or not visit.validators:
        return {}
    validator = visit.validators[visit.unchanged]
    headers = {"If-None-Match": validator.etag, "If-Modified-Since": validator.last_modified}
    return {name: value for name, value in headers.items() if value}

"""A look at one article, over all of its pages, while it is under way."""

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

# Characters; no honest server sends a longer value.
_LONGEST_HEADER = 500


@dataclass(frozen=True, slots=True)
class Visit:
    """A look at one article: what its pages gave so far, and what is still to be fetched."""

    listing: Listing
    #: What the server said of each page the last time; empty for an article that is read for the first time.
    validators: tuple[Validator, ...] = ()
    #: How many pages, from the first, the server called unchanged so far.
    unchanged: int = 0
    #: The pages that were fetched so far.
    fetched: tuple[Fetched, ...] = ()
    #: The addresses of the pages that follow.
    ahead: tuple[str, ...] = ()
    #: Whether the article's text came from a row of a list: then its page only shows whether it is still there.
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """One page of an article as it was fetched."""

    part: Part
    capture: Capture
    #: None when the server said nothing that would let it answer "not modified" the next time.
    validator: Validator | None


def header(response: Response, name: str) -> str | None:
    """A header of a response; None without it, or with a value that no honest server sends."""
    value = response.headers.get(name)
    text = value.decode("latin-1") if value else ""
    return text if text and text.isprintable() and len(text) <= _LONGEST_HEADER else None


def page_of(response: Response, at: datetime, body: bytes | None = None) -> Page:
    """The page of a response, or of other bytes in its place.

    It was fetched when its server says, or else at `at`, the beginning of the crawl.
    """
    fetched_at = at
    with suppress(ValueError, TypeError, OverflowError):
        fetched_at = parsedate_to_datetime(header(response, "Date") or "").astimezone(UTC)
    body = response.body if body is None else body
    return Page(response.url, decode(body, header(response, "Content-Type")), fetched_at)


def validator_of(response: Response) -> Validator | None:
    """What a response said so that its server can answer "not modified" the next time."""
    etag, modified = header(response, "ETag"), header(response, "Last-Modified")
    return Validator(response.url, etag, modified) if etag or modified else None


def conditions(visit: Visit) -> dict[str, str]:
    """The headers that let a server answer "not modified" for the next page of a visit."""
    if visit.fetched or not visit.validators:
        return {}
    validator = visit.validators[visit.unchanged]
    headers = {"If-None-Match": validator.etag, "If-Modified-Since": validator.last_modified}
    return {name: value for name, value in headers.items() if value}

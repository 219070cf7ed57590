"""A look at one article, under way over all its pages, and what a portal asks of the memory of earlier crawls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from scrapy.http import Response

from crawler.charset import decode
from crawler.page import Page
from tracking.article import Listing
from tracking.sightings import Capture, Trouble, Validator

_LONGEST_HEADER = 500


@dataclass(frozen=True, slots=True)
class Visit:
    """A look at one article, under way: what its pages gave so far, and how many the server called unchanged."""

    listing: Listing
    validators: tuple[Validator, ...] = ()
    unchanged: int = 0
    fetched: tuple[Fetched, ...] = ()
    ahead: tuple[str, ...] = ()
    given: bool = False  # its text came from a list; its page is only asked for whether it is there


@dataclass(frozen=True, slots=True)
class Part:
    """One page of an article, read; no node, which would keep the whole parsed page in memory."""

    title: str
    author: str | None
    published_at: datetime | None
    body: str
    image: str | None
    paragraphs: tuple[str, ...]
    shows_something: bool


@dataclass(frozen=True, slots=True)
class Fetched:
    """One page of an article as it was fetched."""

    part: Part
    capture: Capture
    validator: Validator | None


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is to be done after a list page: articles to read, and whether the next page may show unknown ones."""

    waiting: tuple[Listing, ...]
    go_on: bool


class Memory(Protocol):
    """What a portal needs to know of earlier crawls."""

    def remember(self, list_: str, number: int, listings: Sequence[Listing], *, ended: bool) -> Remembered: ...

    def fail_list(self, list_: str, reason: str, trouble: Trouble) -> None: ...

    def waiting(self) -> Iterable[Listing]: ...

    def due(self) -> Iterable[Visit]: ...


def header(response: Response, name: str) -> str | None:
    """A header of a response; None without it, or with a value that no honest server sends."""
    value = response.headers.get(name)
    text = value.decode("latin-1") if value else ""
    return text if text and text.isprintable() and len(text) <= _LONGEST_HEADER else None


def page_of(response: Response, at: datetime) -> Page:
    """The page of a response; it was fetched when its server says, or else at `at`."""
    said = at
    with suppress(ValueError, TypeError, OverflowError):
        said = parsedate_to_datetime(header(response, "Date") or "").astimezone(UTC)
    return Page(response.url, decode(response.body, header(response, "Content-Type")), said)


def validator_of(response: Response) -> Validator | None:
    """What a response said so that its server can answer "not modified" the next time."""
    etag, modified = header(response, "ETag"), header(response, "Last-Modified")
    return Validator(response.url, etag, modified) if etag or modified else None


def conditions(visit: Visit) -> dict[str, str]:
    """The headers that let a server answer "not modified" for the page that is asked for next."""
    if visit.fetched or not visit.validators:
        return {}
    validator = visit.validators[visit.unchanged]
    asked = {"If-None-Match": validator.etag, "If-Modified-Since": validator.last_modified}
    return {name: value for name, value in asked.items() if value}


def published_at(listed: datetime | None, read: datetime | None) -> datetime | None:
    """The page's time; the list's where it names the same minute, to the second, or where the page has none."""
    if read is None or listed is None:
        return read or listed
    return listed if _minute(listed) == _minute(read) else read


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)

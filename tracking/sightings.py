"""What one look at an article gave: its content, nothing new, no page any more, or a failure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from tracking.article import Article


class Trouble(StrEnum):
    """Why a list or an article could not be read, in the words that people are told."""

    BLOCKED = "blocked"
    LAYOUT = "layout changed"
    EMPTY = "empty list"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    FORBIDDEN = "forbidden by robots.txt"
    WITHHELD = "for subscribers only"
    PAUSE = "asked to wait"
    QUIET = "too few articles"


@dataclass(frozen=True, slots=True)
class Capture:
    """The raw bytes of one response, as evidence; `page` counts from 1 within an article."""

    page: int
    url: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an article: as it was read, and the bytes, fetched at `at`, that it was read from."""

    article: Article
    captures: tuple[Capture, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Validator:
    """What a server said with a page so that it can answer "not modified" the next time."""

    url: str
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """An article was read, whole; `given` says that a list gave its text, and that its page is not read."""

    article: Article
    captures: tuple[Capture, ...] = ()
    validators: tuple[Validator, ...] = ()
    original: bytes | None = None
    given: bool = False

    @property
    def portal(self) -> str:
        return self.article.portal

    @property
    def key(self) -> str:
        return self.article.key


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The server says that the page is the one we have."""

    portal: str
    key: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The server says that there is no such page; `status` is 404 or 410."""

    portal: str
    key: str
    url: str
    status: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The article could not be read: nothing is known of it, and nothing may be concluded."""

    portal: str
    key: str
    url: str
    reason: str
    trouble: Trouble = Trouble.LAYOUT


Sighting = Seen | Unchanged | Gone | Failed


@dataclass(slots=True)
class Tally:
    """What a batch, or a whole crawl, came to."""

    new: int = 0
    edited: int = 0
    unchanged: int = 0
    gone: int = 0
    failed: int = 0

    def add(self, other: Tally) -> None:
        for name in (f.name for f in fields(self)):
            setattr(self, name, getattr(self, name) + getattr(other, name))

"""The results of fetching an article: seen, unchanged, gone or failed, and the kinds of failure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from tracking.article import Article


class FailureKind(StrEnum):
    """Why a list or an article could not be read, in the words that are stored and shown to people."""

    #: The portal refuses crawlers: an error page, a captcha, an "access denied".
    BLOCKED = "blocked"
    #: A page or list does not have the layout that the portal's rules expect.
    LAYOUT = "layout changed"
    #: A list can be read, but shows no article.
    EMPTY = "empty list"
    #: No answer in time, or the crawl's own time limit ran out.
    TIMEOUT = "timeout"
    #: No connection, or a server error.
    UNREACHABLE = "unreachable"
    #: The site's robots.txt does not allow the page to be fetched.
    FORBIDDEN = "forbidden by robots.txt"
    #: Only subscribers can read the whole article.
    WITHHELD = "for subscribers only"
    #: The portal's Retry-After is longer than one crawl waits.
    PAUSE = "asked to wait"
    #: The lists can be read, but show far fewer articles than at this hour of earlier weeks.
    QUIET = "too few articles"


@dataclass(frozen=True, slots=True)
class Capture:
    """The raw bytes of one response, as evidence."""

    #: The number of the page in its article, counted from 1.
    page: int
    #: The address that was fetched.
    url: str
    #: The Content-Type header as it was sent.
    content_type: str
    #: The body, uncompressed and not decoded to text.
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredCaptures:
    """An article and the captures that it can be extracted from again."""

    #: The article as it was last read.
    article: Article
    #: The captures that it was read from, in the order of its pages.
    captures: tuple[Capture, ...]
    #: When the last of the captures was fetched, aware UTC.
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Validator:
    """The validators of one page, for a conditional request that may be answered with "not modified"."""

    #: The address of the page.
    url: str
    #: The ETag header; None when the server sent none.
    etag: str | None
    #: The Last-Modified header; None when the server sent none.
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """An article was read completely."""

    #: What was read.
    article: Article
    #: The captures that it was read from, in the order of its pages; () for an imported file.
    captures: tuple[Capture, ...] = ()
    #: The validators of its pages; () when the server sent none.
    validators: tuple[Validator, ...] = ()
    #: The bytes of an imported file that the export would not write identically; None for all other articles.
    original: bytes | None = None
    #: Whether the whole text was in a list, so that the article's page is not read.
    inline: bool = False

    @property
    def portal(self) -> str:
        """The name of the portal."""
        return self.article.portal

    @property
    def key(self) -> str:
        """The portal's own id of the article."""
        return self.article.key


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The server answered that the page has not changed since it was read (304)."""

    #: The name of the portal.
    portal: str
    #: The portal's own id of the article.
    key: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The server answered that there is no such page."""

    #: The name of the portal.
    portal: str
    #: The portal's own id of the article.
    key: str
    #: The address that was fetched.
    url: str
    #: The HTTP status: 404 or 410.
    status: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The article could not be read, so that its state is unknown."""

    #: The name of the portal.
    portal: str
    #: The portal's own id of the article.
    key: str
    #: The address that was fetched.
    url: str
    #: What went wrong, one line.
    reason: str
    #: The kind of the failure.
    failure_kind: FailureKind = FailureKind.LAYOUT


#: The result of fetching one article once.
Observation = Seen | Unchanged | Gone | Failed


@dataclass(slots=True)
class Tally:
    """How many articles of a batch, or of a whole crawl, had which result."""

    #: Read for the first time.
    new: int = 0
    #: Changed as a reader sees it, or restored after they had been taken down.
    edited: int = 0
    #: Without any change that a reader sees.
    unchanged: int = 0
    #: Not found, whether or not they count as withdrawn already.
    gone: int = 0
    #: Failed: could not be read.
    failed: int = 0

    def add(self, other: Tally) -> None:
        """Add the numbers of another tally to this one."""
        for name in (field.name for field in fields(self)):
            setattr(self, name, getattr(self, name) + getattr(other, name))

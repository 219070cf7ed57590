"""What fetching an article gave: its content, nothing new, no page any more, or a failure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from tracking.article import Article


class FailureKind(StrEnum):
    """Why a list or an article could not be read, in the words that are stored and shown to people."""

    #: The portal refuses us: an error page, a captcha, an access denied.
    BLOCKED = "blocked"
    #: A page or list is not built as the rules expect.
    LAYOUT = "layout changed"
    #: A list can be read, and shows no article.
    EMPTY = "empty list"
    #: No answer in time, or the crawl's own time limit ran out.
    TIMEOUT = "timeout"
    #: No connection, or a server error.
    UNREACHABLE = "unreachable"
    #: The site's robots.txt does not allow the page to be fetched.
    FORBIDDEN = "forbidden by robots.txt"
    #: Only the beginning of an article is shown to everybody.
    WITHHELD = "for subscribers only"
    #: The portal's Retry-After is longer than one crawl waits.
    PAUSE = "asked to wait"
    #: The lists can be read, but show far fewer articles than at this hour of earlier weeks.
    QUIET = "too few articles"


@dataclass(frozen=True, slots=True)
class Capture:
    """The raw bytes of one response, as evidence."""

    #: Which page of its article, counted from 1.
    page: int
    #: The address that answered.
    url: str
    #: The Content-Type header as it was sent.
    content_type: str
    #: The body, not compressed, not decoded.
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredCaptures:
    """What is stored of an article and can be extracted again."""

    #: The article as it was read last.
    article: Article
    #: The raw bytes that it was read from, by page.
    captures: tuple[Capture, ...]
    #: When they were fetched, aware UTC.
    at: datetime


@dataclass(frozen=True, slots=True)
class Validator:
    """What a server sent with a page so that it can answer "not modified" the next time."""

    #: The address of the page.
    url: str
    #: The ETag header; None when none was sent.
    etag: str | None
    #: The Last-Modified header; None when none was sent.
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """An article was read completely."""

    #: What was read.
    article: Article
    #: The raw bytes that it was read from; empty for an imported file.
    captures: tuple[Capture, ...] = ()
    #: What the server sent for asking again; empty when it sent nothing.
    validators: tuple[Validator, ...] = ()
    #: The bytes of an imported file that our own rendering would not give back; None for all others.
    original: bytes | None = None
    #: Whether the text stood in a list, so that the page of the article is not read.
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
    """The server says that the page has not changed since it was read."""

    #: The name of the portal.
    portal: str
    #: The portal's own id of the article.
    key: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The server says that there is no such page."""

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
    """The article could not be read: nothing is known of it, and nothing may be concluded."""

    #: The name of the portal.
    portal: str
    #: The portal's own id of the article.
    key: str
    #: The address that was fetched.
    url: str
    #: What went wrong, one line.
    reason: str
    #: Of which kind that is.
    failure_kind: FailureKind = FailureKind.LAYOUT


#: What one look at one article gave.
Observation = Seen | Unchanged | Gone | Failed


@dataclass(slots=True)
class Tally:
    """How many articles of a batch, or of a whole crawl, had which result."""

    #: Read for the first time.
    new: int = 0
    #: Changed as a reader sees it, or there again after they had been taken down.
    edited: int = 0
    #: As they were.
    unchanged: int = 0
    #: Not found, whether or not that counts as withdrawn already.
    gone: int = 0
    #: Not readable.
    failed: int = 0

    def add(self, other: Tally) -> None:
        """Add the numbers of another tally to this one."""
        for name in (f.name for f in fields(self)):
            setattr(self, name, getattr(self, name) + getattr(other, name))

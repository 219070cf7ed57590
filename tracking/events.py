"""The kinds of event, the payload of each kind, and one row of the ledger as its readers get it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from tracking.observation import FailureKind


class Kind(StrEnum):
    """What can happen to an article, to a programme in it, or to a portal."""

    ARTICLE_NEW = "article.new"
    ARTICLE_EDITED = "article.edited"
    ARTICLE_WITHDRAWN = "article.withdrawn"
    ARTICLE_RESTORED = "article.restored"
    MENTION_NEW = "mention.new"
    MENTION_DROPPED = "mention.dropped"
    PORTAL_BROKEN = "portal.broken"
    PORTAL_RECOVERED = "portal.recovered"
    PORTAL_GAP = "portal.gap"


# --- the payload of each kind of event; storage/payloads.py converts it for storing ---


@dataclass(frozen=True, slots=True)
class ArticleNew:
    """An article was read for the first time."""

    kind: ClassVar[Kind] = Kind.ARTICLE_NEW


@dataclass(frozen=True, slots=True)
class ArticleEdited:
    """An article changed, as a reader sees it."""

    kind: ClassVar[Kind] = Kind.ARTICLE_EDITED

    #: The first places that were edited, as (before, after), of which one may be ""; may be () in events that older
    #: releases wrote.
    changes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleWithdrawn:
    """An article was taken down, as repeated checks confirmed."""

    kind: ClassVar[Kind] = Kind.ARTICLE_WITHDRAWN


@dataclass(frozen=True, slots=True)
class ArticleRestored:
    """An article that had been taken down is available again."""

    kind: ClassVar[Kind] = Kind.ARTICLE_RESTORED


@dataclass(frozen=True, slots=True)
class MentionNew:
    """An article mentions a programme that its version before did not mention, or that is new altogether."""

    kind: ClassVar[Kind] = Kind.MENTION_NEW

    #: The key of the programme.
    programme: str
    #: The first sentence of the article that mentions it.
    sentence: str


@dataclass(frozen=True, slots=True)
class MentionDropped:
    """An edit removed the last mention of a programme from an article."""

    kind: ClassVar[Kind] = Kind.MENTION_DROPPED

    #: The key of the programme.
    programme: str


@dataclass(frozen=True, slots=True)
class PortalBroken:
    """A portal counts as broken, after the configured number of failures in a row."""

    kind: ClassVar[Kind] = Kind.PORTAL_BROKEN

    #: What went wrong in the last crawl, one line; None when unknown.
    reason: str | None = None
    #: The kind of that failure; None in events that older releases wrote, which did not record it.
    failure_kind: FailureKind | None = None


@dataclass(frozen=True, slots=True)
class PortalRecovered:
    """A portal that counted as broken can be read again."""

    kind: ClassVar[Kind] = Kind.PORTAL_RECOVERED

    #: What is still wrong, one line; None when nothing is.
    reason: str | None = None
    #: The kind of that failure; None when nothing is wrong.
    failure_kind: FailureKind | None = None


@dataclass(frozen=True, slots=True)
class PortalGap:
    """The lists of a portal no longer reached back to known articles: some may have been missed in between."""

    kind: ClassVar[Kind] = Kind.PORTAL_GAP

    #: The longest possible gap, in hours; None when unknown.
    hours: float | None = None
    #: What went wrong with the crawl, one line; None when nothing did.
    reason: str | None = None
    #: The kind of that failure; None when nothing went wrong.
    failure_kind: FailureKind | None = None


ArticlePayload = ArticleNew | ArticleEdited | ArticleWithdrawn | ArticleRestored
MentionPayload = MentionNew | MentionDropped
PortalPayload = PortalBroken | PortalRecovered | PortalGap
#: What an event says; the class determines its kind.
Payload = ArticlePayload | MentionPayload | PortalPayload


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered row of the ledger, with facts of the article that it is about."""

    #: The number of the row, counted from 1 and rising in the order in which readers see events.
    seq: int
    #: What happened.
    payload: Payload
    #: When the crawl noticed it, aware UTC.
    at: datetime
    #: The id of the run that noticed it; None outside of runs.
    run: int | None
    #: The name of the portal.
    portal: str
    #: The id of the article in the database; None for events about portals, as are all fields below.
    article: int | None = None
    #: The portal's own id of the article.
    key: str | None = None
    #: The number of the version that the event is about, counted from 1.
    version: int | None = None
    #: The canonical address of the article; None also for an imported article.
    url: str | None = None
    #: The title in that version.
    title: str | None = None
    #: When the portal published the article, aware UTC; None also when unknown.
    published_at: datetime | None = None
    #: The name of the programme for people; None also for kinds other than mentions, or when no name is stored.
    programme_name: str | None = None

    @property
    def kind(self) -> Kind:
        """The kind of the event."""
        return self.payload.kind

    @property
    def programme(self) -> str | None:
        """The key of the programme of a mention event; None for other kinds."""
        return self.payload.programme if isinstance(self.payload, MentionNew | MentionDropped) else None

    @property
    def sentence(self) -> str | None:
        """The sentence of a new mention; None for other kinds."""
        return self.payload.sentence if isinstance(self.payload, MentionNew) else None


@dataclass(frozen=True, slots=True)
class PortalState:
    """The state of a portal after its last crawl: whether "nothing new" can be trusted."""

    #: The name of the portal.
    portal: str
    #: When it was crawled last, aware UTC; None when it never was.
    last_run_at: datetime | None
    #: Whether that crawl can have missed nothing: each list was read up to a known article.
    complete: bool
    #: How many hours may be missing; None when nothing is missing, or when the length is unknown.
    gap_hours: float | None = None
    #: Since when it has counted as broken, aware UTC; None when it does not.
    broken_since: datetime | None = None
    #: What was wrong with the last crawl, one line; None when nothing was.
    note: str | None = None
    #: How many crawls failed one after the other.
    failures: int = 0
    #: The kind of the last failure, a value of `FailureKind`; None when the last crawl succeeded.
    failure_kind: str | None = None
    #: Until when the portal asked not to be fetched (Retry-After), aware UTC; None when it did not ask.
    backoff_until: datetime | None = None

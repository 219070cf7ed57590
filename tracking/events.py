"""The kinds of event, what each of them says, and one row of the ledger as its readers get it."""

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


# --- what an event of each kind says; storage/payloads.py says how it is stored ---


@dataclass(frozen=True, slots=True)
class ArticleNew:
    """An article was read for the first time."""

    kind: ClassVar[Kind] = Kind.ARTICLE_NEW


@dataclass(frozen=True, slots=True)
class ArticleEdited:
    """An article differs, as a reader sees it, from its version before."""

    kind: ClassVar[Kind] = Kind.ARTICLE_EDITED

    #: The first places that were edited, as (before, after); one of the two may be empty. Events of older releases
    #: may have none.
    changes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleWithdrawn:
    """An article was taken down, as repeated checks confirmed."""

    kind: ClassVar[Kind] = Kind.ARTICLE_WITHDRAWN


@dataclass(frozen=True, slots=True)
class ArticleRestored:
    """An article that had been taken down is there again."""

    kind: ClassVar[Kind] = Kind.ARTICLE_RESTORED


@dataclass(frozen=True, slots=True)
class MentionNew:
    """A programme entered an article, at first sight or by an edit."""

    kind: ClassVar[Kind] = Kind.MENTION_NEW

    #: The key of the programme.
    programme: str
    #: The sentence of the article that mentions it first.
    sentence: str


@dataclass(frozen=True, slots=True)
class MentionDropped:
    """An edit removed the last mention of a programme from an article."""

    kind: ClassVar[Kind] = Kind.MENTION_DROPPED

    #: The key of the programme.
    programme: str


@dataclass(frozen=True, slots=True)
class PortalBroken:
    """A portal failed so many times in a row that it counts as broken."""

    kind: ClassVar[Kind] = Kind.PORTAL_BROKEN

    #: What went wrong the last time, one line; None when nothing is known.
    reason: str | None = None
    #: Of which kind that failure is; None in events of releases that did not tell kinds apart.
    failure_kind: FailureKind | None = None


@dataclass(frozen=True, slots=True)
class PortalRecovered:
    """A portal that counted as broken can be read again."""

    kind: ClassVar[Kind] = Kind.PORTAL_RECOVERED

    #: What is still wrong with it, one line; None when nothing is.
    reason: str | None = None
    #: Of which kind that is; None when nothing is wrong.
    failure_kind: FailureKind | None = None


@dataclass(frozen=True, slots=True)
class PortalGap:
    """The lists of a portal no longer showed anything known: news in between may have been missed."""

    kind: ClassVar[Kind] = Kind.PORTAL_GAP

    #: How long the gap may be, in hours; None when that is not known.
    hours: float | None = None
    #: What went wrong with the crawl, one line; None when nothing did.
    reason: str | None = None
    #: Of which kind that is; None when nothing went wrong.
    failure_kind: FailureKind | None = None


ArticlePayload = ArticleNew | ArticleEdited | ArticleWithdrawn | ArticleRestored
MentionPayload = MentionNew | MentionDropped
PortalPayload = PortalBroken | PortalRecovered | PortalGap
#: What an event says; the class says its kind.
Payload = ArticlePayload | MentionPayload | PortalPayload


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered row of the ledger, joined with the article it is about; None where a kind has no such thing."""

    #: Its number, counted from 1 and rising in the order in which readers may see events.
    seq: int
    #: What happened.
    payload: Payload
    #: When it was found, aware UTC.
    at: datetime
    #: The id of the run that found it; None outside of runs.
    run: int | None
    #: The name of the portal.
    portal: str
    #: The id of the article; None for events of portals, as in all that follows.
    article: int | None = None
    #: The portal's own id of the article.
    key: str | None = None
    #: The number of the version that the event is about, counted from 1.
    version: int | None = None
    #: The address of the article; None as well for an imported one.
    url: str | None = None
    #: The title in that version.
    title: str | None = None
    #: When the portal published the article, aware UTC; None as well where it does not say.
    published_at: datetime | None = None
    #: The name of the programme that entered or left; None as well when no name of it is stored.
    programme_name: str | None = None

    @property
    def kind(self) -> Kind:
        """What kind of event this is."""
        return self.payload.kind

    @property
    def programme(self) -> str | None:
        """The key of the programme that entered or left the article; None for other kinds."""
        return self.payload.programme if isinstance(self.payload, MentionNew | MentionDropped) else None

    @property
    def sentence(self) -> str | None:
        """The sentence that mentions the programme; None for other kinds than a new mention."""
        return self.payload.sentence if isinstance(self.payload, MentionNew) else None


@dataclass(frozen=True, slots=True)
class PortalState:
    """How far a portal's silence can be trusted."""

    #: The name of the portal.
    portal: str
    #: When it was crawled last, aware UTC; None when it never was.
    last_run_at: datetime | None
    #: Whether that crawl saw everything new: each of its lists still showed something known.
    complete: bool
    #: How many hours may be missing; None when nothing is, or nobody knows how much.
    gap_hours: float | None = None
    #: Since when it has counted as broken, aware UTC; None when it does not.
    broken_since: datetime | None = None
    #: What was wrong with the last crawl, one line; None when nothing was.
    note: str | None = None
    #: How many crawls failed one after the other.
    failures: int = 0
    #: How the last of them failed, a value of `FailureKind`; None when it did not.
    failure_kind: str | None = None
    #: Until when the portal asked us to wait, aware UTC; None when it did not.
    backoff_until: datetime | None = None

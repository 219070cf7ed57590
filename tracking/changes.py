"""What an observation means: a new article, an edit, a return, or nothing; and which events follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracking.article import Content
from tracking.differences import Difference
from tracking.events import (
    ArticleEdited,
    ArticleNew,
    ArticlePayload,
    ArticleRestored,
    Kind,
    Payload,
)
from tracking.mentions import MentionChange, mention_events

#: The states of a stored article: its page is there, was taken down, or there is none since a file was imported.
LIVE, WITHDRAWN, IMPORTED = "live", "withdrawn", "imported"


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What is stored of an article, as far as a decision needs it."""

    #: Its id in the database.
    id: int
    #: The portal's own id of it.
    key: str
    #: LIVE, WITHDRAWN or IMPORTED.
    state: str
    #: The number of its newest version, counted from 1.
    version: int
    #: The id of that version in the database.
    version_id: int
    #: The fingerprint of that version, see `Content.digest`.
    digest: str
    #: The keys of the programmes that the version mentions.
    programmes: frozenset[str]
    #: When it was read for the first time, aware UTC.
    first_seen_at: datetime
    #: When a reader could last see a change, aware UTC.
    changed_at: datetime
    #: Since when its page has not been found, aware UTC; None while it is there.
    missing_since: datetime | None
    #: How many checks in a row did not find it; 0 while it is there.
    missing_checks: int
    #: Whether its text comes from a list, and its page is only checked for being there.
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an article."""

    #: The kinds of event, in the order of their events.
    kinds: tuple[Kind, ...]
    #: Whether the article has a new version now.
    new_version: bool


def decide(old: KnownArticle | None, new: Content) -> Change | None:
    """The change from what is stored to what was read; None when a reader sees no difference."""
    if old is None:
        return Change((Kind.ARTICLE_NEW,), new_version=True)
    edited = old.digest != new.digest
    kinds = (Kind.ARTICLE_RESTORED,) * (old.state == WITHDRAWN) + (Kind.ARTICLE_EDITED,) * edited
    return Change(kinds, new_version=edited) if kinds else None


def events_of(change: Change, mentions: MentionChange, differences: Sequence[Difference] = ()) -> tuple[Payload, ...]:
    """The events that a change causes: its own kinds, then the programmes that entered and left the article.

    `differences` are what an edit changed.
    """
    own = tuple(_payload(kind, differences) for kind in change.kinds)
    return (*own, *mention_events(mentions)) if change.new_version else own


def _payload(kind: Kind, differences: Sequence[Difference]) -> ArticlePayload:
    """What an event of one kind says."""
    if kind is Kind.ARTICLE_EDITED:
        return ArticleEdited(tuple((place.before, place.after) for place in differences))
    return ArticleNew() if kind is Kind.ARTICLE_NEW else ArticleRestored()

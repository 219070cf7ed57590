"""Decides whether an article that was read is new, edited or restored, and which events follow."""

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

#: The states of a stored article: its page exists, was taken down, or is unknown because a file was imported.
LIVE, WITHDRAWN, IMPORTED = "live", "withdrawn", "imported"


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """The stored facts of an article that decisions are made from."""

    #: The id of the article in the database.
    id: int
    #: The portal's own id of the article.
    key: str
    #: LIVE, WITHDRAWN or IMPORTED.
    state: str
    #: The number of the newest version, counted from 1.
    version: int
    #: The id of that version in the database.
    version_id: int
    #: The fingerprint of that version, see `Content.digest`.
    digest: str
    #: The keys of the programmes that the version mentions.
    programmes: frozenset[str]
    #: When the article was read for the first time, aware UTC.
    first_seen_at: datetime
    #: When the article last changed as a reader sees it, aware UTC.
    changed_at: datetime
    #: Since when its page has not been found, aware UTC; None while the page exists.
    missing_since: datetime | None
    #: How many checks in a row did not find the page; 0 while the page exists.
    missing_checks: int
    #: Whether the text was read from a list, so that the article's page is only checked for existing.
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an article."""

    #: The kinds of the events that follow, in order.
    kinds: tuple[Kind, ...]
    #: Whether the article has a new version now.
    new_version: bool


def decide(old: KnownArticle | None, new: Content) -> Change | None:
    """The change from the stored article to the content that was read; None when a reader sees no difference.

    `old` is None for an article that is not stored yet.
    """
    if old is None:
        return Change((Kind.ARTICLE_NEW,), new_version=True)
    edited = old.digest != new.digest
    kinds = (Kind.ARTICLE_RESTORED,) * (old.state == WITHDRAWN) + (Kind.ARTICLE_EDITED,) * edited
    return Change(kinds, new_version=edited) if kinds else None


def events_of(change: Change, mentions: MentionChange, differences: Sequence[Difference] = ()) -> tuple[Payload, ...]:
    """The events that a change causes: its own kinds, then the programmes that entered and left the article.

    `differences` are the first places that an edit changed.
    """
    events = tuple(_payload(kind, differences) for kind in change.kinds)
    return (*events, *mention_events(mentions)) if change.new_version else events


def _payload(kind: Kind, differences: Sequence[Difference]) -> ArticlePayload:
    """The payload of an event of this kind."""
    if kind is Kind.ARTICLE_EDITED:
        return ArticleEdited(tuple((place.before, place.after) for place in differences))
    return ArticleNew() if kind is Kind.ARTICLE_NEW else ArticleRestored()

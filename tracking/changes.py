"""What an observation means: a new article, an edit, a return, or nothing; and which events follow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from tracking.article import Article, Content
from tracking.differences import Difference
from tracking.events import (
    ArticleEdited,
    ArticleNew,
    ArticlePayload,
    ArticleRestored,
    Kind,
    MentionDropped,
    MentionNew,
    Payload,
)
from tracking.programmes import Mention
from tracking.text import squeeze

#: The states of a stored article: its page is there, was taken down, or there is none since a file was imported.
LIVE, WITHDRAWN, IMPORTED = "live", "withdrawn", "imported"


@dataclass(frozen=True, slots=True)
class Known:
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


@dataclass(frozen=True, slots=True)
class MentionChange:
    """The programmes in an article before and after a change."""

    #: The keys of the programmes that the version before mentioned; empty for a new article.
    before: frozenset[str]
    #: The mentions in the new version, in reading order; empty when there is none.
    after: Sequence[Mention]
    #: The keys of the programmes that are tracked today.
    tracked: frozenset[str]


def decide(old: Known | None, new: Content) -> Change | None:
    """The change from what is stored to what was read; None when a reader sees no difference."""
    if old is None:
        return Change((Kind.ARTICLE_NEW,), new_version=True)
    edited = old.digest != new.digest
    kinds = (Kind.ARTICLE_RESTORED,) * (old.state == WITHDRAWN) + (Kind.ARTICLE_EDITED,) * edited
    return Change(kinds, new_version=edited) if kinds else None


def events_of(change: Change, mentions: MentionChange, differences: Sequence[Difference] = ()) -> tuple[Payload, ...]:
    """The events that a change causes: its own kinds, then the programmes that entered and left the article.

    `differences` are what an edit changed. A programme that is no longer tracked cannot leave an article: that would
    be our doing, not the portal's.
    """
    own = tuple(_payload(kind, differences) for kind in change.kinds)
    return (*own, *_mention_events(mentions)) if change.new_version else own


def _payload(kind: Kind, differences: Sequence[Difference]) -> ArticlePayload:
    """What an event of one kind says."""
    if kind is Kind.ARTICLE_EDITED:
        return ArticleEdited(tuple((place.before, place.after) for place in differences))
    return ArticleNew() if kind is Kind.ARTICLE_NEW else ArticleRestored()


def _mention_events(mentions: MentionChange) -> list[Payload]:
    """The programmes that entered, by their first mention, then those that left, by their keys."""
    first: dict[str, Mention] = {}
    for mention in mentions.after:
        first.setdefault(mention.programme, mention)
    entered = [MentionNew(m.programme, m.sentence) for m in first.values() if m.programme not in mentions.before]
    left = [MentionDropped(key) for key in sorted((mentions.before & mentions.tracked) - first.keys())]
    return [*entered, *left]


# Characters that the sample form cannot keep in a title, or that two spellings of one title differ in.
_UNSTABLE = re.compile(r"[:：/\\?*“”\"'‘’<>|\[\]_{}]")
# Portals and samples may round the same time differently.
_SAME_TIME = timedelta(minutes=1)
# Two texts are alike when this share of the shorter one's runs, of so many characters, stands in the other.
_RUN_LENGTH, _SHARED_RUNS = 5, 0.8


def title_key(title: str) -> str:
    """A fingerprint, 32 hex digits, of what survives of a title in the sample form, to find an article by."""
    return blake2b(_UNSTABLE.sub("", squeeze(title)).encode(), digest_size=16).hexdigest()


def same_article(left: Article, right: Article) -> bool:
    """Whether an imported article and a crawled one of the same portal are one article.

    They are when two of title, time and text agree.
    """
    titles = title_key(left.content.title) == title_key(right.content.title)
    times = _close(left.published_at, right.published_at)
    if titles and times:
        return True
    if not (titles or times):
        return False
    return left.content.digest == right.content.digest or _alike(left.content.paragraphs, right.content.paragraphs)


def _close(left: datetime | None, right: datetime | None) -> bool:
    """Whether two times are known and agree."""
    return left is not None and right is not None and abs(left - right) <= _SAME_TIME


def _alike(left: Iterable[str], right: Iterable[str]) -> bool:
    """Whether most of the shorter text stands in the longer one, measured in runs of characters."""
    runs = [_runs(squeeze("".join(text))) for text in (left, right)]
    shorter = min(map(len, runs))
    return shorter > 0 and len(runs[0] & runs[1]) >= _SHARED_RUNS * shorter


def _runs(text: str) -> set[str]:
    """All runs of characters in a text."""
    return {text[i : i + _RUN_LENGTH] for i in range(len(text) - _RUN_LENGTH + 1)}

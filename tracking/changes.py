"""What a sighting means: a new article, an edit, a withdrawal, a return, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from tracking.article import Article, Content
from tracking.events import Kind
from tracking.programmes import Mention
from tracking.text import squeeze

LIVE, WITHDRAWN, IMPORTED = "live", "withdrawn", "imported"


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of an article, as far as deciding needs it."""

    id: int
    key: str
    state: str
    version: int
    version_id: int
    digest: str
    programmes: frozenset[str]
    first_seen_at: datetime
    changed_at: datetime
    missing_since: datetime | None
    missing_checks: int
    given: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an article, and whether that makes a new version of it."""

    kinds: tuple[Kind, ...]
    new_version: bool


@dataclass(frozen=True, slots=True)
class News:
    """One event before the ledger numbers it."""

    kind: Kind
    programme: str | None = None
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """When a page that is not found counts as withdrawn: after so many checks over so long."""

    checks: int = 3
    over: timedelta = timedelta(hours=24)


def decide(old: Known | None, new: Content) -> Change | None:
    """The change from what is kept to what was seen; None when a reader sees no difference."""
    if old is None:
        return Change((Kind.ARTICLE_NEW,), new_version=True)
    edited = old.digest != new.digest
    kinds = (Kind.ARTICLE_RESTORED,) * (old.state == WITHDRAWN) + (Kind.ARTICLE_EDITED,) * edited
    return Change(kinds, new_version=edited) if kinds else None


def back_again(old: Known) -> Change | None:
    """The change when the server says that the page is as we have it: it may have been away."""
    return Change((Kind.ARTICLE_RESTORED,), new_version=False) if old.state == WITHDRAWN else None


def withdrawn(old: Known, at: datetime, patience: Patience) -> bool:
    """Whether one more "not found" at `at` confirms that the article was taken down."""
    if old.state == WITHDRAWN:
        return False
    since = at if old.missing_since is None else old.missing_since
    return old.missing_checks + 1 >= patience.checks and at - since >= patience.over


def news_of(
    change: Change, before: frozenset[str], mentions: Sequence[Mention], tracked: frozenset[str]
) -> tuple[News, ...]:
    """The events that a change causes: its own kinds, then the programmes that entered and left.

    A programme that is no longer tracked cannot leave an article: that would be our doing, not the portal's.
    """
    first: dict[str, Mention] = {}
    for mention in mentions:
        first.setdefault(mention.programme, mention)
    entered = [News(Kind.MENTION_NEW, m.programme, m.sentence) for m in first.values() if m.programme not in before]
    left = [News(Kind.MENTION_DROPPED, key) for key in sorted((before & tracked) - first.keys())]
    return (*(News(kind) for kind in change.kinds), *(entered + left if change.new_version else ()))


# Characters that the sample form cannot keep in a title, or that two spellings of one title differ in.
_UNSTABLE = re.compile(r"[:：/\\?*“”\"'‘’<>|\[\]_{}]")


def title_key(title: str) -> str:
    """A fingerprint, 32 hex digits, of what survives of a title in the sample form, to find an article by."""
    return blake2b(_UNSTABLE.sub("", squeeze(title)).encode(), digest_size=16).hexdigest()


def same_article(left: Article, right: Article) -> bool:
    """Whether an imported article and a crawled one of the same portal are one: two of title, time and text agree."""
    titles = title_key(left.content.title) == title_key(right.content.title)
    times = _close(left.published_at, right.published_at)
    if titles and times:
        return True
    if not (titles or times):
        return False
    return left.content.digest == right.content.digest or _alike(left.content.paragraphs, right.content.paragraphs)


def _close(left: datetime | None, right: datetime | None) -> bool:
    return left is not None and right is not None and abs(left - right) <= timedelta(minutes=1)


def _alike(left: Iterable[str], right: Iterable[str]) -> bool:
    """Whether most of the shorter text stands in the longer one, measured in runs of five characters."""
    grams = [_grams(squeeze("".join(text))) for text in (left, right)]
    shorter = min(map(len, grams))
    return shorter > 0 and len(grams[0] & grams[1]) >= 0.8 * shorter


def _grams(text: str) -> set[str]:
    return {text[i : i + 5] for i in range(len(text) - 4)}

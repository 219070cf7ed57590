"""Domain values as rows of the tables that `storage.archive` writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import zstandard

from storage.articles import packed
from tracking import revisits
from tracking.article import Article
from tracking.changes import IMPORTED, LIVE, WITHDRAWN, Change, Known, title_key
from tracking.programmes import Mention
from tracking.sightings import Capture, Seen


@dataclass(slots=True)
class Case:
    """One article that was looked at, on its way into the database; the ids are filled in on the way."""

    seen: Seen
    known: Known | None
    change: Change | None
    mentions: tuple[Mention, ...] = ()
    article_id: int = 0
    version_id: int = 0

    @property
    def has_new_version(self) -> bool:
        return self.change is not None and self.change.new_version

    @property
    def number(self) -> int:
        return (self.known.version if self.known else 0) + 1


def article_row(case: Case, at: datetime) -> dict[str, Any]:
    """The columns of `articles` that a new version sets."""
    article = case.seen.article
    return {
        "url": article.url,
        "section": article.categories.section,
        "site": article.categories.site,
        "channel": article.categories.channel,
        "title_key": title_key(article.content.title),
        "published_at": article.published_at,
        "state": IMPORTED if article.url is None else LIVE,
        "version": case.number,
        "digest": article.content.digest,
        "tracked": bool(case.mentions),
        "changed_at": at,
    } | look_row(case.seen, at, at, tracked=bool(case.mentions))


def look_row(seen: Seen, changed_at: datetime, at: datetime, *, tracked: bool) -> dict[str, Any]:
    """The columns of `articles` that every reading sets."""
    row = there_row(changed_at, at, tracked=tracked) | {"validators": packed(seen.validators), "given": seen.given}
    return row if seen.article.url else row | {"recheck_at": None}


def there_row(changed_at: datetime, at: datetime, *, tracked: bool) -> dict[str, Any]:
    """The columns of `articles` that are set whenever the page is there."""
    return {
        "checked_at": at,
        "recheck_at": revisits.next_check(at, changed_at, tracked=tracked),
        "missing_since": None,
        "missing_checks": 0,
    }


def missing_row(known: Known, confirmed: bool, at: datetime) -> dict[str, Any]:
    """The columns of `articles` that one more "not found" sets."""
    since = known.missing_since or at
    return {
        "article": known.id,
        "checked_at": at,
        "recheck_at": revisits.next_check_missing(at, since),
        "missing_since": since,
        "missing_checks": known.missing_checks + 1,
        "state": WITHDRAWN if confirmed else known.state,
    }


def version_row(case: Case, at: datetime, run: int | None) -> dict[str, Any]:
    """A row of `versions`."""
    place = {"article_id": case.article_id, "number": case.number, "run_id": run, "seen_at": at, "technical": False}
    return place | _read(case.seen.article) | {"original": case.seen.original}


def technical_row(article_id: int, number: int, article: Article, when: tuple[datetime, int | None]) -> dict[str, Any]:
    """A row of `versions` that only our own rules made; `when` is the instant and the run."""
    at, run = when
    place = {"article_id": article_id, "number": number, "run_id": run, "seen_at": at, "technical": True}
    return place | _read(article) | {"original": None}


def _read(article: Article) -> dict[str, Any]:
    """The columns of `versions` that hold what was read."""
    return {
        "digest": article.content.digest,
        "title": article.content.title,
        "author": article.author,
        "published_at": article.published_at,
        "paragraphs": json.dumps(article.content.paragraphs, ensure_ascii=False),
        "body": article.body,
        "image": article.image,
    }


def capture_row(version_id: int, capture: Capture, at: datetime) -> dict[str, Any]:
    """A row of `captures`, the bytes compressed."""
    return {
        "version_id": version_id,
        "page": capture.page,
        "url": capture.url,
        "fetched_at": at,
        "content_type": capture.content_type,
        "size": len(capture.body),
        "body": zstandard.compress(capture.body, 3),
    }


def mention_row(version_id: int, mention: Mention) -> dict[str, Any]:
    """A row of `mentions`."""
    return {
        "version_id": version_id,
        "programme": mention.programme,
        "paragraph": mention.paragraph,
        "start": mention.start,
        "end": mention.end,
        "quote": mention.quote,
        "sentence": mention.sentence,
    }

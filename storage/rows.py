"""Domain values as rows of the tables that `storage.recorder` and `storage.technical` write."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import zstandard

from storage.articles import validators_column
from tracking import revisits
from tracking.article import Article
from tracking.changes import IMPORTED, LIVE, WITHDRAWN, Change, KnownArticle
from tracking.identity import title_key
from tracking.observation import Capture, Seen
from tracking.programmes import Mention

# The default level of zstandard: higher levels take much more time and save little space.
_COMPRESSION_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a stored row comes from: the run, and the time at which it was recorded."""

    #: The id of the run; None outside of runs.
    run: int | None
    #: The instant, aware UTC.
    at: datetime


@dataclass(slots=True)
class ArticleRecord:
    """One article that was read, with all that is to be written of it."""

    #: What was read.
    seen: Seen
    #: What is stored of the article; None for a new one.
    known: KnownArticle | None
    #: What happened to it; None when nothing that a reader can see has changed.
    change: Change | None
    #: The mentions of programmes in its new version; empty without one.
    mentions: tuple[Mention, ...] = ()
    #: The id of the article; 0 until it is known.
    article_id: int = 0
    #: The id of the version that its events are about; 0 until it is known.
    version_id: int = 0

    @property
    def has_new_version(self) -> bool:
        """Whether what was read becomes a version."""
        return self.change is not None and self.change.new_version

    @property
    def number(self) -> int:
        """The number of that version, counted from 1."""
        return (self.known.version if self.known else 0) + 1


def new_version_columns(record: ArticleRecord, at: datetime) -> dict[str, Any]:
    """The columns of `articles` that a new version sets."""
    article = record.seen.article
    return {
        "url": article.url,
        "section": article.categories.section,
        "site": article.categories.site,
        "channel": article.categories.channel,
        "title_key": title_key(article.content.title),
        "published_at": article.published_at,
        "state": IMPORTED if article.url is None else LIVE,
        "version": record.number,
        "digest": article.content.digest,
        "tracked": bool(record.mentions),
        "changed_at": at,
    } | read_columns(record.seen, at, at, tracked=bool(record.mentions))


def read_columns(seen: Seen, changed_at: datetime, at: datetime, *, tracked: bool) -> dict[str, Any]:
    """The columns of `articles` that are set whenever an article was read, changed or not."""
    row = present_columns(changed_at, at, tracked=tracked)
    row |= {"validators": validators_column(seen.validators), "inline": seen.inline}
    return row if seen.article.url else row | {"recheck_at": None}


def present_columns(changed_at: datetime, at: datetime, *, tracked: bool) -> dict[str, Any]:
    """The columns of `articles` that are set whenever the page of an article is there, read or not."""
    return {
        "checked_at": at,
        "recheck_at": revisits.next_check(at, changed_at, tracked=tracked),
        "missing_since": None,
        "missing_checks": 0,
    }


def missing_columns(known: KnownArticle, *, confirmed: bool, at: datetime) -> dict[str, Any]:
    """The columns of `articles` that one more "not found" sets; `confirmed` when the article counts as taken down."""
    since = known.missing_since or at
    return {
        "checked_at": at,
        "recheck_at": revisits.next_check_missing(at, since),
        "missing_since": since,
        "missing_checks": known.missing_checks + 1,
        "state": WITHDRAWN if confirmed else known.state,
    }


def version_row(record: ArticleRecord, provenance: Provenance) -> dict[str, Any]:
    """A row of `versions`, for what was read of an article."""
    origin = _origin(record.article_id, record.number, provenance) | {
        "technical": False,
        "original": record.seen.original,
    }
    return origin | _content_columns(record.seen.article)


def technical_row(article_id: int, number: int, article: Article, provenance: Provenance) -> dict[str, Any]:
    """A row of `versions`, for a version that only our own rules made."""
    origin = _origin(article_id, number, provenance) | {"technical": True, "original": None}
    return origin | _content_columns(article)


def capture_row(version_id: int, capture: Capture, at: datetime) -> dict[str, Any]:
    """A row of `captures`; the bytes are compressed."""
    return {
        "version_id": version_id,
        "page": capture.page,
        "url": capture.url,
        "fetched_at": at,
        "content_type": capture.content_type,
        "size": len(capture.body),
        "body": zstandard.compress(capture.body, _COMPRESSION_LEVEL),
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


def _origin(article_id: int, number: int, provenance: Provenance) -> dict[str, Any]:
    """The columns of `versions` that say which version it is, and where it comes from."""
    return {"article_id": article_id, "number": number, "run_id": provenance.run, "seen_at": provenance.at}


def _content_columns(article: Article) -> dict[str, Any]:
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

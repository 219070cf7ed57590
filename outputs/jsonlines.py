"""Events and articles as JSON for programs, one object per line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tracking.events import Entry

if TYPE_CHECKING:
    from tracking.article import Article, StoredArticle

# Characters that json does not escape although they control terminals, end lines, are invisible or not valid.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]")


def render(entries: Iterable[Entry]) -> Iterator[str]:
    """One JSON object for each entry, without line ends."""
    return map(line, entries)


def line(entry: Entry) -> str:
    """One entry as a JSON object, times in UTC; null for fields that its kind does not have."""
    return _dumped(
        {
            "seq": entry.seq,
            "kind": entry.kind.value,
            "at": _time(entry.at),
            "run": entry.run,
            "portal": entry.portal,
            "article": entry.article,
            "key": entry.key,
            "version": entry.version,
            "url": entry.url,
            "title": entry.title,
            "published_at": _time(entry.published_at),
            "programme": entry.programme,
            "programme_name": entry.programme_name,
            "sentence": entry.sentence,
        }
    )


def show_json(stored: StoredArticle) -> str:
    """An article as one JSON object: its newest version, and when each version was seen, in UTC."""
    article, categories = stored.article, stored.article.categories
    versions = [{"version": v.number, "seen_at": _time(v.seen_at), "technical": v.technical} for v in stored.versions]
    return _dumped(
        {
            "article": stored.id,
            "portal": article.portal,
            "key": article.key,
            "url": article.url,
            "title": article.content.title,
            "author": article.author,
            "published_at": _time(article.published_at),
            "section": categories.section,
            "site": categories.site,
            "channel": categories.channel,
            "state": stored.state,
            "programmes": [key for key, _ in stored.programmes],
            "text": list(article.content.paragraphs),
            "versions": versions,
        }
    )


def read_json(article: Article, *, portal: str | None, url: str | None) -> str:
    """The article read from one page as one JSON object; `portal` is None when general rules read it."""
    return _dumped(
        {
            "portal": portal,
            "key": article.key or None,
            "url": url,
            "title": article.content.title,
            "author": article.author,
            "published_at": _time(article.published_at),
            "text": list(article.content.paragraphs),
        }
    )


def _dumped(value: dict[str, Any]) -> str:
    """An object as JSON, with characters escaped that are unsafe to print."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(value, ensure_ascii=False))


def _time(moment: datetime | None) -> str | None:
    """A time in UTC as ISO 8601, to the second; None for None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"

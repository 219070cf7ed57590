"""RSS, Atom and JSON Feed as rows, whatever their shape: JSON values, so that a row can be kept as evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any

import feedparser

from tracking.dates import beijing


def feed_rows(text: str) -> list[dict[str, Any]]:
    """The rows of a feed: `id url title author published_at summary content`, None for what it does not say.

    Times are ISO 8601 in UTC; `summary` and `content` are HTML. ValueError when the text is no feed.
    """
    if text.lstrip().startswith("{"):
        return list(_json_rows(json.loads(text)))
    # Bytes in a buffer: given a text, feedparser would take it for the name of a file or an address.
    read = feedparser.parse(
        BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not read.version:
        raise ValueError("not a feed")
    return [_row(entry) for entry in read.entries]


def _row(entry: Any) -> dict[str, Any]:
    contents = [found.value for found in entry.get("content", ()) if "html" in found.get("type", "html")]
    return {
        "id": entry.get("id"),
        "url": entry.get("link"),
        "title": entry.get("title"),
        "author": entry.get("author"),
        "published_at": _iso(entry.get("published") or entry.get("updated")),
        "summary": entry.get("summary"),
        "content": max(contents, key=len, default=None),
    }


def _json_rows(feed: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(feed, Mapping) or "jsonfeed.org" not in str(feed.get("version")):
        raise ValueError("not a feed")
    for item in feed.get("items", ()):
        if isinstance(item, Mapping):
            yield {
                "id": item.get("id"),
                "url": item.get("url"),
                "title": item.get("title"),
                "author": None,
                "published_at": _iso(item.get("date_published")),
                "summary": item.get("summary"),
                "content": item.get("content_html"),
            }


def _iso(text: object) -> str | None:
    """A feed's time: by the standards first, and then as Chinese portals write it."""
    if not isinstance(text, str):
        return None
    for read in (_standard, beijing):
        with suppress(ValueError, TypeError, OverflowError):
            return read(text).isoformat()
    return None


def _standard(text: str) -> datetime:
    at = parsedate_to_datetime(text)
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return at.astimezone(UTC)

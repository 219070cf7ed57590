"""One entry of a feed, and its form as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of an RSS, Atom or JSON Feed; None for what the entry does not state."""

    #: The id in the feed: an address, a number, a tag URI …
    id: str | None = None
    #: The address of the article's page, maybe relative.
    url: str | None = None
    #: The title, which may contain markup.
    title: str | None = None
    #: The names of the authors, joined by "、".
    author: str | None = None
    #: When the article was published, or else changed; aware UTC, to the second.
    published_at: datetime | None = None
    #: The description as HTML, which may be a teaser or the whole text.
    summary: str | None = None
    #: The text as HTML, in the field that the format has for the whole text.
    content: str | None = None


def entry_to_json(entry: FeedEntry) -> dict[str, str | None]:
    """An entry as a JSON object, its time as ISO 8601 in UTC."""
    at = entry.published_at
    return asdict(entry) | {"published_at": None if at is None else at.isoformat()}


def entry_from_json(value: Any) -> FeedEntry:
    """The inverse of `entry_to_json`; ValueError, TypeError or KeyError for any other value."""
    at = value["published_at"]
    return FeedEntry(**value | {"published_at": None if at is None else datetime.fromisoformat(at)})

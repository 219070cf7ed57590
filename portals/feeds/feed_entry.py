"""What an entry of a feed says, and how it is kept as evidence."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of an RSS, Atom or JSON Feed; None stands for what it does not say."""

    #: What its feed calls it: an address, a number, a tag URI …
    id: str | None = None
    #: The address of its page, maybe a relative one.
    url: str | None = None
    #: May hold markup.
    title: str | None = None
    #: The names of those who wrote it, joined by "、".
    author: str | None = None
    #: When it was published, or else changed; aware UTC, to the second.
    published_at: datetime | None = None
    #: HTML: its description, which may be a teaser or the whole text.
    summary: str | None = None
    #: HTML: what it says is its whole text.
    content: str | None = None


def entry_to_json(entry: FeedEntry) -> dict[str, str | None]:
    """An entry as a JSON object, its time as ISO 8601 in UTC."""
    at = entry.published_at
    return asdict(entry) | {"published_at": None if at is None else at.isoformat()}


def entry_from_json(value: Any) -> FeedEntry:
    """The inverse of `entry_to_json`; ValueError, TypeError or KeyError for any other value."""
    at = value["published_at"]
    return FeedEntry(**value | {"published_at": None if at is None else datetime.fromisoformat(at)})

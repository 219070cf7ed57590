"""When to stop reading a list, what is a gap in what it showed, and when a portal's lists are complete."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile

# Reading stops at a page whose last rows, so many of them, are all known. A known row at the top may be an old one
# that is pinned there; known rows at the end mean that everything after them is known as well.
_KNOWN_LAST_ROWS = 3
_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Watermark:
    """Up to which row a list was known when it was last read through, and when that was."""

    #: The highest listing id at that time; ids rise in the order in which listings were found.
    listing_id: int
    #: The instant, aware UTC.
    completed_at: datetime


@dataclass(frozen=True, slots=True)
class Depth:
    """How many pages of one list a crawl reads at most."""

    #: Pages of a list that was never read through before.
    first_pages: int = 5
    #: Pages of a list that was; reading usually stops much earlier, at what is known.
    max_pages: int = 50


@dataclass(frozen=True, slots=True)
class ListPage:
    """What one page of a list showed."""

    #: Which page of its list, counted from 1.
    number: int
    #: For each row, from top to bottom, whether it was known before this crawl; empty for a page without articles.
    known: tuple[bool, ...]
    #: The time of the page's last row, aware UTC; None when that row has none, or the page has no rows.
    oldest: datetime | None
    #: Whether the list has no further page.
    ended: bool


@dataclass(frozen=True, slots=True)
class ListReading:
    """What the pages of one list that were read so far in this crawl have shown together."""

    #: Whether a row that was known before stood in its place.
    reached_known: bool = False
    #: The time of the last row, aware UTC; None when it has none, or no page had rows yet.
    oldest: datetime | None = None


def known_rows(ids: Sequence[int], watermark: Watermark | None) -> tuple[bool, ...]:
    """For each listing id, whether it was known when the list was last read through; never, without a watermark."""
    return tuple(watermark is not None and id_ <= watermark.listing_id for id_ in ids)


def after_page(reading: ListReading, shown: ListPage) -> ListReading:
    """What a list has shown after one more of its pages."""
    return ListReading(
        reached_known=reading.reached_known or _reaches_known(shown),
        oldest=shown.oldest if shown.known else reading.oldest,
    )


def reads_next_page(shown: ListPage, watermark: Watermark | None, depth: Depth) -> bool:
    """Whether the next page of the list is read as well.

    A page without articles is not the end of its list: it may be full of advertisements.
    """
    if shown.ended or shown.number >= (depth.first_pages if watermark is None else depth.max_pages):
        return False
    return not shown.known or not all(shown.known[-_KNOWN_LAST_ROWS:])


def gap_hours(reading: ListReading, watermark: Watermark | None, now: datetime) -> float | None:
    """The hours, rounded to tenths, in which news may have passed unseen; None when nothing can have been missed.

    A list that ended before it showed something known may have dropped rows since it was last read through. How long
    ago its last row is from is then the end of the gap; `now` (aware UTC) where the last row has no time.
    """
    if watermark is None or reading.reached_known:
        return None
    end = now if reading.oldest is None else reading.oldest
    hours = (end - watermark.completed_at).total_seconds() / _SECONDS_PER_HOUR
    return round(hours, 1) if hours > 0 else None


def is_complete(lists: Iterable[str], read_through: Collection[str], gaps: Collection[float]) -> bool:
    """Whether a crawl saw all that a portal published: each of its lists was read through, and none has a gap."""
    return set(lists) <= set(read_through) and not gaps


def _reaches_known(shown: ListPage) -> bool:
    """Whether a page shows a known row in its place; rows pinned to the top of the first page are not."""
    if shown.number == 1 and not all(shown.known):
        return any(dropwhile(lambda is_known: is_known, shown.known))
    return any(shown.known)

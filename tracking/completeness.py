"""Decides when a crawl stops reading a list, what counts as a gap, and when a portal's lists are complete."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile

# Reading stops at a page whose last rows, this many, are all known. A known row at the top may be an old article
# that is pinned there; after known rows at the end only known rows can follow.
_KNOWN_LAST_ROWS = 3
_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Watermark:
    """Up to which listing a list was known when it was last read through."""

    #: The highest listing id at that time; ids rise in the order in which listings were found.
    listing_id: int
    #: When the list was last read through, aware UTC.
    completed_at: datetime


@dataclass(frozen=True, slots=True)
class Depth:
    """How many pages of one list a crawl reads at most."""

    #: The most pages of a list that was never read through before.
    first_pages: int = 5
    #: The most pages of any other list; reading usually stops much earlier, at known rows.
    max_pages: int = 50


@dataclass(frozen=True, slots=True)
class ListPage:
    """The rows of one page of a list, as far as decisions need them."""

    #: The number of the page in its list, counted from 1.
    number: int
    #: For each row, from top to bottom, whether it was known before this crawl; () for a page without articles.
    known: tuple[bool, ...]
    #: When the article of the page's last row was published, aware UTC; None when unknown, or without rows.
    oldest: datetime | None
    #: Whether the list has no further page.
    ended: bool


@dataclass(frozen=True, slots=True)
class ListReading:
    """What the pages of one list that this crawl has read so far showed together."""

    #: Whether a row was known before this crawl; rows that are pinned to the top do not count.
    reached_known: bool = False
    #: When the article of the last row was published, aware UTC; None when unknown, or without rows so far.
    oldest: datetime | None = None


def known_rows(ids: Sequence[int], watermark: Watermark | None) -> tuple[bool, ...]:
    """For each listing id, whether it was known when the list was last read through; all False without a watermark."""
    return tuple(watermark is not None and id_ <= watermark.listing_id for id_ in ids)


def after_page(reading: ListReading, page: ListPage) -> ListReading:
    """The reading of a list after one more of its pages."""
    return ListReading(
        reached_known=reading.reached_known or _reaches_known(page),
        oldest=page.oldest if page.known else reading.oldest,
    )


def reads_next_page(page: ListPage, watermark: Watermark | None, depth: Depth) -> bool:
    """Whether the next page of the list is read as well.

    A page without articles is not the end of its list: it may be full of advertisements.
    """
    if page.ended or page.number >= (depth.first_pages if watermark is None else depth.max_pages):
        return False
    return not page.known or not all(page.known[-_KNOWN_LAST_ROWS:])


def gap_hours(reading: ListReading, watermark: Watermark | None, now: datetime) -> float | None:
    """The length, in hours rounded to tenths, of a gap in a list; None when no article can have been missed.

    A list that ended before a known row may have dropped rows since it was last read through. The gap lasts from then
    to the time of the list's last row, or to `now` (aware UTC) where the last row has no time.
    """
    if watermark is None or reading.reached_known:
        return None
    end = now if reading.oldest is None else reading.oldest
    hours = (end - watermark.completed_at).total_seconds() / _SECONDS_PER_HOUR
    return round(hours, 1) if hours > 0 else None


def is_complete(lists: Iterable[str], read_through: Collection[str], gaps: Collection[float]) -> bool:
    """Whether a crawl missed nothing that the portal published: it read each list through, and none has a gap."""
    return set(lists) <= set(read_through) and not gaps


def _reaches_known(page: ListPage) -> bool:
    """Whether a page shows a known row; known rows at the top of the first page may be pinned, and do not count."""
    if page.number == 1 and not all(page.known):
        return any(dropwhile(lambda is_known: is_known, page.known))
    return any(page.known)

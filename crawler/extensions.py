"""What a portal remembers of earlier crawls, from the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from crawler.portal import Remembered, Visit
from storage import articles, listings
from storage.database import Database
from tracking.article import Listing

# A pinned old row at the top of a list says nothing; known rows at the end of a page say that the rest is known.
_TAIL = 3


class Recheck(StrEnum):
    """Which stored articles are looked at again."""

    DUE = "due"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reach:
    """How many pages of a list are read: the first time, and at most."""

    first: int = 5
    most: int = 50


@dataclass(slots=True)
class DatabaseMemory:
    """The memory of one crawl of one portal; what it learns of the lists is what certifies the crawl."""

    database: Database
    portal: str
    clock: Callable[[], datetime]
    on_failure: Callable[[str], None]
    recheck: Recheck = Recheck.DUE
    reach: Reach = field(default_factory=Reach)
    may_be_gone: frozenset[str] = frozenset()
    listed: int = 0
    errors: list[str] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    read_through: set[str] = field(default_factory=set)

    def remember(self, list_: str, number: int, rows: Sequence[Listing]) -> Remembered:
        """Keep the rows of a list page; those that wait to be read, and whether to go on to the next page."""
        self.listed += len(rows)
        with self.database.write() as connection:
            ids = listings.remember(connection, rows, self.clock())
            waiting = listings.waiting(connection, self.portal, list(ids))
            mark = listings.mark(connection, self.portal, list_)
            go_on = self._goes_on(number, rows, ids, mark)
            if not go_on:
                self._note_gap(rows, ids, mark)
                self.read_through.add(list_)
                newest = listings.newest(connection, self.portal)
                listings.set_marks(connection, self.portal, {list_: newest}, self.clock())
        return Remembered(tuple(waiting), go_on)

    def _goes_on(
        self, number: int, rows: Sequence[Listing], ids: dict[str, int], mark: tuple[int, datetime] | None
    ) -> bool:
        if not rows or number >= (self.reach.most if mark else self.reach.first):
            return False
        return not _overlaps(rows, ids, mark)

    def _note_gap(self, rows: Sequence[Listing], ids: dict[str, int], mark: tuple[int, datetime] | None) -> None:
        """A list that ended before it showed something known may have dropped news in between."""
        if mark is None or _overlaps(rows, ids, mark):
            return
        oldest = rows[-1].published_at if rows else None
        hours = ((oldest or self.clock()) - mark[1]).total_seconds() / 3600
        if hours > 0:
            self.gaps.append(round(hours, 1))

    def fail_list(self, list_: str, reason: str) -> None:
        """Note that a list could not be read: nothing can be said of what it showed."""
        if list_ in self.may_be_gone and self._never_read(list_):
            return
        self.errors.append(reason)
        self.on_failure(reason)

    def _never_read(self, list_: str) -> bool:
        with self.database.read() as connection:
            return listings.mark(connection, self.portal, list_) is None

    def waiting(self) -> Iterator[Listing]:
        """The articles that earlier crawls found in a list and did not get to read."""
        with self.database.read() as connection:
            rows = listings.waiting(connection, self.portal)
        yield from rows

    def due(self) -> Iterator[Visit]:
        """The stored articles that are to be looked at again."""
        if self.recheck is Recheck.NONE:
            return
        with self.database.read() as connection:
            found = articles.due(connection, self.portal, self.clock() if self.recheck is Recheck.DUE else None)
        for revisit in found:
            listing = Listing(self.portal, revisit.key, revisit.url, revisit.title, revisit.published_at)
            yield Visit(listing, revisit.validators)


def _overlaps(rows: Sequence[Listing], ids: dict[str, int], mark: tuple[int, datetime] | None) -> bool:
    """Whether a page ends in rows that were known when the list was last read through."""
    tail = rows[-_TAIL:]
    return mark is not None and bool(tail) and all(ids[row.key] <= mark[0] for row in tail)

"""What a portal remembers of earlier crawls, from the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import dropwhile

from crawler.visits import Remembered, Visit
from storage import articles, listings
from storage.database import Database
from tracking.article import Listing
from tracking.sightings import Trouble

# A pinned old row at the top of a list says nothing; known rows at the end of a page say that the rest is known.
_TAIL = 3


class Recheck(StrEnum):
    """Which stored articles are looked at again."""

    DUE = "due"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one crawl goes: pages of a list the first time and at most, and stored articles looked at again."""

    first: int = 5
    most: int = 50
    rechecks: int = 500


@dataclass(slots=True)
class _Showing:
    """What a list showed in this crawl: whether it reached what was known, and the time of its last row."""

    reached_known: bool = False
    oldest: datetime | None = None


_Mark = tuple[int, datetime] | None


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
    troubles: Counter[Trouble] = field(default_factory=Counter)
    gaps: list[float] = field(default_factory=list)
    read_through: set[str] = field(default_factory=set)
    _showing: defaultdict[str, _Showing] = field(default_factory=lambda: defaultdict(_Showing))

    def remember(self, list_: str, number: int, rows: Sequence[Listing], *, ended: bool) -> Remembered:
        """Keep the rows of a list page; those that wait to be read, and whether to go on to the next page.

        A page without articles is not the end of its list: it may be full of adverts.
        """
        self.listed += len(rows)
        with self.database.write() as connection:
            ids = listings.remember(connection, rows, self.clock())
            waiting = listings.waiting(connection, self.portal, self.clock(), list(ids))
            mark = listings.mark(connection, self.portal, list_)
            known = [mark is not None and ids[row.key] <= mark[0] for row in rows]
            self._note(list_, rows, known, first=number == 1)
            go_on = not ended and self._goes_on(number, known, mark)
            if not go_on:
                self._finish(list_, mark)
                listings.set_marks(
                    connection, self.portal, {list_: listings.newest(connection, self.portal)}, self.clock()
                )
        return Remembered(tuple(waiting), go_on)

    def _note(self, list_: str, rows: Sequence[Listing], known: Sequence[bool], *, first: bool) -> None:
        showing = self._showing[list_]
        showing.reached_known = showing.reached_known or _reaches_known(known, first=first)
        showing.oldest = rows[-1].published_at if rows else showing.oldest

    def _goes_on(self, number: int, known: Sequence[bool], mark: _Mark) -> bool:
        if number >= (self.reach.most if mark else self.reach.first):
            return False
        return not known or not all(known[-_TAIL:])

    def _finish(self, list_: str, mark: _Mark) -> None:
        """A list that ended before it showed something known may have dropped news in between."""
        self.read_through.add(list_)
        showing = self._showing[list_]
        if mark is None or showing.reached_known:
            return
        hours = ((showing.oldest or self.clock()) - mark[1]).total_seconds() / 3600
        if hours > 0:
            self.gaps.append(round(hours, 1))

    def fail_list(self, list_: str, reason: str, trouble: Trouble) -> None:
        """Note that a list could not be read: nothing can be said of what it showed."""
        if list_ in self.may_be_gone and self._never_read(list_):
            return
        self.errors.append(reason)
        self.troubles[trouble] += 1
        self.on_failure(reason)

    def _never_read(self, list_: str) -> bool:
        with self.database.read() as connection:
            return listings.mark(connection, self.portal, list_) is None

    def waiting(self) -> Iterator[Listing]:
        """The articles that earlier crawls found in a list and did not get to read."""
        with self.database.read() as connection:
            rows = listings.waiting(connection, self.portal, self.clock())
        yield from rows

    def due(self) -> Iterator[Visit]:
        """The stored articles that are to be looked at again."""
        if self.recheck is Recheck.NONE:
            return
        with self.database.read() as connection:
            if self.recheck is Recheck.DUE:
                found = articles.due(connection, self.portal, self.clock(), self.reach.rechecks)
            else:
                found = articles.due(connection, self.portal, None)
        for revisit in found:
            listing = Listing(self.portal, revisit.key, revisit.url, revisit.title, revisit.published_at)
            yield Visit(listing, revisit.validators, given=revisit.given)


def _reaches_known(known: Sequence[bool], *, first: bool) -> bool:
    """Whether a page shows something known in its place: rows pinned to the top of the first page are not."""
    if first and not all(known):
        known = list(dropwhile(lambda row_is_known: row_is_known, known))
    return any(known)

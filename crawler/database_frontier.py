"""The frontier that knows what earlier crawls found, from the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from crawler.frontier import NextSteps
from crawler.visit import Visit
from storage import articles, listings
from storage.database import Database
from tracking.article import Listing
from tracking.completeness import (
    Depth,
    ListReading,
    ListPage,
    Watermark,
    after_page,
    gap_hours,
    reads_next_page,
    known_rows,
)
from tracking.observation import FailureKind


class Recheck(StrEnum):
    """Which stored articles are looked at again: those that are due by the revisit plan, all, or none."""

    DUE = "due"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one crawl goes."""

    depth: Depth = field(default_factory=Depth)
    recheck: Recheck = Recheck.DUE
    #: Stored articles that are looked at again at most.
    most_rechecks: int = 500


@dataclass(slots=True)
class DatabaseFrontier:
    """The frontier of one crawl of one portal; what it learns of the lists decides what the crawl can vouch for."""

    database: Database
    portal: str
    clock: Callable[[], datetime]
    #: Takes why a list could not be read, one line.
    on_failure: Callable[[str], None]
    reach: Reach = field(default_factory=Reach)
    #: Lists that are no failure when they never gave anything.
    may_be_gone: frozenset[str] = frozenset()
    #: Rows that the lists showed.
    listed: int = 0
    #: Why lists could not be read, a line each, and how often by which kind of failure.
    errors: list[str] = field(default_factory=list)
    failure_kinds: Counter[FailureKind] = field(default_factory=Counter)
    #: Hours of which a list may have hidden something.
    gaps: list[float] = field(default_factory=list)
    #: The lists that were read until nothing more was to be found.
    read_through: set[str] = field(default_factory=set)
    _reading: defaultdict[str, ListReading] = field(default_factory=lambda: defaultdict(ListReading))

    def add_page(self, list_: str, number: int, rows: Sequence[Listing], *, ended: bool) -> NextSteps:
        """Store the rows of a list page; those that wait to be read, and whether to go on to the next page."""
        self.listed += len(rows)
        with self.database.write() as connection:
            ids = listings.remember(connection, rows, self.clock())
            waiting = listings.waiting(connection, self.portal, self.clock(), list(ids))
            watermark = listings.watermark(connection, self.portal, list_)
            known = known_rows([ids[row.key] for row in rows], watermark)
            shown = ListPage(number, known, rows[-1].published_at if rows else None, ended)
            self._reading[list_] = after_page(self._reading[list_], shown)
            go_on = reads_next_page(shown, watermark, self.reach.depth)
            if not go_on:
                self._finish(connection, list_, watermark)
        return NextSteps(tuple(waiting), go_on)

    def _finish(self, connection: Connection, list_: str, watermark: Watermark | None) -> None:
        """Take note that a list was read through, and of the hours that it may have hidden."""
        self.read_through.add(list_)
        gap = gap_hours(self._reading[list_], watermark, self.clock())
        self.gaps += [] if gap is None else [gap]
        newest = listings.newest(connection, self.portal)
        listings.set_watermarks(connection, self.portal, {list_: newest}, self.clock())

    def fail_list(self, list_: str, reason: str, failure_kind: FailureKind) -> None:
        """Take note that a list could not be read: nothing can be said of what it showed."""
        if list_ in self.may_be_gone and self._was_never_read(list_):
            return
        self.errors.append(reason)
        self.failure_kinds[failure_kind] += 1
        self.on_failure(reason)

    def _was_never_read(self, list_: str) -> bool:
        with self.database.read() as connection:
            return listings.watermark(connection, self.portal, list_) is None

    def waiting(self) -> Iterator[Listing]:
        """The articles that earlier crawls found in a list and did not get to read."""
        with self.database.read() as connection:
            rows = listings.waiting(connection, self.portal, self.clock())
        yield from rows

    def due(self) -> Iterable[Visit]:
        """The visits to stored articles that are to be looked at again."""
        return map(_visit_of(self.portal), self._revisits())

    def _revisits(self) -> list[articles.Revisit]:
        recheck, most = self.reach.recheck, self.reach.most_rechecks
        if recheck is Recheck.NONE:
            return []
        with self.database.read() as connection:
            if recheck is Recheck.DUE:
                return articles.due(connection, self.portal, self.clock(), most)
            return articles.due(connection, self.portal, None)


def _visit_of(portal: str) -> Callable[[articles.Revisit], Visit]:
    def visit(revisit: articles.Revisit) -> Visit:
        listing = Listing(portal, revisit.key, revisit.url, revisit.title, revisit.published_at)
        return Visit(listing, revisit.validators, inline=revisit.inline)

    return visit

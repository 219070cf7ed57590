"""The frontier of a crawl that is stored: it knows from the database what earlier crawls found."""

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
    ListPage,
    ListReading,
    Watermark,
    after_page,
    gap_hours,
    known_rows,
    reads_next_page,
)
from tracking.observation import FailureKind


class Recheck(StrEnum):
    """Which stored articles are fetched again."""

    #: Those that are due by the revisit plan (tracking/revisits.py).
    DUE = "due"
    #: All that have an address.
    ALL = "all"
    #: None.
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CrawlLimits:
    """How much one crawl of a portal fetches."""

    #: Pages of a list that are read at most.
    depth: Depth = field(default_factory=Depth)
    #: Which stored articles are fetched again.
    recheck: Recheck = Recheck.DUE
    #: Stored articles that are fetched again at most, with Recheck.DUE.
    max_rechecks: int = 500


@dataclass(slots=True)
class DatabaseFrontier:
    """The frontier of one crawl of one portal; it also notes which lists were read through, and their gaps."""

    #: Where the rows of lists and the stored articles are.
    database: Database
    #: The name of the portal.
    portal: str
    #: Gives the present, aware UTC.
    clock: Callable[[], datetime]
    #: Called with the reason, one line, when a list cannot be read.
    on_failure: Callable[[str], None]
    #: How much the crawl fetches.
    limits: CrawlLimits = field(default_factory=CrawlLimits)
    #: Lists that may not exist any more: they are no failure as long as they were never read through.
    optional_lists: frozenset[str] = frozenset()
    #: How many rows the lists showed.
    listed: int = 0
    #: Why lists could not be read, one line for each failure.
    errors: list[str] = field(default_factory=list)
    #: How often lists could not be read, by the kind of failure.
    failure_kinds: Counter[FailureKind] = field(default_factory=Counter)
    #: For each list that has a gap, its length in hours: news of that time may have been missed.
    gaps: list[float] = field(default_factory=list)
    #: The lists that were read up to a known row, to their end, or as far as `limits` allows.
    read_through: set[str] = field(default_factory=set)
    _reading: defaultdict[str, ListReading] = field(default_factory=lambda: defaultdict(ListReading))

    def add_page(self, list_: str, number: int, rows: Sequence[Listing], *, ended: bool) -> NextSteps:
        """Store the rows of a list page; which of them are to be read, and whether the next page is."""
        self.listed += len(rows)
        with self.database.write() as connection:
            ids = listings.add(connection, rows, self.clock())
            waiting = listings.waiting(connection, self.portal, self.clock(), list(ids))
            watermark = listings.watermark(connection, self.portal, list_)
            known = known_rows([ids[row.key] for row in rows], watermark)
            shown = ListPage(number, known, rows[-1].published_at if rows else None, ended)
            self._reading[list_] = after_page(self._reading[list_], shown)
            go_on = reads_next_page(shown, watermark, self.limits.depth)
            if not go_on:
                self._finish(connection, list_, watermark)
        return NextSteps(tuple(waiting), go_on)

    def _finish(self, connection: Connection, list_: str, watermark: Watermark | None) -> None:
        """Note that a list was read through, note its gap, and set its watermark."""
        self.read_through.add(list_)
        gap = gap_hours(self._reading[list_], watermark, self.clock())
        self.gaps += [] if gap is None else [gap]
        newest = listings.newest(connection, self.portal)
        listings.set_watermarks(connection, self.portal, {list_: newest}, self.clock())

    def fail_list(self, list_: str, reason: str, failure_kind: FailureKind) -> None:
        """Note that a list could not be read, so that the crawl is not complete."""
        if list_ in self.optional_lists and self._was_never_read(list_):
            return
        self.errors.append(reason)
        self.failure_kinds[failure_kind] += 1
        self.on_failure(reason)

    def _was_never_read(self, list_: str) -> bool:
        with self.database.read() as connection:
            return listings.watermark(connection, self.portal, list_) is None

    def waiting(self) -> Iterator[Listing]:
        """The articles that earlier crawls found in a list and did not read."""
        with self.database.read() as connection:
            rows = listings.waiting(connection, self.portal, self.clock())
        yield from rows

    def due(self) -> Iterable[Visit]:
        """The stored articles that are to be fetched again."""
        return map(_visit_of(self.portal), self._revisits())

    def _revisits(self) -> list[articles.Revisit]:
        recheck, most = self.limits.recheck, self.limits.max_rechecks
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

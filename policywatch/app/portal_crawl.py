"""The crawl of one portal in a run: its lease, its time limit, its frontier and batch writer, and its outcome."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from crawler.database_frontier import CrawlLimits, DatabaseFrontier, Recheck
from crawler.fetch.backoff import BACKOFF_SECONDS
from crawler.frontier import CrawlSession
from crawler.sink import BatchWriter
from policywatch.app import leases
from policywatch.app.clock import now
from policywatch.config import CrawlerConfig, PortalConfig
from portals.assembly import Reextractor
from portals.portal import Portal
from storage import health, portals, runs
from storage.database import Database, DatabaseProblem
from tracking.completeness import Depth, is_complete
from tracking.dates import BEIJING
from tracking.health import FinishedCrawl
from tracking.observation import Tally
from tracking.outcome import BACKOFF, BUSY, INTERRUPTED, CrawlEvidence, Outcome, not_crawled, outcome_of
from tracking.programmes import Matcher, Programme
from tracking.withdrawal import WithdrawalPolicy

if TYPE_CHECKING:
    from crawler.recording.handlers import Recording

#: The reason in the outcome of a crawl that was asked to stop.
STOPPED = "stopped before its end"


class Stoppable(Protocol):
    """What is needed of Scrapy's Crawler: it can be ended, and has the statistics of its requests."""

    #: Scrapy's StatsCollector.
    stats: Any

    async def stop_async(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Listeners:
    """Functions that are called while a crawl runs."""

    #: Called with the name of a portal and the reason, one line, when something fails.
    on_failure: Callable[[str, str], None]
    #: Called with the name of a portal and what was stored of it so far, after each batch.
    on_progress: Callable[[str, Tally], None]


@dataclass(frozen=True, slots=True)
class CrawlSetup:
    """What all crawls of a run work with."""

    #: Where everything is stored.
    database: Database
    #: The programmes that are tracked.
    programmes: tuple[Programme, ...]
    #: The user's settings of all crawls.
    config: CrawlerConfig
    #: What is called while a crawl runs.
    listeners: Listeners
    #: Which stored articles are fetched again.
    recheck: Recheck = Recheck.DUE
    #: Gives the present, aware UTC; with a recording, its clock.
    clock: Callable[[], datetime] = now
    #: The user's settings of single portals, by name.
    portals: Mapping[str, PortalConfig] = field(default_factory=dict)
    #: What the run is recorded into, or replayed from; None for a usual run.
    recording: Recording | None = None


class PortalCrawl:
    """The crawl of one portal in one run.

    Call `begin`, then `session` for the spider and `watch` while Scrapy crawls, then `unwatch` and `finish`.
    """

    def __init__(self, setup: CrawlSetup, run: int, portal: Portal, matcher: Matcher) -> None:
        self.portal = portal
        self._setup, self._run, self._matcher = setup, run, matcher
        self._holder = leases.new_holder()
        self._frontier = self._new_frontier()
        self._writer = self._new_writer()
        self._stopped: str | None = None
        self._overtime = self._partial = False
        self._crawler: Stoppable | None = None
        self._watchers: tuple[asyncio.Future[None], ...] = ()
        self._stopping: asyncio.Future[None] | None = None

    # --- before and after ---

    def begin(self) -> Outcome | None:
        """Take the lease and store that the crawl begins. None when that worked; else why it cannot be crawled now."""
        until = self._backoff_until()
        if until is not None:
            return not_crawled(
                self.portal.name,
                BACKOFF,
                f"it asked us to wait until {until.astimezone(BEIJING):%Y-%m-%d %H:%M} Beijing time",
            )
        if (other := self._take_lease()) is not None:
            return not_crawled(self.portal.name, BUSY, f"another crawl of it is under way ({other.holder})")
        return None

    def session(self, lists: tuple[str, ...] | None = None) -> CrawlSession:
        """What the spider works with; None for `lists` means all lists that the portal states."""
        if lists is None:
            lists = (*self.portal.lists, *self.portal.former_lists)
        self._partial = not set(self.portal.lists) <= set(lists)
        return CrawlSession(self._frontier, self._writer.put, self._setup.clock(), lists)

    def finish(self) -> Outcome:
        """Write the last batch, update the health of the portal, and release the lease; the outcome of the crawl."""
        self._writer.flush()
        at = self._setup.clock()
        outcome = outcome_of(self._evidence(), at)
        with self._setup.database.write() as connection:
            runs.finish_portal(connection, self._run, outcome, at)
            if outcome.state != INTERRUPTED:
                health.judge(connection, self._run, FinishedCrawl(outcome, at), self._setup.config.broken_after)
            portals.release_lease(connection, self.portal.name, self._holder)
        return outcome

    # --- while it is under way ---

    def watch(self, crawler: Stoppable) -> None:
        """Renew the lease and enforce the time limit of a crawl that begins, until `unwatch`."""
        self._crawler = crawler
        self._watchers = tuple(map(asyncio.ensure_future, (self._renew_lease(), self._enforce_time_limit())))

    async def unwatch(self) -> None:
        """Stop what `watch` began; call it when Scrapy has ended the crawl."""
        watchers, self._watchers = self._watchers, ()
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)

    def note_interruption(self, reason: str) -> None:
        """Note that the crawl was ended early, by Scrapy or by `stop`. Only the first reason counts."""
        self._stopped = self._stopped or reason

    def stop(self, reason: str) -> None:
        """End the crawl soon: requests that were sent are finished, what was read is stored."""
        if self._stopped is None and self._crawler is not None and self._watchers:
            # Held here since the event loop holds tasks only weakly. `unwatch` does not cancel it: with the `scrapy`
            # command this task closes the spider, and so calls `unwatch`.
            self._stopping = asyncio.ensure_future(self._crawler.stop_async())
        self.note_interruption(reason)

    async def _enforce_time_limit(self) -> None:
        limit = self._setup.config.time_limit
        await asyncio.sleep(limit)
        self._overtime = True
        self.stop(f"its time limit of {limit:g} seconds ran out")

    async def _renew_lease(self) -> None:
        while True:
            await asyncio.sleep(leases.RENEW_EVERY)
            if not self._still_holds_lease():
                self.stop("another process took over its lease")

    def _still_holds_lease(self) -> bool:
        """Renew the lease; False when another process holds it. True as well while the database cannot be reached."""
        try:
            with self._setup.database.write() as connection:
                return portals.renew_lease(connection, leases.lease(self.portal.name, self._holder, now()))
        except DatabaseProblem:
            return True

    # --- parts ---

    def _backoff_until(self) -> datetime | None:
        """Until when the portal asked not to be fetched, aware UTC; None when it did not, or that time is over."""
        with self._setup.database.read() as connection:
            until = portals.backoff_until(connection, self.portal.name)
        return until if until is not None and until > self._setup.clock() else None

    def _take_lease(self) -> portals.Lease | None:
        """Take the lease and store that the crawl begins; None when that worked, else the lease of another process."""
        at = now()
        with self._setup.database.write() as connection:
            lease = leases.lease(self.portal.name, self._holder, at)
            other = portals.take_lease(connection, lease, at, leases.is_dead)
            if other is None:
                runs.start_portal(connection, self._run, self.portal.name, self._setup.clock())
        return other

    def _failed(self, reason: str) -> None:
        self._setup.listeners.on_failure(self.portal.name, reason)

    def _new_frontier(self) -> DatabaseFrontier:
        config = self._setup.config
        return DatabaseFrontier(
            database=self._setup.database,
            portal=self.portal.name,
            clock=self._setup.clock,
            on_failure=self._failed,
            limits=CrawlLimits(Depth(config.first_pages, config.max_pages), self._setup.recheck, config.rechecks),
            optional_lists=frozenset(self.portal.former_lists),
        )

    def _new_writer(self) -> BatchWriter:
        setup, name = self._setup, self.portal.name
        withdrawn_over = timedelta(hours=setup.config.withdrawn_hours)
        return BatchWriter(
            database=setup.database,
            run=self._run,
            matcher=self._matcher,
            clock=setup.clock,
            withdrawal=WithdrawalPolicy(setup.config.withdrawn_checks, withdrawn_over),
            reextract=Reextractor({name: self.portal}),
            on_failure=self._failed,
            on_progress=lambda tally: setup.listeners.on_progress(name, tally),
            seconds=time.monotonic if setup.recording is None else setup.recording.seconds,
        )

    def _evidence(self) -> CrawlEvidence:
        frontier, writer = self._frontier, self._writer
        return CrawlEvidence(
            portal=self.portal.name,
            listed=frontier.listed,
            tally=writer.tally,
            list_errors=tuple(frontier.errors),
            list_failures=frontier.failure_kinds,
            article_failures=writer.failure_kinds,
            complete=is_complete(self.portal.lists, frontier.read_through, frontier.gaps),
            gaps=tuple(frontier.gaps),
            stopped=self._stopped,
            overtime=self._overtime,
            backoff_seconds=None if self._crawler is None else self._crawler.stats.get_value(BACKOFF_SECONDS),
            partial=self._partial,
        )

"""The crawl of one portal in a run: its lease, its limits, what it works with, and how it ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from crawler.database_frontier import DatabaseFrontier, Reach, Recheck
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
from tracking.observation import Tally
from tracking.outcome import BACKOFF, BUSY, INTERRUPTED, CrawlEvidence, Outcome, not_crawled, outcome_of
from tracking.programmes import Matcher, Programme
from tracking.withdrawal import WithdrawalPolicy

if TYPE_CHECKING:
    from crawler.recording.handlers import Recording

#: Why a crawl that was asked to stop was ended.
STOPPED = "stopped before its end"


class Stoppable(Protocol):
    """What is needed of Scrapy's Crawler: it can be ended, and has the statistics of its requests."""

    #: Scrapy's StatsCollector.
    stats: Any

    async def stop_async(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who hears of a crawl while it goes on."""

    #: Takes the name of a portal and why something failed, one line.
    on_failure: Callable[[str, str], None]
    #: Takes the name of a portal and what was stored so far.
    on_progress: Callable[[str, Tally], None]


@dataclass(frozen=True, slots=True)
class CrawlSetup:
    """What a run works with. With a recording its crawls are recorded or replayed, and the clock is the recording's."""

    database: Database
    programmes: tuple[Programme, ...]
    config: CrawlerConfig
    listeners: Listeners
    recheck: Recheck = Recheck.DUE
    clock: Callable[[], datetime] = now
    #: The user's settings of single portals, by name.
    portals: Mapping[str, PortalConfig] = field(default_factory=dict)
    recording: Recording | None = None


class PortalCrawl:
    """One portal in one run. First `begin`, then a session for the spider while it is `watch`ed, at last `finish`."""

    def __init__(self, setup: CrawlSetup, run: int, portal: Portal, matcher: Matcher) -> None:
        self.portal = portal
        self._setup, self._run, self._matcher = setup, run, matcher
        self._holder = leases.new_holder()
        self._frontier = self._new_frontier()
        self._writer = self._new_writer()
        self._stopped: str | None = None
        self._overtime = self._partial = False
        self._crawler: Stoppable | None = None
        self._under_way = False
        self._tasks: set[asyncio.Future[None]] = set()

    # --- before and after ---

    def begin(self) -> Outcome | None:
        """Take the lease and note the beginning; the outcome at once when the portal is not to be crawled now."""
        until = self._backoff_until()
        if until is not None:
            return not_crawled(
                self.portal.name,
                BACKOFF,
                f"it asked us to wait until {until.astimezone(BEIJING):%Y-%m-%d %H:%M} Beijing time",
            )
        if (standing := self._take_lease()) is not None:
            return not_crawled(self.portal.name, BUSY, f"another crawl of it is under way ({standing.holder})")
        return None

    def session(self, lists: tuple[str, ...] | None = None) -> CrawlSession:
        """What the spider works with: with these lists, or all that the portal states."""
        if lists is None:
            lists = (*self.portal.lists, *self.portal.former_lists)
        self._partial = not set(self.portal.lists) <= set(lists)
        return CrawlSession(self._frontier, self._writer.put, self._setup.clock(), lists)

    def finish(self) -> Outcome:
        """Write what is left, judge the portal, and give the lease back; how the crawl ended."""
        self._writer.flush()
        at = self._setup.clock()
        outcome = outcome_of(self._evidence(), at)
        with self._setup.database.write() as connection:
            runs.finish_portal(connection, self._run, outcome, at)
            if outcome.state != INTERRUPTED:
                health.judge(connection, self._run, outcome, at, self._setup.config.broken_after)
            portals.give_back(connection, self.portal.name, self._holder)
        return outcome

    # --- while it is under way ---

    def watch(self, crawler: Stoppable) -> None:
        """Keep the lease and the time limit of a crawl that begins, until `unwatch`."""
        self._crawler, self._under_way = crawler, True
        for work in (self._keep_lease(), self._keep_time_limit()):
            self._keep(asyncio.ensure_future(work))

    async def unwatch(self) -> None:
        """The crawl has ended."""
        self._under_way = False
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def interrupted(self, reason: str) -> None:
        """Take note that somebody else ended the crawl early. The first reason counts."""
        self._stopped = self._stopped or reason

    def stop(self, reason: str) -> None:
        """End the crawl soon: requests under way are finished, what was read is kept. The first reason counts."""
        if self._stopped is None and self._crawler is not None and self._under_way:
            self._keep(asyncio.ensure_future(self._crawler.stop_async()))
        self.interrupted(reason)

    def _keep(self, task: asyncio.Future[None]) -> None:
        # The loop itself would not keep it alive.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_time_limit(self) -> None:
        limit = self._setup.config.time_limit
        await asyncio.sleep(limit)
        self._overtime = True
        self.stop(f"its time limit of {limit:g} seconds ran out")

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(leases.RENEW_EVERY)
            if not self._renewed():
                self.stop("another process took over its lease")

    def _renewed(self) -> bool:
        """Whether the lease is still ours; a database that is away for a moment does not decide that."""
        try:
            with self._setup.database.write() as connection:
                return portals.renew_lease(connection, leases.lease(self.portal.name, self._holder, now()))
        except DatabaseProblem:
            return True

    # --- parts ---

    def _backoff_until(self) -> datetime | None:
        """Until when the portal asked us to wait, aware UTC; None when it did not, or when that is over."""
        with self._setup.database.read() as connection:
            until = portals.backoff_of(connection, self.portal.name)
        return until if until is not None and until > self._setup.clock() else None

    def _take_lease(self) -> portals.Lease | None:
        """None when the portal is ours now, and its crawl noted as begun; else the lease that stands."""
        at = now()
        with self._setup.database.write() as connection:
            lease = leases.lease(self.portal.name, self._holder, at)
            standing = portals.take_lease(connection, lease, at, leases.is_dead)
            if standing is None:
                runs.start_portal(connection, self._run, self.portal.name, self._setup.clock())
        return standing

    def _failed(self, reason: str) -> None:
        self._setup.listeners.on_failure(self.portal.name, reason)

    def _new_frontier(self) -> DatabaseFrontier:
        config = self._setup.config
        return DatabaseFrontier(
            database=self._setup.database,
            portal=self.portal.name,
            clock=self._setup.clock,
            on_failure=self._failed,
            reach=Reach(Depth(config.first_pages, config.max_pages), self._setup.recheck, config.rechecks),
            may_be_gone=frozenset(self.portal.former_lists),
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

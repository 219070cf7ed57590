"""One run: crawls portals side by side, each under its lease, and tells how each of them ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scrapy.crawler import AsyncCrawlerRunner

from crawler.extensions import DatabaseMemory, Reach, Recheck
from crawler.pipelines import Archivist
from crawler.portal import Portal
from crawler.reading import Rereader
from crawler.reasons import one_line
from policywatch import leases
from policywatch.config import CrawlerConfig, PortalConfig
from policywatch.fetching import crawl_settings, own_settings, taped
from policywatch.outcomes import Work, not_crawled, outcome_of
from storage import health, ledger, portals, runs
from storage.database import Database, DatabaseProblem
from storage.runs import Outcome
from tracking.changes import Patience
from tracking.dates import BEIJING
from tracking.programmes import Matcher, Programme
from tracking.sightings import Tally

if TYPE_CHECKING:
    from crawler.tape.handlers import Tape

_STOPPED = "stopped before its end"


def now() -> datetime:
    """The present, aware UTC: the one clock that is read."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who hears of a crawl while it goes on: failures as one line each, progress as the tally so far."""

    on_failure: Callable[[str, str], None]
    on_progress: Callable[[str, Tally], None]


@dataclass(frozen=True, slots=True)
class Crawling:
    """What a run works with. With a tape its crawls are recorded or replayed, and the clock is the tape's."""

    database: Database
    programmes: tuple[Programme, ...]
    config: CrawlerConfig
    listeners: Listeners
    recheck: Recheck = Recheck.DUE
    clock: Callable[[], datetime] = now
    portals: Mapping[str, PortalConfig] = field(default_factory=dict)
    tape: Tape | None = None


@dataclass(slots=True)
class Run:
    """One run over some portals; `stop()` ends it early and keeps what was read."""

    crawling: Crawling
    id: int = 0
    _works: list[Work] = field(default_factory=list)
    _stopping: set[asyncio.Future[None]] = field(default_factory=set)
    _stopped: bool = False
    _matcher: Matcher = field(init=False)

    def __post_init__(self) -> None:
        self._matcher = Matcher(self.crawling.programmes)

    async def crawl(self, chosen: Sequence[type[Portal]]) -> list[Outcome]:
        """Crawl the portals, and say how each of them ended."""
        self._begin()
        try:
            outcomes = await asyncio.gather(*(self._crawl_apart(portal) for portal in chosen))
        finally:
            self._works.clear()
        self._end(outcomes)
        return list(outcomes)

    def stop(self) -> None:
        """End the crawls soon: requests under way are finished, what was read is kept."""
        self._stopped = True
        for work in self._works:
            self._stop_soon(work, _STOPPED)

    def _begin(self) -> None:
        names = {programme.key: programme.name for programme in self.crawling.programmes}
        with self.crawling.database.write() as connection:
            ledger.name_programmes(connection, names)
            self.id = runs.start(connection, "crawl", self.crawling.clock())

    def _end(self, outcomes: Sequence[Outcome]) -> None:
        bad = [outcome.state for outcome in outcomes if outcome.state != runs.DONE]
        state = runs.INTERRUPTED if runs.INTERRUPTED in bad else runs.FAILED if bad else runs.DONE
        with self.crawling.database.write() as connection:
            runs.finish(connection, self.id, state, self.crawling.clock())

    async def _crawl_apart(self, portal: type[Portal]) -> Outcome:
        """Crawl a portal so that nothing that happens to it stops the others."""
        try:
            return await self._crawl_portal(portal)
        except Exception as error:
            logging.getLogger(__name__).debug("crawling %s", portal.name, exc_info=True)
            reason = one_line(str(error) if isinstance(error, DatabaseProblem) else repr(error))
            self.crawling.listeners.on_failure(portal.name, reason)
            return not_crawled(portal, runs.FAILED, reason)

    async def _crawl_portal(self, portal: type[Portal]) -> Outcome:
        if self._stopped:
            return not_crawled(portal, runs.INTERRUPTED, _STOPPED)
        if (rest := self._rest_of(portal.name)) is not None:
            return self._resting(portal, rest)
        holder = leases.new_holder()
        if (standing := self._take_lease(portal.name, holder)) is not None:
            return self._busy(portal, standing)
        work = self._work(portal, holder)
        self._works.append(work)
        with self._part_in_the_tape(work):
            await self._crawl(work)
            return self._finish(work)

    async def _crawl(self, work: Work) -> None:
        keeping = asyncio.ensure_future(self._keep_lease(work))
        try:
            with self._time_limit(work):
                await work.crawler.crawl_async(memory=work.memory, at=self.crawling.clock())
        finally:
            keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeping

    def _part_in_the_tape(self, work: Work) -> contextlib.AbstractContextManager[None]:
        tape = self.crawling.tape
        return contextlib.nullcontext() if tape is None else tape.crawl(work.crawler)

    # --- the lease ---

    def _take_lease(self, portal: str, holder: str) -> portals.Lease | None:
        at = now()
        with self.crawling.database.write() as connection:
            standing = portals.take_lease(connection, leases.lease(portal, holder, at), at, leases.is_dead)
            if standing is None:
                runs.start_portal(connection, self.id, portal, self.crawling.clock())
        return standing

    async def _keep_lease(self, work: Work) -> None:
        while True:
            await asyncio.sleep(leases.RENEW_EVERY)
            if not self._renewed(work):
                self._stop_soon(work, "another process took over its lease")

    def _renewed(self, work: Work) -> bool:
        """Whether the lease is still ours; a database that is away for a moment does not decide that."""
        try:
            with self.crawling.database.write() as connection:
                return portals.renew_lease(connection, leases.lease(work.portal.name, work.holder, now()))
        except DatabaseProblem:
            return True

    def _rest_of(self, portal: str) -> datetime | None:
        """Until when a portal asked to be left in peace, if that is not over."""
        with self.crawling.database.read() as connection:
            until = portals.rest_of(connection, portal)
        return until if until is not None and until > self.crawling.clock() else None

    def _resting(self, portal: type[Portal], until: datetime) -> Outcome:
        reason = f"it asked to be left in peace until {until.astimezone(BEIJING):%Y-%m-%d %H:%M} Beijing time"
        self.crawling.listeners.on_failure(portal.name, reason)
        return not_crawled(portal, runs.RESTING, reason)

    def _busy(self, portal: type[Portal], standing: portals.Lease) -> Outcome:
        reason = f"another crawl of it is under way ({standing.holder})"
        self.crawling.listeners.on_failure(portal.name, reason)
        return not_crawled(portal, runs.BUSY, reason)

    # --- the crawl ---

    def _work(self, portal: type[Portal], holder: str) -> Work:
        crawling, name = self.crawling, portal.name
        reach = Reach(crawling.config.first_pages, crawling.config.max_pages, crawling.config.rechecks)

        def failed(reason: str) -> None:
            crawling.listeners.on_failure(name, reason)

        memory = DatabaseMemory(
            crawling.database,
            name,
            crawling.clock,
            failed,
            crawling.recheck,
            reach,
            may_be_gone=frozenset(portal.former_lists),
        )
        tape = crawling.tape
        archivist = Archivist(
            database=crawling.database,
            run=self.id,
            matcher=self._matcher,
            clock=crawling.clock,
            patience=Patience(crawling.config.withdrawn_checks, timedelta(hours=crawling.config.withdrawn_hours)),
            read_again=Rereader({name: portal}),
            on_failure=failed,
            on_progress=lambda tally: crawling.listeners.on_progress(name, tally),
            seconds=time.monotonic if tape is None else tape.seconds,
        )
        # Scrapy copies its settings deeply; a function is handed on as it is.
        put = {"POLICYWATCH_PUT": lambda sighting: archivist.put(sighting)}
        settings = taped(crawl_settings(crawling.config, own_settings(crawling.portals, name)), tape)
        runner = AsyncCrawlerRunner(settings | put)
        return Work(portal, memory, archivist, runner.create_crawler(portal), holder)

    @contextlib.contextmanager
    def _time_limit(self, work: Work) -> Iterator[None]:
        limit = self.crawling.config.time_limit
        reason = f"its time limit of {limit:g} seconds ran out"

        def end() -> None:
            work.overtime = True
            self._stop_soon(work, reason)

        timer = asyncio.get_running_loop().call_later(limit, end)
        try:
            yield
        finally:
            timer.cancel()

    def _stop_soon(self, work: Work, reason: str) -> None:
        if work.stopped is None:
            work.stopped = reason
            task = asyncio.ensure_future(work.crawler.stop_async())
            # The loop itself would not keep it alive.
            self._stopping.add(task)
            task.add_done_callback(self._stopping.discard)

    def _finish(self, work: Work) -> Outcome:
        work.archivist.flush()
        at = self.crawling.clock()
        outcome = outcome_of(work, at)
        with self.crawling.database.write() as connection:
            runs.finish_portal(connection, self.id, outcome, at)
            if outcome.state != runs.INTERRUPTED:
                health.judge(connection, self.id, outcome, at, self.crawling.config.broken_after)
            portals.give_back(connection, work.portal.name, work.holder)
        return outcome


@contextlib.contextmanager
def stopping_on_signals(run: Run) -> Iterator[None]:
    """While it lasts, SIGTERM and SIGINT end the run cleanly."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, run.stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

"""One run: crawls portals side by side, each under its lease, and tells how each of them ended."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner, Crawler

from crawler.extensions import DatabaseMemory, Reach, Recheck
from crawler.pipelines import Archivist
from crawler.portal import Portal
from crawler.settings import FetchRules, scrapy_settings
from policywatch import leases
from policywatch.config import CrawlerConfig
from storage import ledger, portals, runs
from storage.database import Database
from storage.runs import Outcome
from tracking.changes import Patience
from tracking.programmes import Matcher, Programme
from tracking.sightings import Tally


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
    """What a run works with."""

    database: Database
    programmes: tuple[Programme, ...]
    config: CrawlerConfig
    listeners: Listeners
    recheck: Recheck = Recheck.DUE
    clock: Callable[[], datetime] = now


@dataclass(slots=True)
class _Work:
    """The crawl of one portal, under way."""

    portal: type[Portal]
    memory: DatabaseMemory
    archivist: Archivist
    crawler: Crawler
    holder: str
    stopped: str | None = None


@dataclass(slots=True)
class Run:
    """One run over some portals; `stop()` ends it early and keeps what was read."""

    crawling: Crawling
    id: int = 0
    _works: list[_Work] = field(default_factory=list)

    async def crawl(self, chosen: Sequence[type[Portal]]) -> list[Outcome]:
        """Crawl the portals, and say how each of them ended."""
        self._begin()
        try:
            outcomes = await asyncio.gather(*(self._crawl_portal(portal) for portal in chosen))
        finally:
            self._works.clear()
        self._end(outcomes)
        return list(outcomes)

    async def stop(self) -> None:
        """End the crawls: requests under way are finished, what was read is kept."""
        await asyncio.gather(*(self._stop_work(work, "stopped before its end") for work in list(self._works)))

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

    async def _crawl_portal(self, portal: type[Portal]) -> Outcome:
        holder = leases.new_holder()
        if (standing := self._take_lease(portal.name, holder)) is not None:
            return self._busy(portal, standing)
        work = self._work(portal, holder)
        self._works.append(work)
        keeping = asyncio.ensure_future(self._keep_lease(work))
        try:
            async with self._time_limit(work):
                await work.crawler.crawl_async(memory=work.memory)
        finally:
            keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeping
        return self._finish(work)

    # --- the lease ---

    def _take_lease(self, portal: str, holder: str) -> portals.Lease | None:
        at = now()
        with self.crawling.database.write() as connection:
            standing = portals.take_lease(connection, leases.lease(portal, holder, at), at, leases.is_dead)
            if standing is None:
                runs.start_portal(connection, self.id, portal, self.crawling.clock())
        return standing

    async def _keep_lease(self, work: _Work) -> None:
        while True:
            await asyncio.sleep(leases.RENEW_EVERY)
            with self.crawling.database.write() as connection:
                kept = portals.renew_lease(connection, leases.lease(work.portal.name, work.holder, now()))
            if not kept:
                await self._stop_work(work, "another process took over its lease")

    def _busy(self, portal: type[Portal], standing: portals.Lease) -> Outcome:
        reason = f"another crawl of it is under way ({standing.holder})"
        self.crawling.listeners.on_failure(portal.name, reason)
        return Outcome(portal.name, runs.BUSY, 0, Tally(), certified=False, gap_hours=None, error=reason)

    # --- the crawl ---

    def _work(self, portal: type[Portal], holder: str) -> _Work:
        crawling, name = self.crawling, portal.name
        reach = Reach(crawling.config.first_pages, crawling.config.max_pages)

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
        archivist = Archivist(
            database=crawling.database,
            run=self.id,
            matcher=_matcher(crawling.programmes),
            clock=crawling.clock,
            patience=Patience(crawling.config.withdrawn_checks, timedelta(hours=crawling.config.withdrawn_hours)),
            on_failure=failed,
            on_progress=lambda tally: crawling.listeners.on_progress(name, tally),
        )
        # Scrapy copies its settings deeply; a function is handed on as it is.
        put = {"POLICYWATCH_PUT": lambda sighting: archivist.put(sighting)}
        runner = AsyncCrawlerRunner(_settings(crawling.config) | put)
        return _Work(portal, memory, archivist, runner.create_crawler(portal), holder)

    @contextlib.asynccontextmanager
    async def _time_limit(self, work: _Work):  # type: ignore[no-untyped-def]
        limit = self.crawling.config.time_limit
        reason = f"its time limit of {limit:g} seconds ran out"
        timer = asyncio.get_running_loop().call_later(
            limit, lambda: asyncio.ensure_future(self._stop_work(work, reason))
        )
        try:
            yield
        finally:
            timer.cancel()

    async def _stop_work(self, work: _Work, reason: str) -> None:
        if work.stopped is None:
            work.stopped = reason
            await work.crawler.stop_async()

    def _finish(self, work: _Work) -> Outcome:
        work.archivist.flush()
        outcome = _outcome(work)
        at = self.crawling.clock()
        with self.crawling.database.write() as connection:
            runs.finish_portal(connection, self.id, outcome, at)
            if outcome.state != runs.INTERRUPTED:
                portals.judge(connection, self.id, outcome, at, self.crawling.config.broken_after)
            portals.give_back(connection, work.portal.name, work.holder)
        return outcome


def _outcome(work: _Work) -> Outcome:
    memory, tally = work.memory, work.archivist.tally
    error = work.stopped or next(iter(memory.errors), None)
    nothing_read = tally.failed > 0 and not (tally.new or tally.edited or tally.unchanged or tally.gone)
    if work.stopped:
        state = runs.INTERRUPTED
    elif memory.errors or nothing_read:
        state = runs.FAILED
    else:
        state = runs.DONE
    complete = memory.read_through >= set(work.portal.lists)
    return Outcome(
        portal=work.portal.name,
        state=state,
        listed=memory.listed,
        tally=tally,
        certified=complete and not memory.gaps,
        gap_hours=max(memory.gaps, default=None),
        error=error if error or not nothing_read else "no article of it can be read",
    )


def _matcher(programmes: tuple[Programme, ...]) -> Matcher:
    return Matcher(programmes)


def _settings(config: CrawlerConfig) -> dict[str, Any]:
    rules = FetchRules(
        delay=config.delay,
        concurrency=config.concurrency,
        timeout=config.timeout,
        max_bytes=config.max_bytes,
        contact=config.contact,
        allow_hosts=config.allow_hosts,
    )
    return scrapy_settings(rules) | {"ITEM_PIPELINES": {"crawler.pipelines.ArchivePipeline": 100}}


@contextlib.contextmanager
def stopping_on_signals(run: Run) -> Iterator[None]:
    """While it lasts, SIGTERM and SIGINT end the run cleanly."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: asyncio.ensure_future(run.stop()))
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

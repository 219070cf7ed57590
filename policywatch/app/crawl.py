"""One run: crawls several portals at the same time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from crawler.runner import crawler_for
from policywatch.app.fetch import crawl_settings, portal_config
from policywatch.app.portal_crawl import STOPPED, CrawlSetup, PortalCrawl
from portals.portal import Portal
from storage import ledger, runs
from storage.database import DatabaseProblem
from tracking.outcome import FAILED, INTERRUPTED, Outcome, not_crawled, run_state
from tracking.programmes import Matcher
from tracking.text import one_line


@dataclass(slots=True)
class Run:
    """One run over some portals; `stop()` ends it early, and what was read until then is stored."""

    #: What the crawls work with.
    setup: CrawlSetup
    #: The id of the run in the database; 0 before it begins.
    id: int = 0
    _crawls: list[PortalCrawl] = field(default_factory=list)
    _stopped: bool = False
    _matcher: Matcher = field(init=False)

    def __post_init__(self) -> None:
        self._matcher = Matcher(self.setup.programmes)

    async def crawl(self, chosen: Sequence[Portal]) -> list[Outcome]:
        """Crawl the portals; the outcome of each, in the same order."""
        self.begin()
        try:
            outcomes = await asyncio.gather(*(self._crawl_isolated(portal) for portal in chosen))
        finally:
            self._crawls.clear()
        self.end(outcomes)
        return list(outcomes)

    def stop(self) -> None:
        """End the crawls soon: requests that were sent are finished, and what was read is stored."""
        self._stopped = True
        for crawl in self._crawls:
            crawl.stop(STOPPED)

    def begin(self) -> None:
        """Store that the run begins, and the names of the programmes that it looks for."""
        names = {programme.key: programme.name for programme in self.setup.programmes}
        with self.setup.database.write() as connection:
            ledger.name_programmes(connection, names)
            self.id = runs.start(connection, "crawl", self.setup.clock())

    def portal_crawl(self, portal: Portal) -> PortalCrawl:
        """The crawl of one portal in this run; call `begin` first."""
        return PortalCrawl(self.setup, self.id, portal, self._matcher)

    def end(self, outcomes: Sequence[Outcome]) -> None:
        """Store that the run ended, and its state, which follows from the outcomes."""
        state = run_state(outcome.state for outcome in outcomes)
        with self.setup.database.write() as connection:
            runs.finish(connection, self.id, state, self.setup.clock())

    async def _crawl_isolated(self, portal: Portal) -> Outcome:
        """Crawl a portal; an exception becomes its outcome, so that it does not stop the other crawls."""
        try:
            return await self._crawl_portal(portal)
        except Exception as error:
            logging.getLogger(__name__).debug("crawling %s", portal.name, exc_info=True)
            reason = one_line(str(error) if isinstance(error, DatabaseProblem) else repr(error))
            self.setup.listeners.on_failure(portal.name, reason)
            return not_crawled(portal.name, FAILED, reason)

    async def _crawl_portal(self, portal: Portal) -> Outcome:
        if self._stopped:
            return not_crawled(portal.name, INTERRUPTED, STOPPED)
        crawl = self.portal_crawl(portal)
        if (outcome := crawl.begin()) is not None:
            self.setup.listeners.on_failure(portal.name, str(outcome.error))
            return outcome
        self._crawls.append(crawl)
        own = portal_config(self.setup.portals, portal.name)
        settings = crawl_settings(self.setup.config, own, self.setup.recording)
        crawler = crawler_for(portal, settings, crawl.session)
        recording = self.setup.recording
        with contextlib.nullcontext() if recording is None else recording.crawl(crawler):
            crawl.watch(crawler)
            try:
                await crawler.crawl_async()
            finally:
                await crawl.unwatch()
            return crawl.finish()


@contextlib.contextmanager
def stopping_on_signals(run: Run) -> Iterator[None]:
    """Within it, SIGTERM and SIGINT stop the run as `Run.stop` does."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, run.stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

"""The crawl of one portal in a run: when it may begin, what ends it early, and what is kept of how it ended.

The database is a real one; only Scrapy's crawler is a fake.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from crawler.fetch.backoff import BACKOFF_SECONDS
from policywatch.app import leases
from policywatch.app.clock import now
from policywatch.app.portal_crawl import STOPPED, CrawlSetup, Listeners, PortalCrawl
from policywatch.config import CrawlerConfig
from storage import portals, runs
from storage.database import Database, DatabaseProblem, open_database
from storage.tables import portal_runs
from tests.crawler.small_site import LISTING, NOW, Tiny
from tests.storage.builders import article, entries_of, kinds
from tracking.events import PortalState
from tracking.observation import Failed, FailureKind, Seen, Tally
from tracking.outcome import BACKOFF, BUSY, DONE, FAILED, INTERRUPTED, RUNNING, Outcome
from tracking.programmes import Matcher

LIST = Tiny.lists[0]
OURS = Seen(article("1", portal="tiny"))
ELSEWHERE = "elsewhere:1:1:0123abcd"
HOUR = timedelta(hours=1)


class Moved(Tiny):
    """A portal that also has a list of its former site."""

    former_lists = ("https://old.tiny.cn/",)


@dataclass
class FakeCrawler:
    """What a crawl needs of Scrapy's crawler."""

    statistics: dict[str, Any] = field(default_factory=dict)
    stops: int = 0

    @property
    def stats(self) -> FakeCrawler:
        return self

    def get_value(self, name: str) -> Any:
        return self.statistics.get(name)

    async def stop_async(self) -> None:
        self.stops += 1


@dataclass
class Bench:
    """A database with a run in it, and what was heard of its crawls."""

    database: Database
    at: datetime = NOW
    config: CrawlerConfig = field(default_factory=CrawlerConfig)
    heard: list[tuple[str, str]] = field(default_factory=list)
    progress: list[Tally] = field(default_factory=list)

    def crawl(self, portal: Tiny | None = None) -> PortalCrawl:
        """A crawl in a run of its own."""
        with self.database.write() as connection:
            run = runs.start(connection, "crawl", self.at)
        listeners = Listeners(
            on_failure=lambda name, reason: self.heard.append((name, reason)),
            on_progress=lambda _, tally: self.progress.append(replace(tally)),
        )
        setup = CrawlSetup(self.database, (), self.config, listeners, clock=lambda: self.at)
        return PortalCrawl(setup, run, portal or Tiny(), Matcher(()))

    def begun(self, portal: Tiny | None = None) -> PortalCrawl:
        crawl = self.crawl(portal)
        assert crawl.begin() is None
        return crawl

    def rows(self) -> list[Row[Any]]:
        """What is stored of the crawls, the oldest first."""
        with self.database.read() as connection:
            return list(connection.execute(select(portal_runs).order_by(portal_runs.c.run_id)))

    def states(self) -> list[str]:
        return [row.state for row in self.rows()]

    def portal(self) -> PortalState:
        """The health of the portal."""
        with self.database.read() as connection:
            (state,) = portals.states(connection)
        return state

    def lease_of(self, holder: str) -> str | None:
        """Who else holds the lease when somebody wants it; None when they get it."""
        with self.database.write() as connection:
            at = now()
            standing = portals.take_lease(connection, leases.lease("tiny", holder, at), at, lambda _: False)
            return standing.holder if standing else None

    def take_over(self) -> None:
        """Give the lease to another machine, as if ours had crashed."""
        with self.database.write() as connection:
            portals.take_lease(connection, leases.lease("tiny", ELSEWHERE, now()), now(), lambda _: True)


@pytest.fixture
def stored(database: Database) -> Bench:
    """On both databases in turn: for what a crawl leaves in them."""
    return Bench(database)


@pytest.fixture
def bench(sqlite: Path, tmp_path: Path) -> Iterator[Bench]:
    """On SQLite alone: for what the crawl itself decides."""
    database = open_database(f"sqlite:///{shutil.copy(sqlite, tmp_path)}")
    yield Bench(database)
    database.close()


@pytest.fixture
def quick_renewals(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(leases, "RENEW_EVERY", 0.01)
    return


def watched(crawl: PortalCrawl, crawler: FakeCrawler, during: Callable[[], Awaitable[object]]) -> None:
    """Watch a crawl while something happens."""

    async def work() -> None:
        crawl.watch(crawler)
        try:
            await during()
            await asyncio.sleep(0)
        finally:
            await crawl.unwatch()

    asyncio.run(work())


async def until_stopped(crawler: FakeCrawler) -> None:
    async with asyncio.timeout(5):
        while not crawler.stops:
            await asyncio.sleep(0.005)


def read_all(crawl: PortalCrawl) -> None:
    """The crawl reads its list and one article."""
    session = crawl.session()
    session.frontier.add_page(LIST, 1, [LISTING], ended=True)
    session.put(OURS)


# --- whether it begins ---


def test_a_crawl_that_begins_holds_the_lease_and_is_noted_as_running(stored: Bench) -> None:
    stored.begun()
    assert stored.states() == [RUNNING]
    assert stored.rows()[0].started_at == NOW
    assert stored.lease_of(ELSEWHERE) is not None


def test_a_portal_that_asked_us_to_wait_is_left_alone_until_then(bench: Bench) -> None:
    crawl, crawler = bench.begun(), FakeCrawler({BACKOFF_SECONDS: HOUR.total_seconds()})
    watched(crawl, crawler, lambda: asyncio.sleep(0))
    read_all(crawl)
    assert crawl.finish().backoff_until == NOW + HOUR
    for passed, begins in ((timedelta(0), False), (HOUR - timedelta(seconds=1), False), (HOUR, True)):
        bench.at = NOW + passed
        assert (bench.crawl().begin() is None) is begins
    assert bench.states() == [DONE, RUNNING]


def test_the_refusal_says_until_when_on_the_clock_in_beijing(bench: Bench) -> None:
    crawl, crawler = bench.begun(), FakeCrawler({BACKOFF_SECONDS: 5400.0})
    watched(crawl, crawler, lambda: asyncio.sleep(0))
    crawl.finish()
    refused = bench.crawl().begin()
    assert refused is not None
    assert (refused.portal, refused.state, refused.complete, refused.tally) == ("tiny", BACKOFF, False, Tally())
    assert refused.error == "it asked us to wait until 2026-11-21 09:30 Beijing time"
    bench.at = NOW + 2 * HOUR
    assert bench.crawl().begin() is None


def test_while_a_portal_is_crawled_by_another_nothing_begins(stored: Bench) -> None:
    assert stored.lease_of(ELSEWHERE) is None
    refused = stored.crawl().begin()
    assert refused is not None
    assert (refused.state, refused.error) == (BUSY, f"another crawl of it is under way ({ELSEWHERE})")
    assert stored.rows() == []


def test_two_crawls_of_one_process_are_two(bench: Bench) -> None:
    bench.begun()
    refused = bench.crawl().begin()
    assert refused is not None
    assert refused.state == BUSY


def test_a_crawl_that_was_cut_off_before_is_marked_when_the_next_one_begins(stored: Bench) -> None:
    stored.begun()
    with stored.database.write() as connection:
        portals.take_lease(connection, leases.lease("tiny", ELSEWHERE, now() - HOUR), now(), lambda _: True)
    stored.begun()
    assert stored.states() == [INTERRUPTED, RUNNING]


# --- what it works with ---


def test_a_session_reads_all_lists_and_those_of_the_former_site(bench: Bench) -> None:
    session = bench.begun(Moved()).session()
    assert (session.lists, session.at) == ((LIST, "https://old.tiny.cn/"), NOW)


def outcome_with(bench: Bench, lists: tuple[str, ...] | None) -> Outcome:
    """How a crawl ends that reads these lists without trouble."""
    crawl = bench.begun(Moved())
    session = crawl.session(lists)
    session.put(OURS)
    for list_ in set(session.lists) & {LIST}:
        session.frontier.add_page(list_, 1, [LISTING], ended=True)
    return crawl.finish()


def test_a_session_that_leaves_a_list_out_is_partial_and_its_outcome_says_so(bench: Bench) -> None:
    for lists in ((), ("https://old.tiny.cn/",)):
        outcome = outcome_with(bench, lists)
        assert (outcome.state, outcome.complete, outcome.error) == (DONE, False, "only some of its lists were read")


def test_a_session_with_all_lists_of_today_is_whole_whatever_else_it_reads(bench: Bench) -> None:
    for lists in (None, (LIST,), (LIST, "https://tiny.cn/more")):
        outcome = outcome_with(bench, lists)
        assert (outcome.state, outcome.complete, outcome.error) == (DONE, True, None)


def test_whoever_listens_hears_of_failures_and_progress_under_the_name_of_the_portal(bench: Bench) -> None:
    crawl = bench.begun()
    session = crawl.session()
    session.put(OURS)
    session.put(Failed("tiny", "2", "https://tiny.cn/a/2.html", "https://tiny.cn/a/2.html: 没有标题"))
    session.frontier.fail_list(LIST, "HTTP 503", FailureKind.UNREACHABLE)
    crawl.finish()
    assert bench.heard == [("tiny", "https://tiny.cn/a/2.html: 没有标题"), ("tiny", "HTTP 503")]
    assert bench.progress == [Tally(new=1, failed=1)]


# --- what ends it early ---


def test_a_crawl_is_stopped_when_its_time_is_over(bench: Bench) -> None:
    bench.config = CrawlerConfig(time_limit=0.01)
    crawl, crawler = bench.begun(), FakeCrawler()
    read_all(crawl)
    watched(crawl, crawler, lambda: until_stopped(crawler))
    outcome = crawl.finish()
    assert crawler.stops == 1
    assert (outcome.state, outcome.error) == (INTERRUPTED, "its time limit of 0.01 seconds ran out")
    assert outcome.tally == Tally(new=1)


def test_a_crawl_whose_time_ran_out_before_it_read_anything_failed_by_a_timeout(bench: Bench) -> None:
    bench.config = CrawlerConfig(time_limit=0.01, broken_after=1)
    crawl, crawler = bench.begun(), FakeCrawler()
    watched(crawl, crawler, lambda: until_stopped(crawler))
    outcome = crawl.finish()
    assert (outcome.state, outcome.failure_kind) == (FAILED, FailureKind.TIMEOUT)
    assert kinds(bench.database) == ["portal.broken"]


@pytest.mark.usefixtures("quick_renewals")
def test_a_crawl_whose_lease_was_taken_over_stops_and_leaves_it_to_the_other(stored: Bench) -> None:
    crawl, crawler = stored.begun(), FakeCrawler()
    read_all(crawl)
    stored.take_over()
    watched(crawl, crawler, lambda: until_stopped(crawler))
    outcome = crawl.finish()
    assert (outcome.state, outcome.error) == (INTERRUPTED, "another process took over its lease")
    assert crawler.stops == 1
    assert stored.lease_of("third:1:1:0123abcd") == ELSEWHERE


@pytest.mark.usefixtures("quick_renewals")
def test_a_lease_is_kept_as_long_as_the_crawl_is_watched(bench: Bench) -> None:
    crawl, crawler = bench.begun(), FakeCrawler()
    with bench.database.write() as connection:
        # It would run out at once.
        portals.renew_lease(connection, portals.Lease("tiny", holder_of(connection), now()))
    watched(crawl, crawler, lambda: asyncio.sleep(0.1))
    assert bench.lease_of(ELSEWHERE) is not None
    assert crawler.stops == 0


def holder_of(connection: Any) -> str:
    return str(portals.portal_row(connection, "tiny").lease_holder)


@pytest.mark.usefixtures("quick_renewals")
def test_a_database_that_is_away_for_a_moment_ends_no_crawl(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    crawl, crawler = bench.begun(), FakeCrawler()
    tries: list[object] = []

    def away(*_: object) -> bool:
        tries.append(None)
        raise DatabaseProblem("somewhere", "database is locked")

    monkeypatch.setattr(portals, "renew_lease", away)
    watched(crawl, crawler, lambda: asyncio.sleep(0.1))
    assert len(tries) > 1
    assert crawler.stops == 0


def test_the_first_reason_to_stop_counts_and_the_crawler_is_stopped_once(bench: Bench) -> None:
    crawl, crawler = bench.begun(), FakeCrawler()

    async def stop_twice() -> None:
        crawl.stop(STOPPED)
        crawl.stop("its time limit ran out")
        crawl.note_interruption("somebody pressed Ctrl-C")

    watched(crawl, crawler, stop_twice)
    assert crawler.stops == 1
    assert crawl.finish().error == STOPPED


def test_a_crawl_that_was_ended_by_others_is_not_stopped_again(bench: Bench) -> None:
    crawl, crawler = bench.begun(), FakeCrawler()

    async def end() -> None:
        crawl.note_interruption("Scrapy was shut down")
        crawl.stop(STOPPED)

    watched(crawl, crawler, end)
    assert crawler.stops == 0
    assert crawl.finish().error == "Scrapy was shut down"


def test_after_its_end_neither_its_time_nor_its_lease_is_watched(bench: Bench) -> None:
    bench.config = CrawlerConfig(time_limit=0.02)
    crawl, crawler = bench.begun(), FakeCrawler()

    async def work() -> None:
        crawl.watch(crawler)
        await crawl.unwatch()
        await asyncio.sleep(0.05)
        crawl.stop(STOPPED)
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(work())
    assert crawler.stops == 0
    assert crawl.finish().error == STOPPED


# --- how it ended ---


def test_the_end_writes_what_is_left_how_it_went_and_gives_the_lease_back(stored: Bench) -> None:
    crawl = stored.begun()
    read_all(crawl)
    stored.at = NOW + HOUR
    outcome = crawl.finish()
    assert (outcome.state, outcome.complete, outcome.listed, outcome.tally) == (DONE, True, 1, Tally(new=1))
    (row,) = stored.rows()
    assert (row.state, row.finished_at, row.listed, row.new, row.complete) == (DONE, NOW + HOUR, 1, 1, True)
    assert [entry.key for entry in entries_of(stored.database)] == ["1"]
    assert (stored.portal().last_run_at, stored.portal().complete) == (NOW + HOUR, True)
    assert stored.lease_of(ELSEWHERE) is None


def test_a_portal_breaks_after_as_many_failures_as_the_settings_say_and_recovers(stored: Bench) -> None:
    stored.config = CrawlerConfig(broken_after=2)
    for _ in range(2):
        crawl = stored.begun()
        crawl.session().frontier.fail_list(LIST, "没有行", FailureKind.EMPTY)
        assert crawl.finish().state == FAILED
    assert (stored.portal().failures, stored.portal().broken_since, stored.portal().note) == (2, NOW, "没有行")
    crawl = stored.begun()
    read_all(crawl)
    crawl.finish()
    assert (stored.portal().failures, stored.portal().broken_since) == (0, None)
    assert kinds(stored.database) == ["portal.broken", "article.new", "portal.recovered"]


def test_a_crawl_that_was_interrupted_says_nothing_of_the_health_of_its_portal(stored: Bench) -> None:
    stored.config = CrawlerConfig(broken_after=1)
    crawl = stored.begun()
    crawl.session().frontier.fail_list(LIST, "没有行", FailureKind.EMPTY)
    crawl.note_interruption(STOPPED)
    assert crawl.finish().state == INTERRUPTED
    assert stored.states() == [INTERRUPTED]
    assert kinds(stored.database) == []
    with stored.database.read() as connection:
        assert portals.states(connection) == []
    assert stored.lease_of(ELSEWHERE) is None


def test_a_list_of_the_former_site_that_is_gone_is_no_failure(bench: Bench) -> None:
    crawl = bench.begun(Moved())
    read_all(crawl)
    crawl.session().frontier.fail_list("https://old.tiny.cn/", "HTTP 404", FailureKind.UNREACHABLE)
    outcome = crawl.finish()
    assert (outcome.state, outcome.complete, outcome.error) == (DONE, True, None)
    assert bench.heard == []


def test_how_long_the_portal_wants_to_be_left_alone_is_kept_up_to_a_day(bench: Bench) -> None:
    waits = {90.0: timedelta(seconds=90), 1e9: timedelta(days=1), None: None}
    for seconds, wait in waits.items():
        crawl, crawler = bench.begun(), FakeCrawler({BACKOFF_SECONDS: seconds})
        watched(crawl, crawler, lambda: asyncio.sleep(0))
        read_all(crawl)
        crawl.finish()
        assert bench.portal().backoff_until == (None if wait is None else bench.at + wait)
        bench.at += timedelta(days=1)


def test_the_settings_decide_how_far_a_crawl_goes(bench: Bench) -> None:
    bench.config = CrawlerConfig(first_pages=2)
    frontier = bench.begun().session().frontier
    assert frontier.add_page(LIST, 1, [LISTING], ended=False).go_on
    assert not frontier.add_page(LIST, 2, [replace(LISTING, key="2")], ended=False).go_on

"""The background service: how crawls are begun, ended and repeated, and how it stops."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from policywatch.service.schedule import Schedule, pace
from policywatch.service.supervisor import Limits, Service
from storage.database import Database, open_database
from tests.policywatch.service_builders import POLITE, QUICK, STUBBORN, Crawls, reached


@pytest.fixture
def local_database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/service.sqlite")
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What the service logs."""
    caplog.set_level(logging.INFO, "policywatch.service")
    return caplog


def seconds(count: float) -> float:
    """Minutes, as settings have them."""
    return count / 60


def service(database: Database, crawls: Crawls, limits: Limits, **intervals: float) -> Service:
    """A service over portals with intervals in seconds."""
    every = {portal: pace(seconds(interval), 0) for portal, interval in intervals.items()}
    return Service(Schedule(database, every), limits, crawls.command)


def limits(at_once: int = 2, time_limit: float = 60, grace: float = 10, plan_every: float = 0.1) -> Limits:
    return Limits(at_once, time_limit, grace, plan_every)


def run_until(condition: Callable[[], bool], *services: Service, stops: int = 1) -> list[int]:
    """Run services together until the condition holds, and then stop them; their exit codes."""

    async def work() -> list[int]:
        running = asyncio.gather(*(each.run() for each in services))
        await reached(condition)
        for each in [each for each in services for _ in range(stops)]:
            each.stop()
            await asyncio.sleep(0.1)
        return await running

    return asyncio.run(work())


def test_each_portal_is_crawled_at_its_own_interval(local_database: Database, tmp_path: Path) -> None:
    crawls = Crawls(tmp_path / "notes", QUICK)
    ours = service(local_database, crawls, limits(), sina=0.3, cs=60)
    assert run_until(lambda: crawls.times("sina") == 3, ours) == [0]
    assert crawls.times("cs") == 1


def test_no_more_crawls_run_at_once_than_allowed(local_database: Database, tmp_path: Path) -> None:
    crawls = Crawls(tmp_path / "notes", "note('begins'); time.sleep(0.1); note('ends')")
    ours = service(local_database, crawls, limits(at_once=1), a=60, b=60, c=60)
    run_until(lambda: len(crawls.noted()) == 6, ours)
    assert [line.split()[1] for line in crawls.noted()] == ["begins", "ends"] * 3


def test_two_services_do_not_crawl_a_portal_twice(address: str, tmp_path: Path) -> None:
    crawls = Crawls(tmp_path / "notes", QUICK)
    first, second = open_database(address), open_database(address)
    both = [service(database, crawls, limits(), a=60, b=60, c=60) for database in (first, second)]
    until = time.monotonic() + 0.5
    run_until(lambda: time.monotonic() > until and len(crawls.noted()) >= 3, *both)
    for database in (first, second):
        database.close()
    assert Counter(crawls.noted()) == {"a crawled": 1, "b crawled": 1, "c crawled": 1}


FAILURES = """
note("crawled")
{"wrong": lambda: sys.exit(1), "refused": lambda: sys.exit(2), "dies": os.abort}[portal]()
"""


def test_a_crawl_that_fails_is_told_and_repeated_at_its_interval(
    local_database: Database, tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    crawls = Crawls(tmp_path / "notes", FAILURES)
    ours = service(local_database, crawls, limits(at_once=3), wrong=0.2, refused=0.2, dies=0.2)
    assert run_until(lambda: min(map(crawls.times, ("wrong", "refused", "dies"))) >= 2, ours) == [0]
    assert "wrong: crawl done with failures (exit code 1)" in told.text
    assert "refused: crawl refused (exit code 2)" in told.text
    assert "dies: crawl ended by signal 6" in told.text


def test_the_service_goes_on_when_no_process_can_be_started(
    local_database: Database, tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    crawls = Crawls(tmp_path / "notes", QUICK)

    def command(portal: str) -> list[str]:
        return crawls.command(portal) if portal == "cs" else [str(tmp_path / "no-such-program")]

    every = {portal: pace(seconds(0.2), 0) for portal in ("sina", "cs")}
    ours = Service(Schedule(local_database, every), limits(), command)
    assert run_until(lambda: told.text.count("cannot start a process") == 2 and len(crawls.noted()) >= 2, ours) == [0]


def test_a_crawl_that_hangs_is_ended_and_repeated_at_its_interval(
    local_database: Database, tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    crawls = Crawls(tmp_path / "notes", STUBBORN)
    ours = service(local_database, crawls, limits(time_limit=0.3, grace=0.1), sina=0.2)
    assert run_until(lambda: len(crawls.noted()) == 2, ours) == [0]
    assert told.text.index("is asked to stop") < told.text.index("does not stop and is killed")


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_database_that_is_away_for_a_while_stops_nothing(
    address: str, tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    database, crawls = open_database(address), Crawls(tmp_path / "notes", QUICK)
    ours = service(database, crawls, limits(), sina=0.2)

    async def work() -> int:
        running = asyncio.ensure_future(ours.run())
        await reached(lambda: len(crawls.noted()) == 1)
        with away(address):
            await reached(lambda: "the database cannot be used" in told.text)
            await asyncio.sleep(0.3)
            crawled = len(crawls.noted())
        await reached(lambda: len(crawls.noted()) >= crawled + 2)
        ours.stop()
        return await running

    assert asyncio.run(work()) == 0
    database.close()
    assert told.text.count("the database cannot be used") == told.text.count("the database can be used again") == 1


@contextmanager
def away(address: str) -> Iterator[None]:
    """While it lasts, nobody is let into that database of PostgreSQL."""
    name = re.sub(r".*/(\w+)\?.*", r"\1", address)
    with psycopg.connect(address.replace(f"/{name}?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        yield
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


# --- stopping ---


def test_a_stop_lets_crawls_end_and_the_next_service_repeats_them(local_database: Database, tmp_path: Path) -> None:
    crawls = Crawls(tmp_path / "notes", POLITE)
    for _ in range(2):
        begun = len(crawls.noted())
        ours = service(local_database, crawls, limits(), sina=3600)
        assert run_until(lambda begun=begun: len(crawls.noted()) > begun, ours) == [0]  # type: ignore[misc]
    assert crawls.noted() == ["sina begins", "sina stops"] * 2


def test_a_stop_kills_what_does_not_stop_and_begins_nothing_new(local_database: Database, tmp_path: Path) -> None:
    crawls = Crawls(tmp_path / "notes", STUBBORN)
    ours = service(local_database, crawls, limits(at_once=1, grace=0.3), a=3600, b=3600)
    begun = time.monotonic()
    assert run_until(lambda: len(crawls.noted()) == 1, ours) == [0]
    assert time.monotonic() - begun < 10
    assert len(crawls.noted()) == 1


def test_a_second_stop_does_not_wait(local_database: Database, tmp_path: Path) -> None:
    crawls = Crawls(tmp_path / "notes", STUBBORN)
    begun = time.monotonic()
    ours = service(local_database, crawls, limits(grace=50), sina=3600)
    assert run_until(lambda: len(crawls.noted()) == 1, ours, stops=2) == [1]
    assert time.monotonic() - begun < 10

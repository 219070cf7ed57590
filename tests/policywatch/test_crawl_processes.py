"""Crawls as processes: how they end by themselves, at their time limit, and when everything stops."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

import pytest

from policywatch.service.crawl_processes import CrawlProcesses
from tests.policywatch.service_builders import POLITE, QUICK, STUBBORN, Crawls, reached


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "policywatch.service")
    return caplog


def processes(crawls: Crawls, time_limit: float = 60, grace: float = 10) -> CrawlProcesses:
    return CrawlProcesses(crawls.command, time_limit, grace)


def test_a_crawl_gives_its_exit_code_and_the_log_its_lines(tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    crawls = Crawls(tmp_path / "notes", QUICK + "; print('a line'); sys.exit(3)")
    assert asyncio.run(processes(crawls).crawl("sina")) == 3
    assert log.messages[:2] == ["sina: crawl begins", "sina: a line"]
    assert log.messages[2].startswith("sina: crawl failed (exit code 3) after ")


def test_a_program_that_is_not_there_is_no_crawl(tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    nothing = CrawlProcesses(lambda portal: [str(tmp_path / "nothing")], 60, 10)
    assert asyncio.run(nothing.crawl("sina")) is None
    assert "sina: cannot start a process" in log.text


@pytest.mark.parametrize(("code", "ended"), [(POLITE, 1), (STUBBORN, -9)])
def test_a_crawl_whose_time_is_over_is_asked_to_stop_and_then_killed(tmp_path: Path, code: str, ended: int) -> None:
    crawls = Crawls(tmp_path / "notes", code)
    assert asyncio.run(processes(crawls, time_limit=0.5, grace=0.3).crawl("sina")) == ended


def test_all_crawls_are_asked_to_stop_those_too_that_begin_later(tmp_path: Path) -> None:
    crawls = Crawls(tmp_path / "notes", POLITE)
    ours = processes(crawls)

    async def work() -> list[int | None]:
        first = asyncio.ensure_future(ours.crawl("a"))
        await reached(lambda: crawls.noted() == ["a begins"])
        ours.terminate()
        return [await first, await ours.crawl("b")]

    begun = time.monotonic()
    first, late = asyncio.run(work())
    assert first == 1
    assert late in (1, -15)  # before it listened to signals
    assert time.monotonic() - begun < 10


def test_what_does_not_stop_is_killed_and_named(tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    crawls = Crawls(tmp_path / "notes", STUBBORN)
    ours = processes(crawls)

    async def work() -> int | None:
        crawl = asyncio.ensure_future(ours.crawl("a"))
        await reached(lambda: crawls.noted() == ["a begins"])
        ours.terminate()
        ours.kill()
        return await crawl

    assert asyncio.run(work()) == -9
    assert "a: crawl does not stop and is killed" in log.messages

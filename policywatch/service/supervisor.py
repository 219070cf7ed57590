"""The supervisor: starts the crawl of each portal when it is due, and ends all crawls when it is stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from policywatch.service.crawl_processes import CrawlProcesses
from policywatch.service.database_access import DatabaseAccess
from policywatch.service.log_lines import log
from policywatch.service.schedule import Schedule

# The id of the job that compares the jobs with the due times in the database; every other job has a portal's name.
_PLANNING = "planning"
# Seconds to wait for the end of killed processes.
_SECONDS_AFTER_KILL = 2.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the service may use, and how long it waits."""

    #: Crawls at a time.
    at_once: int
    #: Seconds for one crawl.
    time_limit: float
    #: Seconds from SIGTERM to SIGKILL.
    grace: float
    #: Seconds between two readings of the due times in the database.
    plan_every: float = 30.0


class Service:
    """Runs a scheduler with one job for each portal, its next crawl, and one that reads the due times regularly."""

    def __init__(self, schedule: Schedule, limits: Limits, command: Callable[[str], Sequence[str]]) -> None:
        self._schedule, self._limits = schedule, limits
        self._database = DatabaseAccess()
        self._processes = CrawlProcesses(command, limits.time_limit, limits.grace)
        self._slots = asyncio.Semaphore(limits.at_once)
        self._crawls: dict[str, asyncio.Task[Any]] = {}
        self._stopping, self._stop_now = asyncio.Event(), asyncio.Event()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            # After a long delay, such as the sleep of a laptop, each portal is still crawled, but only once.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    async def run(self) -> int:
        """Crawl until `stop()` is called; the exit code: 0, or 1 when `stop()` was called twice."""
        self._scheduler.add_listener(self._plan_next, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
        # This job also wakes the scheduler, whose timers do not advance while the machine sleeps.
        self._scheduler.add_job(
            self._plan, "interval", seconds=self._limits.plan_every, id=_PLANNING, next_run_time=datetime.now(UTC)
        )
        self._scheduler.start()
        await self._stopping.wait()
        await self._end()
        return int(self._stop_now.is_set())

    def stop(self) -> None:
        """Stop after the running crawls have ended cleanly; a second call stops at once."""
        (self._stop_now if self._stopping.is_set() else self._stopping).set()

    # --- jobs ---

    async def _plan(self) -> None:
        plan = await self._database.result(lambda: self._schedule.plan(tuple(self._crawls)))
        if plan is None:
            return
        for portal in plan.interrupted:
            log.info("%s: its last crawl was interrupted and is repeated", portal)
        for portal, due in plan.due.items():
            if portal not in self._crawls:
                self._put(portal, due)

    def _put(self, portal: str, due: datetime) -> None:
        job = self._scheduler.get_job(portal)
        if job is None or job.next_run_time != due:
            self._scheduler.add_job(self._crawl, "date", [portal], run_date=due, id=portal, replace_existing=True)

    def _plan_next(self, event: Any) -> None:
        """After the job of a portal, which returns the time of its next crawl, schedule that."""
        if event.job_id != _PLANNING and not self._stopping.is_set():
            self._put(event.job_id, self._after_next_plan() if event.exception else event.retval)

    def _after_next_plan(self) -> datetime:
        return self._schedule.clock() + timedelta(seconds=self._limits.plan_every)

    async def _crawl(self, portal: str) -> datetime:
        """Crawl a portal if it is still due; the time at which it is due next."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  (for the type checker)
        self._crawls[portal] = task
        try:
            async with self._slots:
                return await self._crawl_in_slot(portal)
        finally:
            del self._crawls[portal]

    async def _crawl_in_slot(self, portal: str) -> datetime:
        if self._stopping.is_set():
            return self._after_next_plan()
        claim = await self._database.result(lambda: self._schedule.claim(portal))
        if claim is None:
            return self._after_next_plan()
        return await self._crawl_claimed(portal, claim.due) if claim.granted else claim.due

    async def _crawl_claimed(self, portal: str, due: datetime) -> datetime:
        """Crawl a portal that was claimed, and is due next at `due` if all goes well; the time at which it is."""
        code = None if self._stopping.is_set() else await self._processes.crawl(portal)
        if code != 0 and not self._stop_now.is_set():
            await self._database.result(lambda: self._schedule.mark_interrupted(portal))
            if self._stopping.is_set():
                await self._database.result(lambda: self._schedule.make_due(portal))
        if self._stopping.is_set():
            return due
        later = await self._database.result(lambda: self._schedule.postpone_if_failing(portal, due))
        due = due if later is None else later
        log.info("%s: due next at %s", portal, f"{due.astimezone():%Y-%m-%d %H:%M:%S}")
        return due

    # --- stopping ---

    async def _end(self) -> None:
        log.info("stopping, within %g s", self._limits.grace)
        self._scheduler.pause()
        self._processes.terminate()
        await self._wait_for_crawls(self._limits.grace)
        self._processes.kill()
        await self._wait_for_crawls(_SECONDS_AFTER_KILL)
        # Jobs that are cancelled from here on are cancelled on purpose, so that nothing is to be logged.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        self._scheduler.shutdown(wait=False)
        log.info("stopped")

    async def _wait_for_crawls(self, seconds: float) -> None:
        """Wait until no crawl is left, but no longer than this, and not at all after a second `stop()`."""
        stop_now = asyncio.ensure_future(self._stop_now.wait())
        idle = asyncio.ensure_future(self._no_crawl_left())
        await asyncio.wait([stop_now, idle], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        stop_now.cancel()
        idle.cancel()

    async def _no_crawl_left(self) -> None:
        while self._crawls:
            await asyncio.wait(self._crawls.values())

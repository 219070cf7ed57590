"""The background service: crawls each portal at its pace, in a process of its own, until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from policywatch import service_child
from policywatch.config import Config, ConfigProblem
from policywatch.service_child import Child
from policywatch.service_schedule import Pace, Schedule, paces
from storage.database import DatabaseProblem, open_database

_LOOK = "look"
# Seconds that killed processes have to vanish.
_VANISH = 2.0
# Portals that one line of the log can name.
_FEW = 4
_NAMES = "from policywatch import config, registry; print(*registry.portals(config.load().portals))"

_log = logging.getLogger("policywatch.service")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Limits:
    """Crawls at a time, and seconds: for one crawl, from SIGTERM to SIGKILL, between two looks at the due times."""

    at_once: int
    time_limit: float
    grace: float
    look_every: float = 30.0


def serve(config: Config) -> int:
    """Crawl until a signal comes; the exit code. ConfigProblem or DatabaseProblem when it cannot begin."""
    log_to_stderr()
    pace = paces(config.service, portal_names())
    database = open_database(config.database.url)
    limits = Limits(
        at_once=config.service.at_once,
        time_limit=config.crawler.time_limit + config.service.grace,
        grace=config.service.grace,
    )
    _log.info("database %s; %d at a time; %s", database.address, limits.at_once, _told(pace))
    return asyncio.run(until_signalled(Service(Schedule(database, pace), limits, crawl_command)))


def crawl_command(portal: str) -> list[str]:
    """The command that crawls one portal."""
    return [sys.executable, "-m", "policywatch", "crawl", portal]


def portal_names() -> list[str]:
    """The portals there are. A process of its own is asked: Scrapy would take 34 MB of this one for good."""
    asked = subprocess.run(  # noqa: S603  (a constant command)
        [sys.executable, "-c", _NAMES], env=service_child.environment(), capture_output=True, text=True, check=False
    )
    if asked.returncode:
        raise ConfigProblem(f"the portals cannot be loaded: {''.join(asked.stderr.splitlines()[-1:])}")
    return asked.stdout.split()


async def until_signalled(service: Service) -> int:
    """Run the service; SIGTERM, SIGINT and the loss of the terminal stop it cleanly, a second one at once."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # nohup has SIGHUP ignored, and means it.
        if signal.getsignal(number) != signal.SIG_IGN:
            loop.add_signal_handler(number, service.stop)
    return await service.run()


class Service:
    """Keeps the scheduler, whose jobs are one crawl of each portal and a regular look at the due times."""

    def __init__(self, schedule: Schedule, limits: Limits, command: Callable[[str], Sequence[str]]) -> None:
        self._schedule, self._limits, self._command = schedule, limits, command
        self._places = asyncio.Semaphore(limits.at_once)
        self._crawls: dict[str, asyncio.Task[Any]] = {}
        self._children: dict[str, Child] = {}
        self._stopping, self._hurry = asyncio.Event(), asyncio.Event()
        self._database_is_away = False
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            # However late, as after the sleep of a laptop, each portal is crawled, and once.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    async def run(self) -> int:
        """Crawl until `stop()`; 0, or 1 when it had to hurry."""
        self._scheduler.add_listener(self._plan_next, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
        # The look also wakes the scheduler, which sleeps by a clock that stands still while the machine does.
        self._scheduler.add_job(
            self._look, "interval", seconds=self._limits.look_every, id=_LOOK, next_run_time=datetime.now(UTC)
        )
        self._scheduler.start()
        await self._stopping.wait()
        await self._wind_up()
        return int(self._hurry.is_set())

    def stop(self) -> None:
        """Stop cleanly; asked once more, at once."""
        (self._hurry if self._stopping.is_set() else self._stopping).set()

    # --- jobs ---

    async def _look(self) -> None:
        plan = await self._ask(lambda: self._schedule.look(tuple(self._crawls)))
        if plan is None:
            return
        for portal in plan.cut_off:
            _log.info("%s: its last crawl was cut off, and is repeated", portal)
        for portal, due in plan.due.items():
            if portal not in self._crawls:
                self._put(portal, due)

    def _put(self, portal: str, due: datetime) -> None:
        job = self._scheduler.get_job(portal)
        if job is None or job.next_run_time != due:
            self._scheduler.add_job(self._crawl, "date", [portal], run_date=due, id=portal, replace_existing=True)

    def _plan_next(self, event: Any) -> None:
        """After the job of a portal: it said when it is due next."""
        if event.job_id != _LOOK and not self._stopping.is_set():
            self._put(event.job_id, self._after_next_look() if event.exception else event.retval)

    def _after_next_look(self) -> datetime:
        return self._schedule.clock() + timedelta(seconds=self._limits.look_every)

    async def _crawl(self, portal: str) -> datetime:
        """Crawl a portal if it is still due; when it is due next."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  (for the type checker)
        self._crawls[portal] = task
        try:
            async with self._places:
                return await self._crawl_in_place(portal)
        finally:
            del self._crawls[portal]

    async def _crawl_in_place(self, portal: str) -> datetime:
        if self._stopping.is_set():
            return self._after_next_look()
        turn = await self._ask(lambda: self._schedule.claim(portal))
        if turn is None:
            return self._after_next_look()
        return await self._crawl_in_turn(portal, turn.due) if turn.ours else turn.due

    async def _crawl_in_turn(self, portal: str, due: datetime) -> datetime:
        """Crawl a portal; when it is due next."""
        code = None if self._stopping.is_set() else await self._child_code(portal)
        if code != 0 and not self._hurry.is_set():
            await self._ask(lambda: self._schedule.bury(portal))
            if self._stopping.is_set():
                await self._ask(lambda: self._schedule.hand_back(portal))
        if self._stopping.is_set():
            return due
        later = await self._ask(lambda: self._schedule.put_off(portal, due))
        due = due if later is None else later
        _log.info("%s: due next at %s", portal, f"{due.astimezone():%Y-%m-%d %H:%M:%S}")
        return due

    # --- processes ---

    async def _child_code(self, portal: str) -> int | None:
        """The exit code of one crawl; None when no process could be started."""
        begun = asyncio.get_running_loop().time()
        _log.info("%s: crawl begins", portal)
        try:
            child = await service_child.start(self._command(portal), lambda line: _log.info("%s: %s", portal, line))
        except OSError as error:
            _log.error("%s: no process can be started: %s", portal, error)
            return None
        code = await self._watched(portal, child)
        _log.info("%s: crawl %s after %.0f s", portal, _ending(code), asyncio.get_running_loop().time() - begun)
        return code

    async def _watched(self, portal: str, child: Child) -> int:
        """The exit code of a process that is ended when its time is over, asked first."""
        self._children[portal] = child
        try:
            if self._stopping.is_set():
                child.terminate()
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(child.ended(), self._limits.time_limit)
            _log.warning("%s: crawl takes longer than %g s, is asked to stop", portal, self._limits.time_limit)
            child.terminate()
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(child.ended(), self._limits.grace)
            _log.warning("%s: crawl does not stop, killed", portal)
            child.kill()
            return await child.ended()
        finally:
            child.kill()
            del self._children[portal]

    async def _wind_up(self) -> None:
        _log.info("stopping, within %g s", self._limits.grace)
        self._scheduler.pause()
        for child in self._children.values():
            child.terminate()
        await self._until_quiet(self._limits.grace)
        for portal, child in self._children.items():
            _log.warning("%s: crawl does not stop, killed", portal)
            child.kill()
        await self._until_quiet(_VANISH)
        # What is cancelled from here on, is so on purpose.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        self._scheduler.shutdown(wait=False)
        _log.info("stopped")

    async def _until_quiet(self, seconds: float) -> None:
        """Until no crawl is left, or the time is over, or there is no time."""
        hurry = asyncio.ensure_future(self._hurry.wait())
        quiet = asyncio.ensure_future(self._quiet())
        await asyncio.wait([hurry, quiet], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        hurry.cancel()
        quiet.cancel()

    async def _quiet(self) -> None:
        while self._crawls:
            await asyncio.wait(self._crawls.values())

    # --- the database ---

    async def _ask(self, question: Callable[[], _T]) -> _T | None:
        """The answer of the database; None while it is away, which the log tells once."""
        try:
            answer = await _aside(question)
        except DatabaseProblem as problem:
            if not self._database_is_away:
                _log.warning("the database is away: %s", problem)
            self._database_is_away = True
            return None
        if self._database_is_away:
            _log.info("the database is back")
        self._database_is_away = False
        return answer


async def _aside(work: Callable[[], _T]) -> _T:
    """The result of `work`, done in a thread that neither holds up the loop nor the end of the process."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def settle(settled: Callable[[Any], None], value: object) -> None:
        if not future.done():
            settled(value)

    def run() -> None:
        try:
            told: tuple[Callable[[Any], None], object] = (future.set_result, work())
        except Exception as error:  # noqa: BLE001  (raised again where the result is awaited)
            told = (future.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, *told)

    threading.Thread(target=run, daemon=True).start()
    return await future


def _ending(code: int) -> str:
    words = {0: "done", 1: "done with failures (exit code 1)", 2: "refused (exit code 2)"}
    return words.get(code, f"ended by signal {-code}" if code < 0 else f"failed (exit code {code})")


def _told(pace: dict[str, Pace]) -> str:
    """The portals by their pace: a few by name, many by their number."""
    alike: dict[Pace, list[str]] = {}
    for portal, each in pace.items():
        alike.setdefault(each, []).append(portal)
    return ", ".join(
        f"{' '.join(portals) if len(portals) <= _FEW else f'{len(portals)} portals'} every "
        f"{each.interval.total_seconds() / 60:g} min ± {each.jitter.total_seconds() / 60:g}"
        for each, portals in alike.items()
    )


def log_to_stderr() -> None:
    form = logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S")
    handler = logging.StreamHandler()
    handler.setFormatter(form)
    logging.basicConfig(level=logging.ERROR, handlers=[handler])
    _log.setLevel(logging.INFO)

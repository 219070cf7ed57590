"""When each portal is due; stored in the database, so that it survives crashes and several services can share it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom

from sqlalchemy import Connection

from policywatch.app import leases
from policywatch.app.clock import now
from policywatch.config import ServiceConfig
from policywatch.errors import ConfigProblem
from storage import portals, runs
from storage.database import Database
from storage.portals import ScheduleState
from tracking import health


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a portal is crawled."""

    #: The time between two crawls.
    interval: timedelta
    #: By how much a crawl may be earlier or later at most; not more than half of the interval.
    jitter: timedelta


def paces(config: ServiceConfig, known: Collection[str]) -> dict[str, Pace]:
    """The pace of each portal that the service crawls, by name; `known` are the names of all portals there are.

    ConfigProblem names those in the settings that do not exist.
    """
    _must_exist("service.portals", config.portals, known)
    _must_exist("service.intervals", config.intervals, known)
    minutes = {portal: config.intervals.get(portal, config.interval) for portal in config.portals or sorted(known)}
    return {portal: pace(each, config.jitter) for portal, each in minutes.items()}


def pace(interval: float, jitter: float) -> Pace:
    """A pace from an interval and a jitter in minutes; the jitter is limited to half of the interval."""
    return Pace(timedelta(minutes=interval), timedelta(minutes=min(jitter, interval / 2)))


def _must_exist(setting: str, named: Collection[str], known: Collection[str]) -> None:
    unknown = [portal for portal in named if portal not in known]
    if unknown:
        raise ConfigProblem(f"{setting}: there is no portal {', '.join(unknown)}; there are {', '.join(sorted(known))}")


def next_due(at: datetime, pace: Pace, chance: float) -> datetime:
    """One interval after `at` (aware UTC), moved by the jitter.

    `chance` is from 0 (the whole jitter earlier) over 0.5 (not moved) to 1 (the whole jitter later).
    """
    return at + pace.interval + (2 * chance - 1) * pace.jitter


def planned_due(state: ScheduleState, at: datetime, pace: Pace, chance: float) -> datetime:
    """When a portal is due, decided at `at` (both aware UTC).

    That is the stored time, unless it is further away than one interval, and never before the end of a backoff.
    """
    if state.due_at is None:
        return at
    pace = slowed_pace(pace, state.failures)
    # It is too far away when the interval was shortened, or the clock was set back.
    in_time = state.due_at <= next_due(at, pace, 1.0)
    return _not_before_backoff(state.due_at if in_time else next_due(at, pace, chance), state)


def slowed_pace(pace: Pace, failures: int) -> Pace:
    """The pace of a portal after so many failures in a row: the interval grows with each, up to a limit."""
    return Pace(health.retry_interval(pace.interval, failures), pace.jitter)


def _not_before_backoff(due: datetime, state: ScheduleState) -> datetime:
    return due if state.backoff_until is None else max(due, state.backoff_until)


@dataclass(frozen=True, slots=True)
class Plan:
    """The due times of all portals of a service."""

    #: When each portal is due, aware UTC, by name.
    due: dict[str, datetime]
    #: The portals whose last crawl was interrupted.
    interrupted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to a service that wants to crawl a portal that is due."""

    #: Whether this service is to crawl it now; False when another service was faster.
    granted: bool
    #: When the portal is due next, aware UTC.
    due: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """The due times of the portals in the database, which several services may share.

    Every method raises DatabaseProblem when the database cannot be used.
    """

    #: Where the due times are stored.
    database: Database
    #: The pace of each portal that this service crawls, by name.
    paces: Mapping[str, Pace]
    #: Gives the present, aware UTC.
    clock: Callable[[], datetime] = now
    #: Gives random numbers from 0 to 1, which decide how far due times are moved, see `next_due`.
    chance: Callable[[], float] = SystemRandom().random

    def plan(self, busy: Collection[str] = ()) -> Plan:
        """When each portal is due; interrupted crawls are marked as such, and their portals are due at once.

        Of the `busy` portals, which this service is crawling, no crawl counts as cut off.
        """
        at = self.clock()
        with self.database.read() as connection:
            plan, moved = self._new_plan(connection, at, busy)
        if not moved and not plan.interrupted:
            return plan
        with self.database.write() as connection:
            # Planned once more: meanwhile another service may have done it.
            plan, moved = self._new_plan(connection, at, busy)
            for portal in plan.interrupted:
                runs.mark_interrupted(connection, portal, at)
            for portal in moved:
                portals.set_due(connection, portal, plan.due[portal])
        return plan

    def postpone_if_failing(self, portal: str, due: datetime) -> datetime:
        """When a portal that was crawled is due next (aware UTC): at `due`, or later when its last crawls failed."""
        at = self.clock()
        with self.database.write() as connection:
            state = portals.schedule_states(connection).get(portal, ScheduleState())
            if not state.failures:
                return due
            later = _not_before_backoff(
                next_due(at, slowed_pace(self.paces[portal], state.failures), self.chance()), state
            )
            portals.set_due(connection, portal, later)
        return later

    def claim(self, portal: str) -> Claim:
        """Try to claim a portal that is due. When granted, it is due one interval later for every other service."""
        at = self.clock()
        with self.database.write() as connection:
            due = portals.schedule_states(connection).get(portal, ScheduleState()).due_at
            if due is not None and due > at:
                return Claim(granted=False, due=due)
            following = next_due(at, self.paces[portal], self.chance())
            portals.set_due(connection, portal, following)
        return Claim(granted=True, due=following)

    def mark_interrupted(self, portal: str) -> None:
        """Mark a crawl of this service that crashed as interrupted.

        Its due time is not changed: if it were due at once, a crawl that always crashes would be repeated endlessly.
        """
        at = self.clock()
        with self.database.write() as connection:
            if portal in _interrupted_crawls(connection, at):
                runs.mark_interrupted(connection, portal, at)

    def make_due(self, portal: str) -> None:
        """Make a portal due at once, after its crawl was stopped early: for the next start, or for another service."""
        with self.database.write() as connection:
            portals.set_due(connection, portal, self.clock())

    def _new_plan(self, connection: Connection, at: datetime, busy: Collection[str]) -> tuple[Plan, list[str]]:
        """The plan, and the portals whose due time must be moved for it."""
        known = portals.schedule_states(connection)
        interrupted = tuple(portal for portal in _interrupted_crawls(connection, at) if portal not in busy)
        due = {
            portal: at
            if portal in interrupted
            else planned_due(known.get(portal, ScheduleState()), at, pace, self.chance())
            for portal, pace in self.paces.items()
        }
        return Plan(due, interrupted), [
            portal for portal in due if due[portal] != known.get(portal, ScheduleState()).due_at
        ]


def _interrupted_crawls(connection: Connection, at: datetime) -> list[str]:
    """The portals with a crawl that has not ended although its process has."""
    holders = runs.unfinished(connection, at)
    return [portal for portal, holder in sorted(holders.items()) if holder is None or leases.is_dead(holder)]

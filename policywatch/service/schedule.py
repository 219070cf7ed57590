"""When each portal is due: kept in the database, so that crashes, sleep and other services cannot upset it."""

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
    #: By how much a crawl may come earlier or later; at most half of the interval.
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
    """A pace given in minutes; of the jitter no more than half of the interval counts."""
    return Pace(timedelta(minutes=interval), timedelta(minutes=min(jitter, interval / 2)))


def _must_exist(setting: str, named: Collection[str], known: Collection[str]) -> None:
    unknown = [portal for portal in named if portal not in known]
    if unknown:
        raise ConfigProblem(f"{setting}: no portal {', '.join(unknown)}; there are {', '.join(sorted(known))}")


def next_due(at: datetime, pace: Pace, chance: float) -> datetime:
    """One interval from `at` (aware UTC), moved by the jitter: not at all for a chance of 0.5, most for 0 and 1."""
    return at + pace.interval + (2 * chance - 1) * pace.jitter


def planned_due(standing: ScheduleState, at: datetime, pace: Pace, chance: float) -> datetime:
    """When a portal is due, planned at `at` (both aware UTC): when it was, but never later than its interval allows.

    Nor is it due before the end of a wait that it asked for.
    """
    if standing.due_at is None:
        return at
    pace = slowed_pace(pace, standing.failures)
    # It lies too far off when the interval was shortened, or the clock was set back.
    in_time = standing.due_at <= next_due(at, pace, 1.0)
    return _not_before_backoff(standing.due_at if in_time else next_due(at, pace, chance), standing)


def slowed_pace(pace: Pace, failures: int) -> Pace:
    """The pace of a portal after so many failures in a row: slower and slower, but it goes on."""
    return Pace(health.retry_interval(pace.interval, failures), pace.jitter)


def _not_before_backoff(due: datetime, standing: ScheduleState) -> datetime:
    return due if standing.backoff_until is None else max(due, standing.backoff_until)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the service is to do."""

    #: When each portal is due, aware UTC, by name.
    due: dict[str, datetime]
    #: The portals whose last crawl was cut off.
    interrupted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """Who is to crawl a portal that was due."""

    #: Whether it is ours to crawl now.
    ours: bool
    #: When it is due next, aware UTC.
    due: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """The due times of the portals in the database, which several services may share.

    Every method raises DatabaseProblem while the database cannot be used.
    """

    database: Database
    #: The pace of each portal that this service crawls, by name.
    paces: Mapping[str, Pace]
    #: Gives the present, aware UTC.
    clock: Callable[[], datetime] = now
    #: Gives numbers from 0 to 1, which move due times by the jitter.
    chance: Callable[[], float] = SystemRandom().random

    def plan(self, busy: Collection[str] = ()) -> Plan:
        """When each portal is due; crawls that were cut off are marked as interrupted and due at once.

        Of the `busy` portals, which this service is crawling, no crawl counts as cut off.
        """
        at = self.clock()
        with self.database.read() as connection:
            plan, moved = self._new_plan(connection, at, busy)
        if not moved and not plan.interrupted:
            return plan
        with self.database.write() as connection:
            # Once more: another service may have been faster.
            plan, moved = self._new_plan(connection, at, busy)
            for portal in plan.interrupted:
                runs.mark_interrupted(connection, portal, at)
            for portal in moved:
                portals.set_due(connection, portal, plan.due[portal])
        return plan

    def postpone_if_failing(self, portal: str, due: datetime) -> datetime:
        """When a portal that was crawled is due next, aware UTC: later than `due` when it fails again and again."""
        at = self.clock()
        with self.database.write() as connection:
            standing = portals.schedule_states(connection).get(portal, ScheduleState())
            if not standing.failures:
                return due
            later = _not_before_backoff(
                next_due(at, slowed_pace(self.paces[portal], standing.failures), self.chance()), standing
            )
            portals.set_due(connection, portal, later)
        return later

    def claim(self, portal: str) -> Claim:
        """Take the turn of a portal: for every other service it is due one interval later from now on."""
        at = self.clock()
        with self.database.write() as connection:
            due = portals.schedule_states(connection).get(portal, ScheduleState()).due_at
            if due is not None and due > at:
                return Claim(ours=False, due=due)
            following = next_due(at, self.paces[portal], self.chance())
            portals.set_due(connection, portal, following)
        return Claim(ours=True, due=following)

    def mark_interrupted(self, portal: str) -> None:
        """Mark a crawl of ours that crashed as interrupted.

        It is due when it was due anyway: repeated at once, a crawl that always crashes would do so without end.
        """
        at = self.clock()
        with self.database.write() as connection:
            if portal in _interrupted_crawls(connection, at):
                runs.mark_interrupted(connection, portal, at)

    def make_due(self, portal: str) -> None:
        """Make a crawl that we stopped before its end due at once, for our next start or for another service."""
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
    """The portals with a crawl that never ended and whose process has."""
    held = runs.unfinished(connection, at)
    return [portal for portal, holder in sorted(held.items()) if holder is None or leases.is_dead(holder)]

"""When each portal is due: kept in the database, so that crashes, sleep and other services cannot upset it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import SystemRandom

from sqlalchemy import Connection

from policywatch import leases
from policywatch.config import ConfigProblem, ServiceConfig
from storage import portals, runs
from storage.database import Database
from storage.portals import Standing
from tracking import health


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a portal is crawled, and by how much a crawl may come earlier or later: at most half of that."""

    interval: timedelta
    jitter: timedelta


def paces(config: ServiceConfig, known: Collection[str]) -> dict[str, Pace]:
    """The pace of each portal that the service crawls; ConfigProblem names those that do not exist."""
    _must_exist("service.portals", config.portals, known)
    _must_exist("service.intervals", config.intervals, known)
    minutes = {portal: config.intervals.get(portal, config.interval) for portal in config.portals or sorted(known)}
    return {portal: pace(each, config.jitter) for portal, each in minutes.items()}


def pace(interval: float, jitter: float) -> Pace:
    """A pace given in minutes."""
    return Pace(timedelta(minutes=interval), timedelta(minutes=min(jitter, interval / 2)))


def _must_exist(setting: str, named: Collection[str], known: Collection[str]) -> None:
    unknown = [portal for portal in named if portal not in known]
    if unknown:
        raise ConfigProblem(f"{setting}: no portal {', '.join(unknown)}; there are {', '.join(sorted(known))}")


def next_due(now: datetime, pace: Pace, chance: float) -> datetime:
    """One interval from now, moved by the jitter: not at all for a chance of 0.5, most for 0 and 1."""
    return now + pace.interval + (2 * chance - 1) * pace.jitter


def planned(standing: Standing, now: datetime, pace: Pace, chance: float) -> datetime:
    """When a portal is due: as planned, but never later than its interval allows, nor before it wants to be asked."""
    if standing.due_at is None:
        return now
    pace = slowed(pace, standing.failures)
    # It lies too far off when the interval was shortened, or the clock was set back.
    in_time = standing.due_at <= next_due(now, pace, 1.0)
    return _rested(standing.due_at if in_time else next_due(now, pace, chance), standing)


def slowed(pace: Pace, failures: int) -> Pace:
    """The pace of a portal after so many failures in a row: slower and slower, and never none."""
    return Pace(health.pause(pace.interval, failures), pace.jitter)


def _rested(due: datetime, standing: Standing) -> datetime:
    return due if standing.rest_until is None else max(due, standing.rest_until)


@dataclass(frozen=True, slots=True)
class Plan:
    """When each portal is due, and those whose last crawl was cut off."""

    due: dict[str, datetime]
    cut_off: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a portal is ours to crawl now, and when it is due next."""

    ours: bool
    due: datetime


def now() -> datetime:
    """The present, aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The due times of the portals; several services may share them. `chance` gives numbers from 0 to 1."""

    database: Database
    paces: Mapping[str, Pace]
    clock: Callable[[], datetime] = now
    chance: Callable[[], float] = SystemRandom().random

    def look(self, busy: Collection[str] = ()) -> Plan:
        """When each portal is due; crawls that were cut off are marked and due at once, but for the `busy` ones."""
        at = self.clock()
        with self.database.read() as connection:
            plan, moved = self._plan(connection, at, busy)
        if not moved and not plan.cut_off:
            return plan
        with self.database.write() as connection:
            # Once more, for another service may have been faster.
            plan, moved = self._plan(connection, at, busy)
            for portal in plan.cut_off:
                runs.interrupt(connection, portal, at)
            for portal in moved:
                portals.set_due(connection, portal, plan.due[portal])
        return plan

    def put_off(self, portal: str, due: datetime) -> datetime:
        """When a portal that was crawled is due next: later than planned when it fails again and again."""
        at = self.clock()
        with self.database.write() as connection:
            standing = portals.standings(connection).get(portal, Standing())
            if not standing.failures:
                return due
            later = _rested(next_due(at, slowed(self.paces[portal], standing.failures), self.chance()), standing)
            portals.set_due(connection, portal, later)
        return later

    def claim(self, portal: str) -> Turn:
        """The turn of a portal, taken: for everyone else it is due one interval later from now on."""
        at = self.clock()
        with self.database.write() as connection:
            due = portals.standings(connection).get(portal, Standing()).due_at
            if due is not None and due > at:
                return Turn(ours=False, due=due)
            following = next_due(at, self.paces[portal], self.chance())
            portals.set_due(connection, portal, following)
        return Turn(ours=True, due=following)

    def bury(self, portal: str) -> None:
        """Mark a crawl of ours that died without a word; it keeps its next turn, lest it die in a loop."""
        at = self.clock()
        with self.database.write() as connection:
            if portal in _cut_off(connection, at):
                runs.interrupt(connection, portal, at)

    def hand_back(self, portal: str) -> None:
        """A crawl that we stopped before its end is due at once, for us at the next start or for another service."""
        with self.database.write() as connection:
            portals.set_due(connection, portal, self.clock())

    def _plan(self, connection: Connection, at: datetime, busy: Collection[str]) -> tuple[Plan, list[str]]:
        """The plan, and the portals whose due time must be moved for it."""
        known = portals.standings(connection)
        cut_off = tuple(portal for portal in _cut_off(connection, at) if portal not in busy)
        due = {
            portal: at if portal in cut_off else planned(known.get(portal, Standing()), at, pace, self.chance())
            for portal, pace in self.paces.items()
        }
        return Plan(due, cut_off), [portal for portal in due if due[portal] != known.get(portal, Standing()).due_at]


def _cut_off(connection: Connection, at: datetime) -> list[str]:
    """The portals with a crawl that never ended and that nobody carries on."""
    held = runs.unfinished(connection, at)
    return [portal for portal, holder in sorted(held.items()) if holder is None or leases.is_dead(holder)]

"""When portals are due: by their pace, whatever crashes, sleeps or works beside."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policywatch import config
from policywatch.app import leases
from policywatch.config import ServiceConfig
from policywatch.errors import ConfigProblem
from policywatch.service.schedule import Schedule, next_due, pace, paces, planned_due
from storage import health, portals, runs
from storage.database import Database
from storage.portals import ScheduleState
from tests.policywatch.service_builders import states
from tracking.health import FinishedCrawl
from tracking.observation import FailureKind, Tally
from tracking.outcome import DONE, FAILED, Outcome

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HALF_HOURLY = pace(30, 5)
ELSEWHERE = "elsewhere:1:1:0123abcd"


# --- when a portal is due ---


@given(interval=st.floats(0.01, 1e6), jitter=st.floats(0, 1e6), chance=st.floats(0, 1), due=st.none() | st.datetimes())
def test_a_portal_is_never_due_before_half_its_interval_nor_after_one_and_a_half(
    interval: float, jitter: float, chance: float, due: datetime | None
) -> None:
    usual = timedelta(minutes=interval)
    ahead = next_due(NOW, pace(interval, jitter), chance) - NOW
    assert usual * 0.499 <= ahead <= usual * 1.501
    at = planned_due(ScheduleState(due.replace(tzinfo=UTC) if due else None), NOW, pace(interval, jitter), chance)
    assert at - NOW <= usual * 1.501


def test_jitter_moves_a_crawl_both_ways() -> None:
    due = [next_due(NOW, HALF_HOURLY, chance) - NOW for chance in (0.0, 0.5, 1.0)]
    assert due == [25 * MINUTE, 30 * MINUTE, 35 * MINUTE]


def test_a_due_time_stands_unless_it_lies_farther_off_than_the_interval() -> None:
    for standing in (NOW - 8 * 60 * MINUTE, NOW, NOW + 35 * MINUTE):
        assert planned_due(ScheduleState(standing), NOW, HALF_HOURLY, 0.5) == standing
    assert planned_due(ScheduleState(NOW + 24 * 60 * MINUTE), NOW, HALF_HOURLY, 0.5) == NOW + 30 * MINUTE
    assert planned_due(ScheduleState(), NOW, HALF_HOURLY, 0.5) == NOW


def test_each_portal_has_the_interval_of_all_or_its_own() -> None:
    settings = ServiceConfig(interval=60, jitter=0, intervals={"sina": 15})
    assert paces(settings, ["sina", "cs"]) == {"cs": pace(60, 0), "sina": pace(15, 0)}


def test_only_the_portals_asked_for_are_crawled() -> None:
    assert set(paces(ServiceConfig(portals=("cs",)), ["sina", "cs"])) == {"cs"}


@pytest.mark.parametrize("settings", [ServiceConfig(portals=("snia",)), ServiceConfig(intervals={"snia": 5})])
def test_a_portal_that_does_not_exist_is_named(settings: ServiceConfig) -> None:
    with pytest.raises(ConfigProblem, match="no portal snia; there are cs, sina"):
        paces(settings, ["sina", "cs"])


def test_intervals_come_from_the_file_and_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "policywatch.toml").write_text("[service.intervals]\nsina = 15\ncs = 0.5\n", "utf-8")
    assert config.load(tmp_path, {}).service.intervals == {"sina": 15.0, "cs": 0.5}
    variables = {"POLICYWATCH_SERVICE__INTERVALS": "sina=10, cs=60"}
    assert config.load(tmp_path, variables).service.intervals == {"sina": 10.0, "cs": 60.0}


@pytest.mark.parametrize("text", ["sina", "sina=", "sina=often", "sina=0", "sina=-5", "sina=nan", "sina=1=2"])
def test_an_interval_that_is_none_is_named(text: str) -> None:
    with pytest.raises(ConfigProblem, match=r"INTERVALS\.sina: "):
        config.load(environment={"POLICYWATCH_SERVICE__INTERVALS": text})


# --- due times in the database ---


@dataclass
class Clock:
    """A clock that is set by hand."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


def schedule(database: Database, clock: Clock, minutes: float = 30) -> Schedule:
    return Schedule(database, {"sina": pace(minutes, 0)}, clock, lambda: 0.5)


def begin_crawl(database: Database, holder: str, at: datetime = NOW) -> None:
    """What the database holds while a crawl of sina goes on, and after it was cut off."""
    with database.write() as connection:
        portals.take_lease(connection, leases.lease("sina", holder, at), at, leases.is_dead)
        runs.start_portal(connection, runs.start(connection, "crawl", at), "sina", at)


def dead_holder() -> str:
    """A holder on this machine whose process is no more, for no process begins before its machine."""
    return re.sub(r":\d+:(?=[0-9a-f]{8}$)", ":1:", leases.new_holder())


def test_a_new_portal_is_due_at_once_and_then_after_its_interval(database: Database) -> None:
    ours = schedule(database, Clock())
    assert ours.plan().due == {"sina": NOW}
    claim = ours.claim("sina")
    assert (claim.granted, claim.due) == (True, NOW + 30 * MINUTE)
    assert ours.plan().due == {"sina": NOW + 30 * MINUTE}


def test_a_restart_changes_no_due_time(database: Database) -> None:
    clock = Clock()
    schedule(database, clock).claim("sina")
    clock.at += 10 * MINUTE
    assert schedule(database, clock).plan().due == {"sina": NOW + 30 * MINUTE}


def test_a_machine_that_slept_crawls_each_portal_once(database: Database) -> None:
    clock = Clock()
    ours = schedule(database, clock)
    ours.claim("sina")
    clock.at += 8 * 60 * MINUTE
    assert [ours.claim("sina").granted for _ in range(3)] == [True, False, False]


def test_a_portal_that_another_service_crawls_is_not_ours(database: Database) -> None:
    clock = Clock()
    assert schedule(database, clock).claim("sina").granted
    claim = schedule(database, clock).claim("sina")
    assert (claim.granted, claim.due) == (False, NOW + 30 * MINUTE)


def test_of_many_services_one_gets_the_turn(database: Database) -> None:
    clock = Clock()
    services = [schedule(database, clock) for _ in range(6)]
    with ThreadPoolExecutor(len(services)) as pool:
        plans = list(pool.map(lambda each: each.plan(), services))
        claims = list(pool.map(lambda each: each.claim("sina"), services))
    assert all(plan.due == {"sina": NOW} for plan in plans)
    assert [claim.granted for claim in claims].count(True) == 1


def test_a_turn_that_another_service_takes_while_we_look_is_not_given_back(database: Database) -> None:
    clock, chances = Clock(), iter([True])

    def chance() -> float:
        # It is asked for between our reading and our writing.
        if next(chances, False):
            schedule(database, clock).claim("sina")
        return 0.5

    ours = Schedule(database, {"sina": pace(30, 0)}, clock, chance)
    assert ours.plan().due == {"sina": NOW + 30 * MINUTE}
    assert not ours.claim("sina").granted


def test_a_shortened_interval_holds_at_once(database: Database) -> None:
    clock = Clock()
    schedule(database, clock, minutes=24 * 60).claim("sina")
    assert schedule(database, clock, minutes=15).plan().due == {"sina": NOW + 15 * MINUTE}
    assert schedule(database, clock, minutes=15).plan().due == {"sina": NOW + 15 * MINUTE}


def test_a_crawl_that_was_cut_off_is_marked_and_repeated_once(database: Database) -> None:
    clock = Clock()
    ours = schedule(database, clock)
    ours.claim("sina")
    begin_crawl(database, dead_holder())
    assert states(database) == [("running", "running")]
    clock.at += MINUTE
    first, second = ours.plan(), ours.plan()
    assert (first.interrupted, first.due) == (("sina",), {"sina": NOW + MINUTE})
    assert (second.interrupted, second.due) == ((), {"sina": NOW + MINUTE})
    assert states(database) == [("interrupted", "interrupted")]


@pytest.mark.parametrize("holder", [leases.new_holder(), ELSEWHERE])
def test_a_crawl_that_goes_on_is_left_alone(database: Database, holder: str) -> None:
    ours = schedule(database, Clock())
    ours.claim("sina")
    begin_crawl(database, holder)
    plan = ours.plan()
    assert (plan.interrupted, plan.due) == ((), {"sina": NOW + 30 * MINUTE})
    assert states(database) == [("running", "running")]


def test_a_crawl_of_another_machine_is_cut_off_when_its_lease_has_run_out(database: Database) -> None:
    clock = Clock()
    ours = schedule(database, clock)
    ours.claim("sina")
    begin_crawl(database, ELSEWHERE)
    clock.at += 3 * MINUTE
    assert ours.plan().interrupted == ("sina",)


def test_a_crawl_of_ours_that_dies_keeps_its_turn_and_is_not_repeated_without_end(database: Database) -> None:
    ours = schedule(database, Clock())
    ours.claim("sina")
    begin_crawl(database, dead_holder())
    assert ours.plan(busy=["sina"]).interrupted == ()
    ours.mark_interrupted("sina")
    assert states(database) == [("interrupted", "interrupted")]
    assert ours.plan().due == {"sina": NOW + 30 * MINUTE}


def test_a_crawl_that_we_stopped_is_due_at_once(database: Database) -> None:
    ours = schedule(database, Clock())
    ours.claim("sina")
    ours.make_due("sina")
    assert schedule(database, Clock()).claim("sina").granted


# --- portals that fail, and portals that asked us to wait ---


def failing(database: Database, portal: str, times: int, backoff: datetime | None = None) -> None:
    """A portal that failed so many times in a row, and perhaps asked us to wait."""
    bad = Outcome(portal, FAILED, 0, Tally(), False, None, "busy", FailureKind.BLOCKED, backoff)
    for _ in range(times):
        with database.write() as connection:
            run = runs.start(connection, "crawl", NOW)
            health.judge(connection, run, FinishedCrawl(bad, NOW), 2)


@pytest.mark.parametrize(("failures", "minutes"), [(0, 30), (1, 30), (2, 60), (3, 120), (7, 1440), (500, 1440)])
def test_a_portal_that_fails_again_and_again_is_crawled_ever_more_rarely_but_once_a_day(
    database: Database, failures: int, minutes: int
) -> None:
    ours = schedule(database, Clock())
    planned_for = ours.claim("sina").due
    failing(database, "sina", failures)
    later = ours.postpone_if_failing("sina", planned_for)
    assert abs(later - NOW - minutes * MINUTE) <= 5 * MINUTE
    assert ours.plan().due["sina"] == later


def test_a_portal_that_asked_to_be_left_in_peace_is_not_due_before(database: Database) -> None:
    ours, until = schedule(database, Clock()), NOW + 6 * 60 * MINUTE
    planned_for = ours.claim("sina").due
    failing(database, "sina", 1, backoff=until)
    assert ours.postpone_if_failing("sina", planned_for) == until
    assert ours.plan().due["sina"] == until


def test_a_portal_that_reads_again_keeps_its_pace(database: Database) -> None:
    ours = schedule(database, Clock())
    failing(database, "sina", 5)
    good = Outcome("sina", DONE, 9, Tally(), complete=True, gap_hours=None, error=None)
    with database.write() as connection:
        health.judge(connection, runs.start(connection, "crawl", NOW), FinishedCrawl(good, NOW), 2)
    due = ours.claim("sina").due
    assert ours.postpone_if_failing("sina", due) == due

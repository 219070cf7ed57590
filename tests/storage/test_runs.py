"""Runs and what each portal gave in them; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from storage import portals, runs
from storage.database import Database
from storage.portals import Lease
from storage.tables import portal_runs
from storage.tables import runs as table
from tests.storage.builders import DAY
from tracking.observation import Tally
from tracking.outcome import DONE, FAILED, INTERRUPTED, RUNNING, Outcome

HOUR = timedelta(hours=1)
TALLY = Tally(new=1, edited=2, unchanged=3, gone=4, failed=5)
GOOD = Outcome("sina", DONE, 40, TALLY, complete=True, gap_hours=1.5, error=None)


def start(database: Database, *names: str) -> int:
    with database.write() as connection:
        run = runs.start(connection, "crawl", DAY)
        for portal in names:
            runs.start_portal(connection, run, portal, DAY)
    return run


def run_states(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(table.c.state).order_by(table.c.id)).scalars())


def portal_states(database: Database) -> list[tuple[int, str, str]]:
    columns = (portal_runs.c.run_id, portal_runs.c.portal, portal_runs.c.state)
    with database.read() as connection:
        return [(run, portal, state) for run, portal, state in connection.execute(select(*columns).order_by(*columns))]


def test_the_newest_run_is_the_last_and_there_is_none_at_first(database: Database) -> None:
    with database.read() as connection:
        assert runs.last(connection) is None
    first, second = start(database), start(database)
    assert first < second
    with database.read() as connection:
        assert runs.last(connection) == second


def test_how_a_run_ended_and_what_a_portal_gave_is_kept(database: Database) -> None:
    run = start(database, "sina", "cs")
    with database.write() as connection:
        runs.finish_portal(connection, run, GOOD, DAY + HOUR)
        runs.finish(connection, run, DONE, DAY + HOUR)
    with database.read() as connection:
        row = connection.execute(select(portal_runs).where(portal_runs.c.portal == "sina")).one()
        ended = connection.execute(select(table)).one()
    assert (row.listed, row.new, row.edited, row.unchanged, row.gone, row.failed) == (40, 1, 2, 3, 4, 5)
    assert (row.complete, row.gap_hours, row.error, row.finished_at) == (True, 1.5, None, DAY + HOUR)
    assert (ended.state, ended.started_at, ended.finished_at) == (DONE, DAY, DAY + HOUR)
    assert portal_states(database) == [(run, "cs", RUNNING), (run, "sina", DONE)]


def test_a_crawl_that_was_cut_off_is_marked_when_the_portal_is_crawled_next(database: Database) -> None:
    start(database, "sina")
    start(database, "sina")
    assert run_states(database) == [INTERRUPTED, RUNNING]
    assert portal_states(database) == [(1, "sina", INTERRUPTED), (2, "sina", RUNNING)]


def test_a_run_is_cut_off_only_when_none_of_its_portals_is_crawled_any_more(database: Database) -> None:
    start(database, "sina", "cs")
    start(database, "sina")
    assert run_states(database) == [RUNNING, RUNNING]
    start(database, "cs")
    assert run_states(database) == [INTERRUPTED, RUNNING, RUNNING]


def test_what_has_ended_is_not_marked_as_cut_off(database: Database) -> None:
    run = start(database, "sina", "cs")
    with database.write() as connection:
        for portal in ("sina", "cs"):
            runs.finish_portal(connection, run, replace(GOOD, portal=portal), DAY)
        runs.finish(connection, run, DONE, DAY)
    start(database, "sina", "cs")
    assert run_states(database) == [DONE, RUNNING]
    assert [state for number, _, state in portal_states(database) if number == run] == [DONE, DONE]


def test_a_run_that_ended_keeps_its_end_though_one_of_its_portals_was_cut_off(database: Database) -> None:
    run = start(database, "sina")
    with database.write() as connection:
        runs.finish(connection, run, FAILED, DAY)
    start(database, "sina")
    assert run_states(database) == [FAILED, RUNNING]
    assert portal_states(database) == [(1, "sina", INTERRUPTED), (2, "sina", RUNNING)]


def test_a_cut_off_crawl_can_be_marked_without_a_new_one(database: Database) -> None:
    start(database, "sina", "cs")
    for portal, left in (("sina", RUNNING), ("cs", INTERRUPTED)):
        with database.write() as connection:
            runs.mark_interrupted(connection, portal, DAY + HOUR)
        assert run_states(database) == [left]
    assert {state for _, _, state in portal_states(database)} == {INTERRUPTED}


def test_crawls_that_never_ended_are_named_with_who_holds_their_lease(database: Database) -> None:
    run = start(database, "sina", "cs", "nbd")
    with database.write() as connection:
        for portal in ("sina", "cs", "nbd"):
            lease = Lease(portal, f"holder of {portal}", DAY + HOUR if portal == "sina" else DAY)
            portals.take_lease(connection, lease, DAY - HOUR, lambda _: False)
        runs.finish_portal(connection, run, replace(GOOD, portal="nbd"), DAY)
    with database.read() as connection:
        assert runs.unfinished(connection, DAY) == {"sina": "holder of sina", "cs": None}

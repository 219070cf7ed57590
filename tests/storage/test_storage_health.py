"""How the health of portals is stored, and which events follow; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage import health, listings, portals
from storage.database import Database
from tests.storage.builders import BAD, DAY, GOOD, entries_of, judge, kinds, listing, portal_state, see
from tracking.events import PortalBroken, PortalGap, PortalState
from tracking.observation import Failed, FailureKind

MINUTE = timedelta(minutes=1)


def waiting(database: Database, at: datetime = DAY) -> list[str]:
    with database.read() as connection:
        return [row.key for portal in ("sina", "cs") for row in listings.waiting(connection, portal, at)]


def test_a_good_run_is_complete_and_no_event(database: Database) -> None:
    judge(database, GOOD)
    assert portal_state(database) == PortalState("sina", DAY, complete=True)
    assert kinds(database) == []


def test_one_failure_is_told_as_the_state_but_is_no_event(database: Database) -> None:
    judge(database, BAD)
    assert portal_state(database) == PortalState(
        "sina", DAY, complete=False, note="the list is empty", failures=1, failure_kind="empty list"
    )
    assert kinds(database) == []


def test_a_portal_is_broken_after_as_many_failures_in_a_row_as_configured_and_told_once(database: Database) -> None:
    judge(database, BAD, GOOD, BAD, BAD, BAD, broken_after=3)
    assert kinds(database) == ["portal.broken"]
    judge(database, BAD, BAD, broken_after=3, start=5)
    assert kinds(database) == ["portal.broken"]
    assert portal_state(database).broken_since == DAY + timedelta(hours=4)
    (entry,) = entries_of(database)
    assert (entry.portal, entry.run) == ("sina", 5)
    assert entry.payload == PortalBroken("the list is empty", FailureKind.EMPTY)


def test_a_portal_that_reads_again_is_told_as_recovered_once(database: Database) -> None:
    judge(database, BAD, BAD, GOOD, GOOD)
    assert kinds(database) == ["portal.broken", "portal.recovered"]
    assert portal_state(database) == PortalState("sina", DAY + timedelta(hours=3), complete=True)


def test_what_could_not_be_read_while_a_portal_was_broken_is_tried_at_once_when_it_recovers(database: Database) -> None:
    with database.write() as connection:
        listings.add(connection, [listing("long ago")], DAY - timedelta(days=9))
        listings.add(connection, [listing("a"), replace(listing("b"), portal="cs")], DAY)
    for _ in range(8):
        see(database, *(Failed(portal, key, "u", "no body") for portal, key in (("sina", "long ago"), ("sina", "a"))))
        see(database, Failed("cs", "b", "u", "no body"))
    judge(database, BAD, BAD)
    assert waiting(database) == []
    judge(database, GOOD, start=2)
    recovered = DAY + timedelta(hours=2)
    assert waiting(database, recovered - timedelta(hours=1, minutes=40)) == []
    assert waiting(database, recovered) == ["a"]


def test_a_portal_can_break_a_second_time(database: Database) -> None:
    judge(database, BAD, BAD, GOOD, BAD, BAD)
    assert kinds(database) == ["portal.broken", "portal.recovered", "portal.broken"]


def test_a_portal_can_count_as_broken_after_one_failure(database: Database) -> None:
    judge(database, BAD, GOOD, broken_after=1)
    assert kinds(database) == ["portal.broken", "portal.recovered"]


def test_each_run_that_may_have_missed_something_says_so_with_its_hours(database: Database) -> None:
    gap = replace(GOOD, complete=False, gap_hours=5.5)
    judge(database, gap)
    assert portal_state(database).gap_hours == 5.5
    judge(database, replace(gap, gap_hours=0.1), GOOD, start=1)
    assert kinds(database) == ["portal.gap", "portal.gap"]
    assert [entry.payload for entry in entries_of(database)] == [PortalGap(5.5), PortalGap(0.1)]
    assert (portal_state(database).complete, portal_state(database).gap_hours) == (True, None)


def test_a_run_that_recovers_after_a_gap_says_both(database: Database) -> None:
    judge(database, BAD, BAD, replace(GOOD, complete=False, gap_hours=3.0))
    assert kinds(database) == ["portal.broken", "portal.recovered", "portal.gap"]


def test_what_happens_to_a_portal_concerns_every_reader(database: Database) -> None:
    judge(database, BAD, BAD)
    assert len(entries_of(database, include_untracked=False)) == 1


def test_a_portal_that_never_was_crawled_has_no_state_and_others_come_by_name(database: Database) -> None:
    judge(database, GOOD, replace(GOOD, portal="cs"))
    with database.write() as connection:
        portals.set_due(connection, "nbd", DAY)
        assert [found.portal for found in portals.states(connection)] == ["cs", "sina"]


def test_each_kind_of_failure_is_counted_as_long_as_it_goes_on(database: Database) -> None:
    blocked = replace(BAD, failure_kind=FailureKind.BLOCKED, error="HTTP 403")
    judge(database, blocked, blocked, broken_after=9)
    assert (portal_state(database).failure_kind, portal_state(database).failures) == ("blocked", 2)
    judge(database, BAD, broken_after=9, start=2)
    assert (portal_state(database).failure_kind, portal_state(database).failures) == ("empty list", 3)
    judge(database, GOOD, broken_after=9, start=3)
    assert (portal_state(database).failure_kind, portal_state(database).failures) == (None, 0)


def test_a_portal_that_asked_us_to_wait_is_left_alone_until_then(database: Database) -> None:
    until = DAY + timedelta(hours=6)
    judge(database, replace(BAD, failure_kind=FailureKind.PAUSE, backoff_until=until))
    with database.write() as connection:
        assert portals.backoff_until(connection, "sina") == until
    judge(database, GOOD, start=1)
    with database.write() as connection:
        assert portals.backoff_until(connection, "sina") is None


def published(database: Database, at: datetime, count: int) -> None:
    """So many rows of a list, published in the hour before `at`, and found then."""
    rows = [listing(f"{at:%m%d}-{number}", at - number * MINUTE) for number in range(count)]
    with database.write() as connection:
        listings.add(connection, rows, at)


@pytest.mark.parametrize(
    ("today", "expected"), [(0, "too few articles"), (2, "too few articles"), (3, None), (20, None)]
)
def test_a_list_that_reads_well_but_fell_silent_is_a_failure(
    database: Database, today: int, expected: str | None
) -> None:
    published(database, DAY - timedelta(weeks=5), 1)
    for weeks in (4, 3, 2, 1):
        published(database, DAY - timedelta(weeks=weeks), 20)
    published(database, DAY, today)
    judge(database, GOOD)
    assert portal_state(database).failure_kind == expected
    assert (portal_state(database).note is None) == (expected is None)


def test_a_portal_that_was_not_watched_for_weeks_is_not_called_silent(database: Database) -> None:
    for weeks in (2, 1):
        published(database, DAY - timedelta(weeks=weeks), 20)
    judge(database, GOOD)
    assert portal_state(database).failure_kind is None


def test_articles_are_not_counted_where_the_crawl_itself_says_that_it_failed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counts(*_arguments: object) -> bool:
        raise AssertionError

    monkeypatch.setattr(health, "is_quiet", counts)
    judge(database, BAD)
    assert portal_state(database).failure_kind == "empty list"

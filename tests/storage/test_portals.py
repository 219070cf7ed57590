"""Who crawls a portal, and how its health is told; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage import health, listings, portals, runs
from storage.database import Database
from storage.portals import Lease
from storage.runs import DONE, FAILED, Outcome
from tests.storage.builders import DAY, kinds, listing, see, seen, told
from tracking.events import PortalState
from tracking.sightings import Failed, Tally, Trouble

MINUTE = timedelta(minutes=1)
GOOD = Outcome("sina", DONE, 40, Tally(new=3), certified=True, gap_hours=None, error=None)
BAD = Outcome("sina", FAILED, 0, Tally(), False, None, "the list is empty", Trouble.EMPTY)


def alive(_holder: str) -> bool:
    return False


def dead(_holder: str) -> bool:
    return True


def take(database: Database, holder: str, at: datetime = DAY, *, is_dead: object = alive) -> str | None:
    """The holder that stands in the way; None when the lease was given, for two minutes."""
    with database.write() as connection:
        lease = Lease("sina", holder, at + 2 * MINUTE)
        standing = portals.take_lease(connection, lease, at, is_dead)  # type: ignore[arg-type]
        return standing.holder if standing else None


def renew(database: Database, holder: str, until: datetime) -> bool:
    with database.write() as connection:
        return portals.renew_lease(connection, Lease("sina", holder, until))


def judge(database: Database, *outcomes: Outcome, broken_after: int = 2, start: int = 0) -> None:
    for hour, outcome in enumerate(outcomes, start):
        with database.write() as connection:
            run = runs.start(connection, "crawl", DAY)
            health.judge(connection, run, outcome, DAY + hour * timedelta(hours=1), broken_after)


def waiting(database: Database, at: datetime = DAY) -> list[str]:
    with database.read() as connection:
        return [row.key for portal in ("sina", "cs") for row in listings.waiting(connection, portal, at)]


def state(database: Database) -> PortalState:
    with database.read() as connection:
        (only,) = portals.states(connection)
    return only


# --- leases ---


def test_a_portal_is_crawled_by_one_at_a_time(database: Database) -> None:
    assert take(database, "one") is None
    assert take(database, "other", DAY + MINUTE) == "one"
    with database.write() as connection:
        assert portals.take_lease(connection, Lease("cs", "other", DAY + MINUTE), DAY, alive) is None
        standing = portals.take_lease(connection, Lease("sina", "third", DAY), DAY, alive)
    assert standing == Lease("sina", "one", DAY + 2 * MINUTE)


def test_the_holder_may_take_its_lease_again(database: Database) -> None:
    take(database, "one")
    assert take(database, "one", DAY + MINUTE) is None
    assert take(database, "other", DAY + 2.5 * MINUTE) == "one"


def test_a_holder_that_died_is_replaced_at_once(database: Database) -> None:
    take(database, "one")
    asked: list[str] = []

    def says_dead(holder: str) -> bool:
        asked.append(holder)
        return True

    assert take(database, "other", is_dead=says_dead) is None
    assert asked == ["one"]
    assert take(database, "third") == "other"


def test_a_lease_that_ran_out_is_taken_without_asking_whether_its_holder_lives(database: Database) -> None:
    take(database, "one")
    assert take(database, "early", DAY + 2 * MINUTE - timedelta(seconds=1)) == "one"
    assert take(database, "other", DAY + 2 * MINUTE) is None


def test_a_lease_that_is_renewed_lasts_longer(database: Database) -> None:
    take(database, "one")
    assert renew(database, "one", DAY + 9 * MINUTE)
    assert take(database, "other", DAY + 8 * MINUTE) == "one"


def test_a_lease_that_was_lost_is_not_renewed(database: Database) -> None:
    assert not renew(database, "one", DAY + MINUTE)
    take(database, "one")
    take(database, "other", is_dead=dead)
    assert not renew(database, "one", DAY + 9 * MINUTE)
    assert take(database, "third", DAY + MINUTE) == "other"


def test_a_lease_is_given_back_by_its_holder_only(database: Database) -> None:
    take(database, "one")
    for holder, standing in (("other", "one"), ("one", None)):
        with database.write() as connection:
            portals.give_back(connection, "sina", holder)
        assert take(database, "third") == standing


def test_a_lease_alone_is_no_state_of_the_portal(database: Database) -> None:
    take(database, "one")
    with database.read() as connection:
        assert portals.states(connection) == []


# --- health ---


def test_a_good_run_is_certified_and_no_event(database: Database) -> None:
    judge(database, GOOD)
    assert state(database) == PortalState("sina", DAY, certified=True)
    assert kinds(database) == []


def test_one_failure_is_told_as_the_state_but_is_no_event(database: Database) -> None:
    judge(database, BAD)
    assert state(database) == PortalState(
        "sina", DAY, certified=False, note="the list is empty", failures=1, trouble="empty list"
    )
    assert kinds(database) == []


def test_a_portal_is_broken_after_as_many_failures_in_a_row_as_configured_and_told_once(database: Database) -> None:
    judge(database, BAD, GOOD, BAD, BAD, BAD, broken_after=3)
    assert kinds(database) == ["portal.broken"]
    judge(database, BAD, BAD, broken_after=3, start=5)
    assert kinds(database) == ["portal.broken"]
    assert state(database).broken_since == DAY + timedelta(hours=4)
    (entry,) = told(database)
    assert (entry.portal, entry.run, entry.detail["reason"]) == ("sina", 5, "the list is empty")


def test_a_portal_that_reads_again_is_told_as_recovered_once(database: Database) -> None:
    judge(database, BAD, BAD, GOOD, GOOD)
    assert kinds(database) == ["portal.broken", "portal.recovered"]
    assert state(database) == PortalState("sina", DAY + timedelta(hours=3), certified=True)


def test_what_could_not_be_read_while_a_portal_was_broken_is_tried_at_once_when_it_recovers(database: Database) -> None:
    with database.write() as connection:
        listings.remember(connection, [listing("long ago")], DAY - timedelta(days=9))
        listings.remember(connection, [listing("a"), replace(listing("b"), portal="cs")], DAY)
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


def test_without_patience_one_failure_breaks_a_portal(database: Database) -> None:
    judge(database, BAD, GOOD, broken_after=1)
    assert kinds(database) == ["portal.broken", "portal.recovered"]


def test_each_run_that_may_have_missed_something_says_so_with_its_hours(database: Database) -> None:
    gap = replace(GOOD, certified=False, gap_hours=5.5)
    judge(database, gap)
    assert state(database).gap_hours == 5.5
    judge(database, replace(gap, gap_hours=0.1), GOOD, start=1)
    assert kinds(database) == ["portal.gap", "portal.gap"]
    assert [entry.detail["hours"] for entry in told(database)] == [5.5, 0.1]
    assert (state(database).certified, state(database).gap_hours) == (True, None)


def test_a_run_that_recovers_after_a_gap_says_both(database: Database) -> None:
    judge(database, BAD, BAD, replace(GOOD, certified=False, gap_hours=3.0))
    assert kinds(database) == ["portal.broken", "portal.recovered", "portal.gap"]


def test_what_happens_to_a_portal_concerns_every_reader(database: Database) -> None:
    judge(database, BAD, BAD)
    assert len(told(database, everything=False)) == 1


def test_a_portal_that_never_was_crawled_has_no_state_and_others_come_by_name(database: Database) -> None:
    judge(database, GOOD, replace(GOOD, portal="cs"))
    with database.write() as connection:
        portals.set_due(connection, "nbd", DAY)
        assert [found.portal for found in portals.states(connection)] == ["cs", "sina"]


def test_each_kind_of_trouble_is_counted_as_long_as_it_goes_on(database: Database) -> None:
    blocked = replace(BAD, trouble=Trouble.BLOCKED, error="HTTP 403")
    judge(database, blocked, blocked, broken_after=9)
    assert (state(database).trouble, state(database).failures) == ("blocked", 2)
    judge(database, BAD, broken_after=9, start=2)
    assert (state(database).trouble, state(database).failures) == ("empty list", 3)
    judge(database, GOOD, broken_after=9, start=3)
    assert (state(database).trouble, state(database).failures) == (None, 0)


def test_a_portal_that_asked_to_be_left_in_peace_is_until_then(database: Database) -> None:
    until = DAY + timedelta(hours=6)
    judge(database, replace(BAD, trouble=Trouble.PAUSE, rest_until=until))
    with database.write() as connection:
        assert portals.rest_of(connection, "sina") == until
    judge(database, GOOD, start=1)
    with database.write() as connection:
        assert portals.rest_of(connection, "sina") is None


def published(database: Database, at: datetime, count: int) -> None:
    """So many rows of a list, published in the hour before `at`, and found then."""
    rows = [listing(f"{at:%m%d}-{number}", at - number * MINUTE) for number in range(count)]
    with database.write() as connection:
        listings.remember(connection, rows, at)


@pytest.mark.parametrize(
    ("today", "expected"), [(0, "too few articles"), (2, "too few articles"), (3, None), (20, None)]
)
def test_a_list_that_reads_well_but_fell_silent_is_a_trouble(
    database: Database, today: int, expected: str | None
) -> None:
    published(database, DAY - timedelta(weeks=5), 1)
    for weeks in (4, 3, 2, 1):
        published(database, DAY - timedelta(weeks=weeks), 20)
    published(database, DAY, today)
    judge(database, GOOD)
    assert state(database).trouble == expected
    assert (state(database).note is None) == (expected is None)


def test_a_portal_that_was_not_watched_for_weeks_is_not_called_silent(database: Database) -> None:
    for weeks in (2, 1):
        published(database, DAY - timedelta(weeks=weeks), 20)
    judge(database, GOOD)
    assert state(database).trouble is None


# --- the service's plan, and counts ---


def test_when_a_portal_is_due_is_kept_beside_its_lease_and_its_health(database: Database) -> None:
    take(database, "one")
    judge(database, BAD)
    with database.write() as connection:
        portals.set_due(connection, "sina", DAY + MINUTE)
        portals.set_due(connection, "cs", DAY)
        portals.set_due(connection, "sina", DAY + 30 * MINUTE)
        due = {portal: standing.due_at for portal, standing in portals.standings(connection).items()}
    assert due == {"sina": DAY + 30 * MINUTE, "cs": DAY}
    assert take(database, "other") == "one"
    assert state(database).note == "the list is empty"


@pytest.mark.parametrize("count", [0, 3])
def test_articles_are_counted_by_portal(database: Database, count: int) -> None:
    see(database, *(seen(f"a{number}", portal="cs") for number in range(count)))
    see(database, seen("a1"))
    with database.read() as connection:
        counts = {portal: kept for portal, (_, kept) in portals.kept_of(connection).items()}
    assert counts == {"sina": 1} | ({"cs": count} if count else {})

"""Who crawls a portal, and when it is due; on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from storage import portals
from storage.database import Database
from storage.portals import Lease
from tests.storage.builders import BAD, DAY, judge, portal_state, see, seen

MINUTE = timedelta(minutes=1)


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
    queried: list[str] = []

    def says_dead(holder: str) -> bool:
        queried.append(holder)
        return True

    assert take(database, "other", is_dead=says_dead) is None
    assert queried == ["one"]
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
            portals.release_lease(connection, "sina", holder)
        assert take(database, "third") == standing


def test_a_lease_alone_is_no_state_of_the_portal(database: Database) -> None:
    take(database, "one")
    with database.read() as connection:
        assert portals.states(connection) == []


# --- the service's plan, and counts ---


def test_when_a_portal_is_due_is_kept_beside_its_lease_and_its_health(database: Database) -> None:
    take(database, "one")
    judge(database, BAD)
    with database.write() as connection:
        portals.set_due(connection, "sina", DAY + MINUTE)
        portals.set_due(connection, "cs", DAY)
        portals.set_due(connection, "sina", DAY + 30 * MINUTE)
        due = {portal: standing.due_at for portal, standing in portals.schedule_states(connection).items()}
    assert due == {"sina": DAY + 30 * MINUTE, "cs": DAY}
    assert take(database, "other") == "one"
    assert portal_state(database).note == "the list is empty"


@pytest.mark.parametrize("count", [0, 3])
def test_articles_are_counted_by_portal(database: Database, count: int) -> None:
    see(database, *(seen(f"a{number}", portal="cs") for number in range(count)))
    see(database, seen("a1"))
    with database.read() as connection:
        counts = {portal: kept for portal, (_, kept) in portals.article_counts(connection).items()}
    assert counts == {"sina": 1} | ({"cs": count} if count else {})

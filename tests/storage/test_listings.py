"""What the portals' lists showed, and what still waits to be read; on both databases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from storage import listings, tables
from storage.database import Database
from tests.storage.builders import DAY, listing, see, seen
from tracking.article import Listing
from tracking.completeness import Watermark
from tracking.observation import Failed, FailureKind, Gone, Unchanged

HOUR = timedelta(hours=1)


def remember(database: Database, *keys: str) -> dict[str, int]:
    with database.write() as connection:
        return listings.add(connection, [listing(key) for key in keys], DAY)


def waiting(
    database: Database, portal: str = "sina", keys: Collection[str] | None = None, at: datetime = DAY
) -> list[str]:
    with database.read() as connection:
        return [row.key for row in listings.waiting(connection, portal, at, keys)]


def states(database: Database) -> dict[str, tuple[str, int, str | None]]:
    with database.read() as connection:
        rows = connection.execute(select(tables.listings))
        return {row.key: (row.state, row.attempts, row.error) for row in rows}


def fail(database: Database, *keys: str, reason: str = "HTTP 503", at: datetime = DAY) -> None:
    see(database, *(Failed("sina", key, "https://finance.sina.com.cn/", reason) for key in keys), at=at)


def forbidden(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return listings.count_forbidden(connection)


def test_pages_that_a_robots_txt_forbids_are_counted_and_tried_once_a_day(database: Database) -> None:
    remember(database, "a", "b")
    see(database, Failed("sina", "a", "u", "worded in any way", FailureKind.FORBIDDEN))
    assert forbidden(database) == {"sina": 1}
    assert waiting(database, at=DAY + 23 * HOUR) == ["b"]
    assert waiting(database, at=DAY + 24 * HOUR) == ["a", "b"]


def test_a_page_that_can_be_read_after_all_or_fails_otherwise_is_no_longer_counted_as_forbidden(
    database: Database,
) -> None:
    remember(database, "a", "b")
    see(database, *(Failed("sina", key, "u", "refused", FailureKind.FORBIDDEN) for key in "ab"))
    see(database, seen("a"), Failed("sina", "b", "u", "Forbidden by robots.txt", FailureKind.TIMEOUT))
    assert forbidden(database) == {}


def test_a_row_that_is_revived_has_not_failed(database: Database) -> None:
    remember(database, "a")
    see(database, Failed("sina", "a", "u", "refused", FailureKind.FORBIDDEN))
    with database.write() as connection:
        listings.retry_unread(connection, "sina", DAY, DAY + HOUR)
    assert forbidden(database) == {}
    assert waiting(database, at=DAY + HOUR) == ["a"]


def test_an_article_for_subscribers_is_not_asked_for_again(database: Database) -> None:
    remember(database, "a", "b")
    see(database, Failed("sina", "a", "u", "u: the beginning only", FailureKind.WITHHELD))
    assert waiting(database, at=DAY + timedelta(days=90)) == ["b"]


def test_what_a_list_showed_waits_to_be_read_oldest_find_first(database: Database) -> None:
    remember(database, "b", "a")
    remember(database, "0")
    assert waiting(database) == ["b", "a", "0"]


def test_a_row_that_waits_comes_back_as_it_was_found(database: Database) -> None:
    row = Listing("sina", "k", "https://h.cn/?q=%B1%EA", "题：“引号” <b>", None)
    with database.write() as connection:
        listings.add(connection, [row, listing("dated")], DAY)
        assert listings.waiting(connection, "sina", DAY) == [row, listing("dated")]


def test_rows_found_again_keep_their_ids_and_what_was_found_first(database: Database) -> None:
    first = remember(database, "a", "b")
    with database.write() as connection:
        again = listings.add(connection, [replace(listing("b"), title="改题"), listing("c")], DAY + HOUR)
    assert again == {"b": first["b"], "c": max(first.values()) + 1}
    assert waiting(database, at=DAY + HOUR) == ["a", "b", "c"]
    with database.read() as connection:
        assert [row.title for row in listings.waiting(connection, "sina", DAY, ["b"])] == ["题 b"]


def test_ids_rise_in_the_order_in_which_rows_were_found(database: Database) -> None:
    keys = [f"k{number * 37 % 100}" for number in range(100)]
    found = remember(database, *keys)
    assert sorted(found, key=lambda key: found[key]) == keys
    assert all(id_ > max(found.values()) for id_ in remember(database, "later").values())


def test_a_row_that_a_list_shows_twice_is_one_the_first(database: Database) -> None:
    with database.write() as connection:
        rows = [listing("a"), listing("b"), replace(listing("a"), title="又一题")]
        assert len(listings.add(connection, rows, DAY)) == 2
        assert [row.title for row in listings.waiting(connection, "sina", DAY)] == ["题 a", "题 b"]


def test_an_empty_list_is_remembered_as_nothing(database: Database) -> None:
    assert remember(database) == {}
    with database.read() as connection:
        assert listings.newest(connection, "sina") == 0


def test_portals_do_not_mix(database: Database) -> None:
    with database.write() as connection:
        mine = listings.add(connection, [listing("a")], DAY)
        other = listings.add(connection, [replace(listing("a"), portal="cs")], DAY)
        assert mine != other
        assert listings.newest(connection, "sina") == mine["a"]
        listings.mark_read(connection, "cs", ["a"])
    assert (waiting(database, "sina"), waiting(database, "cs")) == (["a"], [])


def test_only_the_rows_asked_for_are_given(database: Database) -> None:
    remember(database, "a", "b", "c")
    assert waiting(database, keys=["c", "a", "nowhere"]) == ["a", "c"]
    assert waiting(database, keys=[]) == []


def test_what_was_read_waits_no_longer(database: Database) -> None:
    remember(database, "a", "b", "c")
    see(database, seen("a"), Unchanged("sina", "b"))
    assert waiting(database) == ["c"]


def test_an_article_that_is_known_already_does_not_wait_when_a_list_shows_it(database: Database) -> None:
    see(database, seen("a"))
    remember(database, "a", "b")
    assert waiting(database) == ["b"]


def test_a_row_that_could_not_be_read_is_tried_at_once_and_then_later_and_later(database: Database) -> None:
    remember(database, "a", "b")
    for attempt in (1, 2):
        fail(database, "a", reason=f"HTTP 50{attempt}")
        assert waiting(database) == ["a", "b"]
        assert states(database)["a"] == ("waiting", attempt, f"HTTP 50{attempt}")
    fail(database, "a")
    assert waiting(database) == ["b"]
    assert waiting(database, at=DAY + HOUR / 2) == ["a", "b"]
    fail(database, "a", at=DAY + HOUR / 2)
    assert waiting(database, at=DAY + HOUR) == ["b"]
    assert waiting(database, at=DAY + 1.5 * HOUR) == ["a", "b"]


def test_a_row_is_given_up_after_two_weeks_of_tries_and_read_after_all_when_it_can_be(database: Database) -> None:
    remember(database, "a")
    tries = 0
    at = DAY
    while waiting(database, at=at + 48 * HOUR) == ["a"]:
        while not waiting(database, at=at):
            at += HOUR / 2
        fail(database, "a", at=at)
        tries += 1
    assert states(database)["a"] == ("given up", tries, "HTTP 503")
    assert at - DAY > 12 * 24 * HOUR
    remember(database, "a")
    assert waiting(database, at=at + 48 * HOUR) == []
    see(database, seen("a"))
    assert states(database)["a"][::2] == ("read", None)


def test_a_listed_page_that_is_not_there_is_tried_again_too(database: Database) -> None:
    remember(database, "a")
    see(database, Gone("sina", "a", "u", 404))
    assert states(database)["a"] == ("waiting", 1, "HTTP 404")


def test_a_known_article_that_cannot_be_read_again_does_not_wait(database: Database) -> None:
    remember(database, "a")
    see(database, seen("a"))
    fail(database, "a")
    see(database, Gone("sina", "a", "u", 404))
    assert states(database)["a"] == ("read", 0, None)


def test_a_failure_of_what_no_list_showed_changes_nothing(database: Database) -> None:
    remember(database, "a")
    fail(database, "elsewhere", "")
    assert states(database) == {"a": ("waiting", 0, None)}


def test_a_list_has_no_watermark_until_it_was_read_through(database: Database) -> None:
    remember(database, "a")
    with database.read() as connection:
        assert listings.watermark(connection, "sina", "roll") is None


def test_each_list_keeps_its_own_watermark_and_a_later_one_replaces_it(database: Database) -> None:
    long = "https://h.cn/list?" + "x" * 480
    with database.write() as connection:
        listings.set_watermarks(connection, "sina", {"roll": 3, long: 4}, DAY)
        listings.set_watermarks(connection, "cs", {"roll": 9}, DAY)
        listings.set_watermarks(connection, "sina", {"roll": 7}, DAY + HOUR)
    with database.read() as connection:
        assert listings.watermark(connection, "sina", "roll") == Watermark(7, DAY + HOUR)
        assert listings.watermark(connection, "sina", long) == Watermark(4, DAY)
        assert listings.watermark(connection, "cs", "roll") == Watermark(9, DAY)

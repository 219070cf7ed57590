"""What a crawl remembers of the lists: how far to read, and when news may have been missed; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from crawler.database_frontier import CrawlLimits, DatabaseFrontier
from storage.database import Database
from storage.tables import listings
from tests.storage.builders import DAY, listing
from tracking.completeness import Depth
from tracking.observation import FailureKind

LIST = "https://feed.mix.sina.com.cn/roll"
HOUR = timedelta(hours=1)


def frontier(database: Database, at: datetime = DAY, **changes: object) -> DatabaseFrontier:
    clock: Callable[[], datetime] = lambda: at  # noqa: E731
    return DatabaseFrontier(database, "sina", clock, lambda reason: None, **changes)  # type: ignore[arg-type]


def show(of: DatabaseFrontier, *pages: str) -> list[bool]:
    """Read these pages of the list, each a text of one-letter keys; whether each leads on to the next."""
    return [
        of.add_page(LIST, number, [listing(key) for key in page], ended=not page).go_on
        for number, page in enumerate(pages, 1)
    ]


def test_the_first_time_a_few_pages_are_read_and_nothing_can_be_missing(database: Database) -> None:
    first = frontier(database, limits=CrawlLimits(Depth(first_pages=2, max_pages=9)))
    assert show(first, "fed", "cba") == [True, False]
    assert (first.gaps, first.read_through) == ([], {LIST})


def test_reading_ends_where_a_page_ends_in_known_rows(database: Database) -> None:
    show(frontier(database), "cba", "")
    assert show(frontier(database), "zdcba") == [False]


def test_a_pinned_known_row_does_not_end_the_reading(database: Database) -> None:
    show(frontier(database), "cba", "")
    assert show(frontier(database), "awxyz", "vucba") == [True, False]


def test_a_short_list_that_shows_something_known_below_the_new_has_no_gap(database: Database) -> None:
    show(frontier(database), "321", "")
    later = frontier(database, DAY + 10 * HOUR)
    assert show(later, "432", "") == [True, False]
    assert later.gaps == []


def test_a_list_that_shows_only_new_rows_has_a_gap_in_hours(database: Database) -> None:
    show(frontier(database, DAY), "cba", "")
    later = frontier(database, DAY + 10 * HOUR)
    rows = [listing(key, DAY + 7 * HOUR) for key in "zyx"]
    later.add_page(LIST, 1, rows, ended=False)
    later.add_page(LIST, 2, [], ended=True)
    assert later.gaps == [7.0]


def test_only_a_pinned_known_row_is_no_proof_that_nothing_was_missed(database: Database) -> None:
    show(frontier(database), "cba", "")
    later = frontier(database, DAY + 10 * HOUR)
    later.add_page(LIST, 1, [listing("a"), *(listing(key, DAY + 9 * HOUR) for key in "zyx")], ended=False)
    later.add_page(LIST, 2, [], ended=True)
    assert later.gaps == [9.0]


def test_rows_older_than_the_last_reading_leave_no_gap(database: Database) -> None:
    show(frontier(database, DAY), "cba", "")
    later = frontier(database, DAY + HOUR)
    later.add_page(LIST, 1, [listing("z", DAY - HOUR)], ended=False)
    later.add_page(LIST, 2, [], ended=True)
    assert later.gaps == []


def test_after_a_crash_rows_of_the_unfinished_reading_do_not_end_the_next(database: Database) -> None:
    show(frontier(database), "cba", "")
    crashed = frontier(database)
    assert show(crashed, "zyx") == [True]
    assert show(frontier(database), "zyx", "wvc", "cba") == [True, True, False]


def test_what_waits_is_handed_out_until_it_was_read(database: Database) -> None:
    show(frontier(database), "ba", "")
    assert {row.key for row in frontier(database).waiting()} == {"a", "b"}


def test_a_former_list_that_never_gave_anything_is_no_failure(database: Database) -> None:
    gone = frontier(database, optional_lists=frozenset({LIST}))
    gone.fail_list(LIST, "HTTP 404", FailureKind.LAYOUT)
    assert gone.errors == []
    show(gone, "ba", "")
    gone.fail_list(LIST, "HTTP 404", FailureKind.LAYOUT)
    assert gone.errors == ["HTTP 404"]


def test_a_list_page_is_kept_whole(database: Database) -> None:
    show(frontier(database), "cba", "")
    with database.read() as connection:
        assert [row.key for row in connection.execute(listings.select().order_by(listings.c.id))] == list("cba")


def test_a_page_of_adverts_alone_is_not_the_end_of_its_list(database: Database) -> None:
    show(frontier(database), "cba", "")
    later = frontier(database)
    assert later.add_page(LIST, 1, [], ended=False).go_on
    assert later.read_through == set()
    assert not later.add_page(LIST, 2, [listing(key) for key in "cba"], ended=False).go_on

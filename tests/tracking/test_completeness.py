"""When to stop reading a list, what is a gap, and when a portal's lists are complete."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.completeness import (
    Depth,
    ListPage,
    ListReading,
    Watermark,
    after_page,
    gap_hours,
    is_complete,
    known_rows,
    reads_next_page,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MARK = Watermark(10, NOW - 24 * HOUR)
DEPTH = Depth(first_pages=3, max_pages=6)
ROWS = st.lists(st.booleans(), max_size=8).map(tuple)


def page(known: str, number: int = 2, *, oldest: datetime | None = None, ended: bool = False) -> ListPage:
    """A page whose rows are known (x) or not (o)."""
    return ListPage(number, tuple(row == "x" for row in known), oldest, ended)


def reading(*pages: ListPage) -> ListReading:
    found = ListReading()
    for shown in pages:
        found = after_page(found, shown)
    return found


# --- known rows ---


def test_rows_up_to_the_watermark_are_known() -> None:
    assert known_rows([12, 11, 10, 3], MARK) == (False, False, True, True)


def test_nothing_is_known_of_a_list_that_was_never_read_through() -> None:
    assert known_rows([1, 2], None) == (False, False)


# --- when to stop ---


@pytest.mark.parametrize(
    ("rows", "goes_on_"),
    [
        ("ooo", True),
        ("oox", True),
        ("oxxx", False),
        ("xxx", False),
        ("xx", False),
        ("xxxo", True),
        ("xoxx", True),
        ("", True),
    ],
)
def test_reading_goes_on_until_the_last_rows_of_a_page_are_known(rows: str, goes_on_: bool) -> None:
    assert reads_next_page(page(rows), MARK, DEPTH) is goes_on_


def test_a_list_that_has_no_further_page_is_not_read_on() -> None:
    assert not reads_next_page(page("ooo", ended=True), MARK, DEPTH)
    assert not reads_next_page(page("", ended=True), None, DEPTH)


def test_a_list_is_read_less_deep_the_first_time_than_later() -> None:
    assert [reads_next_page(page("ooo", number), None, DEPTH) for number in (1, 2, 3)] == [True, True, False]
    assert [reads_next_page(page("ooo", number), MARK, DEPTH) for number in (3, 5, 6, 7)] == [True, True, False, False]


@given(st.integers(1, 99), ROWS, st.booleans(), st.sampled_from([None, MARK]))
def test_reading_always_comes_to_an_end(
    number: int, known: tuple[bool, ...], ended: bool, watermark: Watermark | None
) -> None:
    if reads_next_page(ListPage(number, known, None, ended), watermark, DEPTH):
        assert number < DEPTH.max_pages
        assert not ended
        assert not (known and all(known))


# --- what the pages have shown ---


@pytest.mark.parametrize(
    ("rows", "number", "reached"),
    [
        ("xoo", 1, False),  # pinned to the top
        ("xxoo", 1, False),
        ("xoxo", 1, True),
        ("oox", 1, True),
        ("xxx", 1, True),
        ("xoo", 2, True),  # nothing is pinned to a second page
        ("ooo", 1, False),
        ("ooo", 2, False),
        ("", 1, False),
    ],
)
def test_what_is_known_is_reached_by_a_known_row_that_is_not_pinned_to_the_top(
    rows: str, number: int, reached: bool
) -> None:
    assert reading(page(rows, number)).reached_known is reached


def test_the_oldest_row_is_the_last_of_the_last_page_with_rows() -> None:
    early, late = NOW - 9 * HOUR, NOW - HOUR
    assert reading(page("oo", 1, oldest=late), page("oo", 2, oldest=early)).oldest == early
    assert reading(page("oo", 1, oldest=late), page("", 2)).oldest == late
    assert reading(page("oo", 1, oldest=late), page("oo", 2, oldest=None)).oldest is None


@given(st.lists(st.builds(ListPage, st.integers(1, 9), ROWS, st.none(), st.booleans()), max_size=6), ROWS)
def test_what_was_reached_stays_reached(pages: list[ListPage], more: tuple[bool, ...]) -> None:
    before = reading(*pages)
    assert after_page(before, ListPage(9, more, None, False)).reached_known >= before.reached_known


# --- gaps ---


def test_a_list_that_reached_something_known_has_no_gap() -> None:
    assert gap_hours(ListReading(reached_known=True, oldest=NOW), MARK, NOW) is None


def test_a_list_that_was_never_read_through_has_no_gap() -> None:
    assert gap_hours(ListReading(oldest=NOW), None, NOW) is None


def test_a_gap_lasts_from_the_last_complete_reading_to_the_oldest_row() -> None:
    assert gap_hours(ListReading(oldest=NOW - 18.5 * HOUR), MARK, NOW) == 5.5
    assert gap_hours(ListReading(oldest=NOW - timedelta(hours=23, minutes=57)), MARK, NOW) == 0.1


def test_a_gap_lasts_until_now_when_the_oldest_row_has_no_time() -> None:
    assert gap_hours(ListReading(), MARK, NOW) == 24.0


@pytest.mark.parametrize("before", [timedelta(0), HOUR])
def test_rows_from_before_the_last_complete_reading_leave_no_gap(before: timedelta) -> None:
    assert gap_hours(ListReading(oldest=MARK.completed_at - before), MARK, NOW) is None


@given(st.booleans(), st.none() | st.datetimes(timezones=st.just(UTC)), st.sampled_from([None, MARK]))
def test_a_gap_is_never_negative(reached: bool, oldest: datetime | None, watermark: Watermark | None) -> None:
    hours = gap_hours(ListReading(reached, oldest), watermark, NOW)
    assert hours is None or hours >= 0


# --- complete ---


@pytest.mark.parametrize(
    ("read_through", "gaps", "complete"),
    [
        ({"a", "b"}, [], True),
        ({"a", "b", "former"}, [], True),
        ({"a"}, [], False),
        (set(), [], False),
        ({"a", "b"}, [0.1], False),
    ],
)
def test_a_crawl_is_complete_when_all_lists_were_read_through_without_a_gap(
    read_through: set[str], gaps: list[float], complete: bool
) -> None:
    assert is_complete(["a", "b"], read_through, gaps) is complete

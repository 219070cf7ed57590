"""When an article is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.revisits import next_check, next_check_missing

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
AGES = st.timedeltas(timedelta(0), timedelta(days=3000))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(0), timedelta(0)),
        (timedelta(hours=3) - SECOND, timedelta(0)),
        (timedelta(hours=3), timedelta(hours=1)),
        (timedelta(days=1) - SECOND, timedelta(hours=1)),
        (timedelta(days=1), timedelta(hours=6)),
        (timedelta(days=7), timedelta(days=1)),
        (timedelta(days=30), timedelta(days=7)),
        (timedelta(days=180), timedelta(days=30)),
        (timedelta(days=720) - SECOND, timedelta(days=30)),
    ],
)
def test_the_older_the_last_change_the_longer_the_wait(age: timedelta, wait: timedelta) -> None:
    assert next_check(NOW, NOW - age, tracked=True) == NOW + wait


def test_an_article_that_did_not_change_for_two_years_is_left() -> None:
    assert next_check(NOW, NOW - timedelta(days=720), tracked=True) is None


def test_an_article_from_a_clock_ahead_of_ours_is_young() -> None:
    assert next_check(NOW, NOW + timedelta(days=1), tracked=True) == NOW


@settings(deadline=None)
@given(AGES, AGES, st.booleans())
def test_the_wait_never_shrinks_with_age(one: timedelta, other: timedelta, tracked: bool) -> None:
    waits = [next_check(NOW, NOW - age, tracked=tracked) for age in sorted((one, other))]
    younger, older = (datetime.max.replace(tzinfo=UTC) if wait is None else wait for wait in waits)
    assert NOW <= younger <= older


@pytest.mark.parametrize(
    ("age", "wait"),
    [(timedelta(hours=2), 0), (timedelta(hours=4), 6), (timedelta(days=2), 48), (timedelta(days=8), 14 * 24)],
)
def test_an_article_that_concerns_nobody_is_looked_at_now_and_then(age: timedelta, wait: int) -> None:
    assert next_check(NOW, NOW - age, tracked=False) == NOW + timedelta(hours=wait)
    assert next_check(NOW, NOW - timedelta(days=30), tracked=False) is None


@settings(deadline=None)
@given(AGES)
def test_a_missing_page_is_looked_for_again_ever_more_rarely_but_for_ever(missing: timedelta) -> None:
    wait = next_check_missing(NOW, NOW - missing) - NOW
    assert wait >= timedelta(hours=1)
    assert wait <= max(timedelta(hours=1), missing / 8)


def test_a_page_that_was_just_missed_is_looked_for_within_hours() -> None:
    assert next_check_missing(NOW, NOW) == NOW + timedelta(hours=1)
    assert next_check_missing(NOW, NOW - timedelta(days=1)) == NOW + timedelta(hours=3)

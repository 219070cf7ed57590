"""When a page that is not found counts as taken down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.changes import IMPORTED, LIVE, WITHDRAWN, KnownArticle
from tracking.withdrawal import WithdrawalPolicy, is_restored, is_withdrawn

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLICY = WithdrawalPolicy()


def known(*, state: str = LIVE, missing_for: timedelta | None = None, checks: int = 0) -> KnownArticle:
    """What is stored of an article that was first missed so long before AT, in so many checks."""
    since = None if missing_for is None else AT - missing_for
    return KnownArticle(1, "a1", state, 1, 1, "", frozenset(), AT, AT, missing_since=since, missing_checks=checks)


@pytest.mark.parametrize(
    ("missing_for", "checks", "withdrawn"),
    [
        (None, 0, False),
        (timedelta(days=30), 1, False),
        (23 * HOUR, 99, False),
        (24 * HOUR, 1, False),
        (24 * HOUR, 2, True),
        (24 * HOUR - timedelta(seconds=1), 2, False),
        (timedelta(days=30), 50, True),
    ],
)
def test_a_page_is_withdrawn_after_three_checks_over_a_day(
    missing_for: timedelta | None, checks: int, withdrawn: bool
) -> None:
    assert is_withdrawn(known(missing_for=missing_for, checks=checks), AT, POLICY) is withdrawn


def test_a_page_is_withdrawn_only_once() -> None:
    assert not is_withdrawn(known(state=WITHDRAWN, missing_for=timedelta(days=9), checks=9), AT, POLICY)


def test_a_policy_can_believe_the_first_check() -> None:
    assert is_withdrawn(known(), AT, WithdrawalPolicy(checks=1, missing_for=timedelta(0)))
    assert not is_withdrawn(known(), AT, WithdrawalPolicy(checks=2, missing_for=timedelta(0)))
    assert not is_withdrawn(known(), AT, WithdrawalPolicy(checks=1, missing_for=HOUR))


@given(st.integers(1, 9), st.integers(0, 99), st.integers(1, 30), st.integers(0, 99))
def test_more_checks_and_more_time_never_unsay_a_withdrawal(checks: int, more: int, hours: int, later: int) -> None:
    policy = WithdrawalPolicy(checks, hours * HOUR)
    before = is_withdrawn(known(missing_for=hours * HOUR, checks=checks), AT, policy)
    after = is_withdrawn(known(missing_for=(hours + later) * HOUR, checks=checks + more), AT, policy)
    assert before
    assert after


@pytest.mark.parametrize(("state", "back"), [(LIVE, False), (IMPORTED, False), (WITHDRAWN, True)])
def test_only_what_had_been_taken_down_is_back(state: str, back: bool) -> None:
    assert is_restored(known(state=state, missing_for=HOUR, checks=1)) is back

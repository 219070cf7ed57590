"""When a portal counts as broken or recovered, and when its silence is suspicious."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.events import PortalBroken, PortalGap, PortalRecovered
from tracking.health import FinishedCrawl, Health, Verdict, has_too_few_articles, health_after, judge, retry_interval
from tracking.observation import FailureKind, Tally
from tracking.outcome import DONE, FAILED, Outcome

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
GOOD = Outcome("sina", DONE, 40, Tally(new=3), complete=True, gap_hours=None, error=None)
BAD = Outcome("sina", FAILED, 0, Tally(), False, None, "the list is empty", FailureKind.EMPTY)
BROKEN = Health(2, {FailureKind.EMPTY: 2}, AT - 9 * HOUR)


def verdict(old: Health, outcome: Outcome, *, quiet: bool = False, broken_after: int = 2) -> Verdict:
    return judge(old, FinishedCrawl(outcome, AT, quiet), broken_after)


def test_a_good_crawl_of_a_healthy_portal_means_nothing() -> None:
    assert verdict(Health(), GOOD) == Verdict(Health(), None, None, (), None)


def test_one_failure_is_noted_and_is_no_event() -> None:
    found = verdict(Health(), BAD)
    assert found.health == Health(1, {FailureKind.EMPTY: 1}, None)
    assert (found.failure_kind, found.reason, found.events) == (FailureKind.EMPTY, "the list is empty", ())


def test_a_portal_breaks_once_after_so_many_failures_in_a_row() -> None:
    first = verdict(Health(1, {FailureKind.EMPTY: 1}), BAD)
    assert first.health.broken_since == AT
    assert first.events == (PortalBroken("the list is empty", FailureKind.EMPTY),)
    assert verdict(BROKEN, BAD).events == ()
    assert verdict(BROKEN, BAD).health.broken_since == BROKEN.broken_since


def test_a_portal_that_can_be_read_again_recovers_and_what_it_could_not_show_is_tried_again() -> None:
    found = verdict(BROKEN, GOOD)
    assert found.events == (PortalRecovered(),)
    assert found.health == Health()
    assert found.revive_since == AT - 33 * HOUR


def test_nothing_is_tried_again_while_a_portal_stays_as_it_is() -> None:
    assert [verdict(*pair).revive_since for pair in ((Health(), GOOD), (Health(), BAD), (BROKEN, BAD))] == [None] * 3


def test_each_gap_is_an_event_after_those_of_the_portal_itself() -> None:
    gap = replace(GOOD, complete=False, gap_hours=5.5)
    assert verdict(Health(), gap).events == (PortalGap(5.5),)
    assert verdict(BROKEN, gap).events == (PortalRecovered(), PortalGap(5.5))


def test_a_failure_of_no_known_kind_counts_as_unreachable() -> None:
    assert verdict(Health(), replace(BAD, failure_kind=None)).failure_kind is FailureKind.UNREACHABLE


def test_silence_is_a_failure_with_a_reason_of_its_own() -> None:
    found = verdict(Health(), GOOD, quiet=True, broken_after=1)
    assert (found.failure_kind, found.reason) == (FailureKind.QUIET, "too few articles for this hour of the week")
    assert found.events == (PortalBroken(found.reason, FailureKind.QUIET),)


def test_silence_does_not_hide_how_a_crawl_failed() -> None:
    assert verdict(Health(), BAD, quiet=True).failure_kind is FailureKind.EMPTY


# --- failures in a row ---


def test_failures_are_counted_by_kind_as_long_as_the_kind_stays_the_same() -> None:
    health = Health()
    for kind in (FailureKind.BLOCKED, FailureKind.BLOCKED, FailureKind.EMPTY):
        health = health_after(health, kind, AT, broken_after=9)
    assert health == Health(3, {FailureKind.EMPTY: 1}, None)
    assert health_after(health, None, AT, broken_after=9) == Health()


@given(st.lists(st.none() | st.sampled_from(FailureKind), max_size=12), st.integers(1, 5))
def test_a_portal_is_broken_exactly_while_enough_failures_follow_each_other(
    kinds: list[FailureKind | None], broken_after: int
) -> None:
    health, in_a_row = Health(), 0
    for kind in kinds:
        health = health_after(health, kind, AT, broken_after)
        in_a_row = 0 if kind is None else in_a_row + 1
        assert health.failures == in_a_row
        assert (health.broken_since is not None) == (in_a_row >= broken_after)


@given(st.lists(st.booleans(), max_size=12), st.integers(1, 5))
def test_breaking_and_recovering_take_turns(good: list[bool], broken_after: int) -> None:
    health, events = Health(), []
    for is_good in good:
        found = verdict(health, GOOD if is_good else BAD, broken_after=broken_after)
        health = found.health
        events += found.events
        assert (found.revive_since is not None) == any(isinstance(event, PortalRecovered) for event in found.events)
    kinds = [type(event) for event in events]
    assert kinds == [(PortalBroken, PortalRecovered)[number % 2] for number in range(len(kinds))]


# --- silence ---


@pytest.mark.parametrize(
    ("now", "before", "suspicious"),
    [
        (0, [20, 20, 20], True),
        (2, [20, 20, 20, 20], True),
        (3, [20, 20, 20, 20], False),
        (0, [20, 20], False),  # too few weeks
        (0, [7, 7, 7], False),  # too few articles at any time
        (0, [8, 8, 8], True),
        (0, [100, 2, 2, 2], False),  # one busy week is not the usual one
        (0, [], False),
    ],
)
def test_silence_is_suspicious_beside_the_same_hours_of_several_weeks(
    now: int, before: list[int], suspicious: bool
) -> None:
    assert has_too_few_articles(now, before) is suspicious


@given(st.integers(0, 99), st.lists(st.integers(0, 99), max_size=5))
def test_more_articles_are_never_more_suspicious(now: int, before: list[int]) -> None:
    assert has_too_few_articles(now, before) >= has_too_few_articles(now + 1, before)


# --- when to crawl again ---


def test_the_pause_doubles_with_each_failure_up_to_a_day() -> None:
    assert [retry_interval(HOUR, failures) / HOUR for failures in (0, 1, 2, 3, 5, 6, 1000)] == [1, 1, 2, 4, 16, 24, 24]


@given(st.timedeltas(timedelta(minutes=1), timedelta(days=30)), st.integers(0, 10_000))
def test_a_pause_is_never_shorter_than_the_interval_and_never_given_up(interval: timedelta, failures: int) -> None:
    assert interval <= retry_interval(interval, failures) <= max(interval, timedelta(days=1))

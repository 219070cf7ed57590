"""Which outcome a crawl has, decided from what is known at its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.observation import FailureKind, Tally
from tracking.outcome import (
    BACKOFF,
    BUSY,
    DONE,
    FAILED,
    INTERRUPTED,
    CrawlEvidence,
    Outcome,
    not_crawled,
    outcome_of,
    run_state,
)

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
GOOD = CrawlEvidence(
    portal="sina",
    listed=40,
    tally=Tally(new=3, unchanged=2),
    list_errors=(),
    list_failures={},
    article_failures={},
    complete=True,
    gaps=(),
    stopped=None,
    overtime=False,
    backoff_seconds=None,
)
BAD_LIST = replace(GOOD, list_errors=("roll: HTTP 403", "roll: HTTP 503"), complete=False)
STOPPED = replace(GOOD, stopped="stopped before its end", complete=False)


def outcome(evidence: CrawlEvidence = GOOD, **changes: object) -> Outcome:
    return outcome_of(replace(evidence, **changes), AT)  # type: ignore[arg-type]


def test_a_crawl_that_met_no_trouble_is_done() -> None:
    assert outcome() == Outcome("sina", DONE, 40, Tally(new=3, unchanged=2), True, None, None)


def test_a_list_that_cannot_be_read_is_a_failure_with_its_first_reason() -> None:
    found = outcome(BAD_LIST, list_failures={FailureKind.BLOCKED: 1, FailureKind.UNREACHABLE: 1})
    assert (found.state, found.error, found.complete) == (FAILED, "roll: HTTP 403", False)
    assert found.failure_kind is FailureKind.BLOCKED


def test_the_most_frequent_failure_of_lists_is_that_of_the_crawl_whatever_its_articles() -> None:
    lists = {FailureKind.BLOCKED: 1, FailureKind.EMPTY: 2}
    found = outcome(BAD_LIST, list_failures=lists, article_failures={FailureKind.TIMEOUT: 9})
    assert found.failure_kind is FailureKind.EMPTY


def test_the_longest_gap_is_that_of_the_crawl() -> None:
    found = outcome(complete=False, gaps=(0.5, 7.25, 3.0))
    assert (found.state, found.complete, found.gap_hours) == (DONE, False, 7.25)


# --- articles that cannot be read ---


@pytest.mark.parametrize(
    ("failed", "read", "state"),
    [(1, 1, DONE), (4, 0, DONE), (5, 0, FAILED), (5, 1, FAILED), (7, 2, DONE), (8, 2, FAILED), (99, 25, DONE)],
)
def test_a_portal_fails_when_far_more_articles_cannot_be_read_than_can(failed: int, read: int, state: str) -> None:
    tally = Tally(new=read, unchanged=1, failed=failed)
    found = outcome(tally=tally, article_failures={FailureKind.LAYOUT: failed})
    assert found.state == state
    assert found.failure_kind == (FailureKind.LAYOUT if state == FAILED else None)
    assert found.error == (f"{failed} articles of it cannot be read, {read} can" if state == FAILED else None)


def test_a_portal_fails_when_not_one_article_can_be_read() -> None:
    found = outcome(tally=Tally(failed=1), article_failures={FailureKind.TIMEOUT: 1})
    assert (found.state, found.error) == (FAILED, "no article of it can be read")
    assert found.failure_kind is FailureKind.TIMEOUT


def test_articles_for_subscribers_only_are_no_failure_of_the_portal() -> None:
    found = outcome(tally=Tally(failed=50), article_failures={FailureKind.WITHHELD: 50})
    assert (found.state, found.failure_kind) == (DONE, None)


# --- ended early ---


def test_a_crawl_that_is_stopped_is_interrupted_and_says_why() -> None:
    found = outcome(STOPPED, list_errors=("roll: HTTP 503",))
    assert (found.state, found.error) == (INTERRUPTED, "stopped before its end")
    assert outcome(STOPPED, tally=Tally()).state == INTERRUPTED


def test_a_crawl_whose_time_ran_out_is_interrupted_when_it_read_something_and_failed_when_not() -> None:
    late = replace(STOPPED, stopped="its time limit of 60 seconds ran out", overtime=True)
    assert outcome(late, tally=Tally(gone=1)).state == INTERRUPTED
    assert outcome(late, tally=Tally(failed=3)).state == FAILED
    assert outcome(late, tally=Tally()).failure_kind is FailureKind.TIMEOUT


def test_time_that_ran_out_does_not_hide_how_lists_failed() -> None:
    late = replace(STOPPED, overtime=True, list_failures={FailureKind.BLOCKED: 1})
    assert outcome(late).failure_kind is FailureKind.BLOCKED


# --- waits ---


@pytest.mark.parametrize(
    ("seconds", "wait"), [(None, None), (120, timedelta(minutes=2)), (9e6, timedelta(days=1)), (0, timedelta(0))]
)
def test_a_portal_is_left_alone_as_long_as_it_asks_but_no_longer_than_a_day(
    seconds: float | None, wait: timedelta | None
) -> None:
    assert outcome(backoff_seconds=seconds).backoff_until == (None if wait is None else AT + wait)


def test_a_crawl_that_never_began_gave_nothing() -> None:
    assert not_crawled("sina", BUSY, "another crawl") == Outcome(
        "sina", BUSY, 0, Tally(), complete=False, gap_hours=None, error="another crawl"
    )


# --- whole runs ---


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([], DONE),
        ([DONE, DONE], DONE),
        ([DONE, FAILED], FAILED),
        ([DONE, BUSY], FAILED),
        ([BACKOFF], FAILED),
        ([FAILED, INTERRUPTED, DONE], INTERRUPTED),
    ],
)
def test_a_run_is_done_only_when_all_its_portals_are(states: list[str], state: str) -> None:
    assert run_state(states) == state
    assert run_state(reversed(states)) == state


COUNTS = st.integers(0, 30)
FAILURES = st.dictionaries(st.sampled_from(FailureKind), st.integers(1, 30), max_size=3)


@given(
    st.builds(
        CrawlEvidence,
        portal=st.just("sina"),
        listed=COUNTS,
        tally=st.builds(Tally, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS),
        list_errors=st.lists(st.just("HTTP 503"), max_size=2).map(tuple),
        list_failures=FAILURES,
        article_failures=FAILURES,
        complete=st.booleans(),
        gaps=st.lists(st.floats(0.1, 99), max_size=3).map(tuple),
        stopped=st.sampled_from([None, "stopped"]),
        overtime=st.booleans(),
        backoff_seconds=st.none() | st.floats(0, 1e6),
    )
)
def test_every_outcome_says_what_it_is_and_why(evidence: CrawlEvidence) -> None:
    found = outcome_of(evidence, AT)
    assert found.state in (DONE, FAILED, INTERRUPTED)
    assert (found.error is None) == (found.state == DONE)
    assert (found.gap_hours is None) == (not evidence.gaps)
    assert found.complete == evidence.complete


def test_a_crawl_of_some_lists_only_is_done_and_says_why_it_vouches_for_nothing() -> None:
    found = outcome(GOOD, partial=True, complete=False)
    assert (found.state, found.failure_kind, found.complete) == (DONE, None, False)
    assert found.error == "only some of its lists were read"
    assert outcome(BAD_LIST, partial=True).error == "roll: HTTP 403"

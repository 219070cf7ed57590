"""Decides the outcome of a portal's crawl: its state, whether it is complete, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracking.observation import FailureKind, Tally

#: The states of a run, and of the crawl of one portal in it.
RUNNING, DONE, FAILED, INTERRUPTED = "running", "done", "failed", "interrupted"
#: The states of a crawl that never began: another process crawls the portal, or the portal asked not to be fetched.
BUSY, BACKOFF = "busy", "backoff"

# A longer Retry-After is shortened to this: a portal that keeps failing is also crawled again after a day.
_LONGEST_BACKOFF = timedelta(days=1)
# When at least this many articles fail, and this many for each one that was read, the portal's crawl has failed.
_MIN_UNREADABLE = 5
_UNREADABLE_PER_READ = 4
# Kinds that say nothing about the portal's health: it withholds articles for subscribers on purpose.
_NO_PORTAL_FAILURES = frozenset({FailureKind.WITHHELD})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the crawl of one portal ended."""

    #: The name of the portal.
    portal: str
    #: DONE, FAILED, INTERRUPTED, BUSY or BACKOFF.
    state: str
    #: How many rows its lists showed.
    listed: int
    #: How many articles had which result.
    tally: Tally
    #: Whether the crawl can have missed nothing that the portal published since the last one.
    complete: bool
    #: The longest gap of its lists in hours; None when nothing can have been missed.
    gap_hours: float | None
    #: The first thing that went wrong, one line; None when nothing did.
    error: str | None
    #: The most frequent kind of failure; None when nothing failed, or when the portal is not the reason.
    failure_kind: FailureKind | None = None
    #: Until when the portal asked not to be fetched (Retry-After), aware UTC; None when it did not ask.
    backoff_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CrawlEvidence:
    """What is known at the end of a portal's crawl; the outcome is decided from it."""

    #: The name of the portal.
    portal: str
    #: How many rows its lists showed.
    listed: int
    #: How many articles had which result.
    tally: Tally
    #: Why lists could not be read, one line each, in the order in which they failed.
    list_errors: tuple[str, ...]
    #: How many lists failed, by kind.
    list_failures: Mapping[FailureKind, int]
    #: How many articles failed, by kind.
    article_failures: Mapping[FailureKind, int]
    #: Whether every list was read through without a gap, see `tracking.completeness`.
    complete: bool
    #: The gaps of its lists, in hours.
    gaps: tuple[float, ...]
    #: Why the crawl was ended early, one line; None when it was not.
    stopped: str | None
    #: Whether it was ended because its time limit ran out.
    overtime: bool
    #: The longest Retry-After of the portal, in seconds; None when it sent none.
    backoff_seconds: float | None
    #: Whether some of its lists were left out on purpose.
    partial: bool = False


def outcome_of(evidence: CrawlEvidence, at: datetime) -> Outcome:
    """The outcome of a crawl that ended at `at` (aware UTC)."""
    unreadable = _unreadable(evidence)
    return Outcome(
        portal=evidence.portal,
        state=_state(evidence, failed=bool(evidence.list_errors or unreadable)),
        listed=evidence.listed,
        tally=evidence.tally,
        complete=evidence.complete,
        gap_hours=max(evidence.gaps, default=None),
        error=evidence.stopped or next(iter(evidence.list_errors), unreadable) or _partial_reason(evidence),
        failure_kind=_failure_kind(evidence, articles_failed=unreadable is not None),
        backoff_until=_backoff_until(evidence.backoff_seconds, at),
    )


def not_crawled(portal: str, state: str, reason: str) -> Outcome:
    """The outcome of a crawl that never began."""
    return Outcome(portal, state, 0, Tally(), complete=False, gap_hours=None, error=reason)


def run_state(states: Iterable[str]) -> str:
    """The state of a whole run, from the states of its portals; DONE only when each of them is."""
    not_done = {state for state in states if state != DONE}
    if INTERRUPTED in not_done:
        return INTERRUPTED
    return FAILED if not_done else DONE


def _state(evidence: CrawlEvidence, *, failed: bool) -> str:
    """The state; a crawl whose time ran out before it read anything has failed, since the next one would as well."""
    if evidence.stopped and (_read_anything(evidence.tally) or not evidence.overtime):
        return INTERRUPTED
    return FAILED if evidence.stopped or failed else DONE


def _read_anything(tally: Tally) -> bool:
    """Whether the state of at least one article is known."""
    return bool(tally.new or tally.edited or tally.unchanged or tally.gone)


def _unreadable(evidence: CrawlEvidence) -> str | None:
    """Why a crawl failed by its articles alone, one line; None when it did not."""
    failed = sum(count for kind, count in evidence.article_failures.items() if kind not in _NO_PORTAL_FAILURES)
    read = evidence.tally.new + evidence.tally.edited
    if failed and not _read_anything(evidence.tally):
        return "no article of it can be read"
    if failed >= max(_MIN_UNREADABLE, _UNREADABLE_PER_READ * read):
        return f"{failed} articles of it cannot be read, {read} can"
    return None


def _partial_reason(evidence: CrawlEvidence) -> str | None:
    """That some lists were left out on purpose, one line; None when all were read."""
    return "only some of its lists were read" if evidence.partial else None


def _failure_kind(evidence: CrawlEvidence, *, articles_failed: bool) -> FailureKind | None:
    """The most frequent kind of failure of the lists, or of the articles when no list failed."""
    if evidence.overtime and not evidence.list_failures:
        return FailureKind.TIMEOUT
    counts = evidence.list_failures or (evidence.article_failures if articles_failed else {})
    return max(counts, key=lambda kind: counts[kind], default=None)


def _backoff_until(seconds: float | None, at: datetime) -> datetime | None:
    """When the wait of this many seconds ends, aware UTC; at most a day after `at`. None for no wait."""
    return None if seconds is None else at + min(timedelta(seconds=seconds), _LONGEST_BACKOFF)

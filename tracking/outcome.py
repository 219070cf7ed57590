"""Which outcome the crawl of a portal has: its state, whether it saw everything, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracking.observation import FailureKind, Tally

#: The states of a run, and of the crawl of one portal in it.
RUNNING, DONE, FAILED, INTERRUPTED = "running", "done", "failed", "interrupted"
#: Nothing was crawled: another process is crawling the portal, or the portal asked us to wait.
BUSY, BACKOFF = "busy", "backoff"

# A portal that asks for a longer wait by its Retry-After is crawled again after this, as the service does with one
# that keeps failing.
_LONGEST_BACKOFF = timedelta(days=1)
# So many articles that cannot be read, and so many for each one that can be: then the portal fails, not they.
_MIN_UNREADABLE = 5
_UNREADABLE_PER_READ = 4
# An article for subscribers only is withheld on purpose: no failure to read the portal.
_ON_PURPOSE = frozenset({FailureKind.WITHHELD})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the crawl of one portal ended."""

    #: The name of the portal.
    portal: str
    #: One of the states above, never RUNNING.
    state: str
    #: How many rows its lists showed.
    listed: int
    #: What became of its articles.
    tally: Tally
    #: Whether the crawl saw all that the portal published since the last one.
    complete: bool
    #: The longest gap of its lists in hours; None when nothing can have been missed.
    gap_hours: float | None
    #: The first thing that went wrong, in one line; None when nothing did.
    error: str | None
    #: Of which kind most failures were; None when nothing failed, or the reason is not the portal's.
    failure_kind: FailureKind | None = None
    #: Until when the portal asked us to wait, aware UTC; None when it did not.
    backoff_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CrawlEvidence:
    """What is known at the end of a crawl of one portal, and what its outcome is decided from."""

    #: The name of the portal.
    portal: str
    #: How many rows its lists showed.
    listed: int
    #: What became of its articles.
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
    #: Why the crawl was ended early; None when it was not.
    stopped: str | None
    #: Whether that was because its time limit ran out.
    overtime: bool
    #: What the portal's Retry-After asked for; None when it did not.
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
        error=evidence.stopped or next(iter(evidence.list_errors), unreadable) or _left_out(evidence),
        failure_kind=_failure_kind(evidence, articles_failed=unreadable is not None),
        backoff_until=_backoff_until(evidence.backoff_seconds, at),
    )


def not_crawled(portal: str, state: str, reason: str) -> Outcome:
    """The outcome of a crawl that never began."""
    return Outcome(portal, state, 0, Tally(), complete=False, gap_hours=None, error=reason)


def run_state(states: Iterable[str]) -> str:
    """The state of a whole run, from the states of its portals; DONE only when each of them is."""
    others = {state for state in states if state != DONE}
    if INTERRUPTED in others:
        return INTERRUPTED
    return FAILED if others else DONE


def _state(evidence: CrawlEvidence, *, failed: bool) -> str:
    """The state; a crawl whose time ran out before it read anything failed, as it will the next time."""
    if evidence.stopped and (_read_anything(evidence.tally) or not evidence.overtime):
        return INTERRUPTED
    return FAILED if evidence.stopped or failed else DONE


def _read_anything(tally: Tally) -> bool:
    """Whether the state of at least one article is known."""
    return bool(tally.new or tally.edited or tally.unchanged or tally.gone)


def _unreadable(evidence: CrawlEvidence) -> str | None:
    """Why a portal counts as unreadable though its lists can be read; None when it does not."""
    failed = sum(count for kind, count in evidence.article_failures.items() if kind not in _ON_PURPOSE)
    read = evidence.tally.new + evidence.tally.edited
    if failed and not _read_anything(evidence.tally):
        return "no article of it can be read"
    if failed >= max(_MIN_UNREADABLE, _UNREADABLE_PER_READ * read):
        return f"{failed} articles of it cannot be read, {read} can"
    return None


def _left_out(evidence: CrawlEvidence) -> str | None:
    """Why a crawl is incomplete that nothing is wrong with; None when it is not for this reason."""
    return "only some of its lists were read" if evidence.partial else None


def _failure_kind(evidence: CrawlEvidence, *, articles_failed: bool) -> FailureKind | None:
    """The most frequent failure of its lists; of its articles when no list failed and they did."""
    if evidence.overtime and not evidence.list_failures:
        return FailureKind.TIMEOUT
    counts = evidence.list_failures or (evidence.article_failures if articles_failed else {})
    return max(counts, key=lambda kind: counts[kind], default=None)


def _backoff_until(seconds: float | None, at: datetime) -> datetime | None:
    """The end of the wait that a portal asked for."""
    return None if seconds is None else at + min(timedelta(seconds=seconds), _LONGEST_BACKOFF)

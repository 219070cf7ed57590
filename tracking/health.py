"""Whether a portal can be trusted: when it counts as broken or recovered, and when its silence is suspicious."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from tracking.events import PortalBroken, PortalGap, PortalPayload, PortalRecovered
from tracking.observation import FailureKind
from tracking.outcome import DONE, Outcome

#: The articles of this time before a crawl are counted, and compared with the same hours of earlier weeks.
WINDOW = timedelta(hours=6)
#: The distance between two counts that are compared, and with how many earlier weeks a count is compared at most.
WEEK, WEEKS = timedelta(days=7), 4
# With counts of fewer earlier weeks, or a lower median of them, too few articles may be chance.
_MIN_WEEKS, _MIN_MEDIAN_ARTICLES = 3, 8
# A portal is quiet when it shows fewer articles than the median divided by this.
_QUIET_DIVISOR = 8
# The longest time between two crawls of a portal that keeps failing: it is never given up.
_LONGEST_INTERVAL = timedelta(days=1)
# Doubling even a second this often exceeds the longest interval; without a limit the number would overflow.
_MAX_DOUBLINGS = 20
# A portal fails for a while before it counts as broken: articles that failed in this time before are retried as well.
_FAILING_BEFORE_BROKEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the latest crawls of a portal succeeded."""

    #: How many crawls failed one after the other; 0 after a successful one.
    failures: int = 0
    #: The kind of the last failure, and how many crawls in a row failed in that way; None after a successful crawl.
    failure_kinds: Mapping[FailureKind, int] | None = None
    #: Since when the portal has counted as broken, aware UTC; None when it does not.
    broken_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class FinishedCrawl:
    """The crawl of a portal that the portal's health is judged by."""

    #: How it ended.
    outcome: Outcome
    #: When it ended, aware UTC.
    at: datetime
    #: Whether the portal's lists could be read, but showed far too few articles; counts only for a crawl that is DONE.
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The health of a portal after one more crawl, and what follows from it."""

    #: The portal's health after that crawl.
    health: Health
    #: How the crawl failed; None when it did not.
    failure_kind: FailureKind | None
    #: What went wrong, one line for people; None when nothing did.
    reason: str | None
    #: The events that the crawl causes, in order.
    events: tuple[PortalPayload, ...]
    #: Articles that were found since then (aware UTC) and could not be read are retried; None when none are.
    revive_since: datetime | None


def judge(old: Health, crawl: FinishedCrawl, broken_after: int) -> Verdict:
    """The verdict on a portal of this health after one more crawl; broken after `broken_after` failures in a row."""
    failure_kind = _failure_kind(crawl)
    health = health_after(old, failure_kind, crawl.at, broken_after)
    reason, gap_hours = _reason(crawl.outcome, failure_kind), crawl.outcome.gap_hours
    gap = () if gap_hours is None else (PortalGap(gap_hours, reason, failure_kind),)
    events = (*_state_change(old, health, reason, failure_kind), *gap)
    return Verdict(health, failure_kind, reason, events, _revive_since(old, health))


def health_after(old: Health, failure_kind: FailureKind | None, at: datetime, broken_after: int) -> Health:
    """The health after one more crawl, which ended at `at` (aware UTC); `failure_kind` is None when it succeeded."""
    if failure_kind is None:
        return Health()
    failures = old.failures + 1
    broken_since = at if old.broken_since is None and failures >= broken_after else old.broken_since
    return Health(failures, {failure_kind: (old.failure_kinds or {}).get(failure_kind, 0) + 1}, broken_since)


def has_too_few_articles(now: int, before: Sequence[int]) -> bool:
    """Whether `now` articles are suspiciously few, compared with the counts `before` of earlier weeks."""
    if len(before) < _MIN_WEEKS:
        return False
    usual = median(before)
    return usual >= _MIN_MEDIAN_ARTICLES and now * _QUIET_DIVISOR < usual


def retry_interval(interval: timedelta, failures: int) -> timedelta:
    """The time to the next crawl after so many failures in a row: doubled with each failure, up to one day.

    Never shorter than `interval`, the time between two crawls that succeed.
    """
    doublings = min(max(0, failures - 1), _MAX_DOUBLINGS)
    doubled: timedelta = interval * 2**doublings
    return max(interval, min(doubled, _LONGEST_INTERVAL))


def _failure_kind(crawl: FinishedCrawl) -> FailureKind | None:
    """How a crawl failed; too few articles are a failure of a crawl that is DONE."""
    if crawl.outcome.state != DONE:
        return crawl.outcome.failure_kind or FailureKind.UNREACHABLE
    return FailureKind.QUIET if crawl.quiet else None


def _reason(outcome: Outcome, failure_kind: FailureKind | None) -> str | None:
    """What went wrong, one line; None when nothing did. A crawl with too few articles has no error of its own."""
    if failure_kind is not FailureKind.QUIET or outcome.error is not None:
        return outcome.error
    return f"{failure_kind} for this hour of the week"


def _state_change(
    old: Health, new: Health, reason: str | None, failure_kind: FailureKind | None
) -> tuple[PortalPayload, ...]:
    """The event that a portal broke or recovered; () when neither happened."""
    if (old.broken_since is None) == (new.broken_since is None):
        return ()
    event = PortalRecovered if new.broken_since is None else PortalBroken
    return (event(reason, failure_kind),)


def _revive_since(old: Health, new: Health) -> datetime | None:
    """Since when articles that failed are retried; None unless the portal recovers."""
    if old.broken_since is None or new.broken_since is not None:
        return None
    return old.broken_since - _FAILING_BEFORE_BROKEN

"""Whether a portal can be trusted: when it counts as broken or recovered, and when its silence is suspicious."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from tracking.events import PortalBroken, PortalGap, PortalPayload, PortalRecovered
from tracking.observation import FailureKind
from tracking.outcome import DONE, Outcome

# Silence is judged by the articles of the last WINDOW, beside those of the same hours of so many weeks before.
WINDOW, WEEK, WEEKS = timedelta(hours=6), timedelta(days=7), 4
# Fewer weeks, or fewer articles in the usual one, say nothing.
_MIN_WEEKS, _MIN_USUAL_ARTICLES = 3, 8
# Silence is suspicious when fewer than this part of the usual articles appear.
_SUSPICIOUS_PART = 8
# The longest time between two crawls of a portal that keeps failing: it is never given up.
_LONGEST_PAUSE = timedelta(days=1)
# Beyond this many doublings every pause is the longest one, and numbers only grow.
_MAX_DOUBLINGS = 20
# A portal failed for a while before it counted as broken: what it could not show in that time is tried again too.
_BEFORE_BROKEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Health:
    """How a portal has fared lately."""

    #: How many crawls failed one after the other; 0 after a good one.
    failures: int = 0
    #: The kind of the last failure, with how many of the crawls just before failed the same way; None after a good one.
    failure_kinds: Mapping[FailureKind, int] | None = None
    #: Since when the portal has counted as broken, aware UTC; None when it does not.
    broken_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one more crawl says of a portal, and what follows from it."""

    #: How the portal fares now.
    health: Health
    #: How the crawl failed; None when it did not.
    failure_kind: FailureKind | None
    #: What went wrong, one line for people; None when nothing did.
    reason: str | None
    #: The events of it, in order.
    events: tuple[PortalPayload, ...]
    #: Articles found since then (aware UTC) that could not be read are tried again; None when none are.
    revive_since: datetime | None


def judge(old: Health, outcome: Outcome, *, quiet: bool, at: datetime, broken_after: int) -> Verdict:
    """The verdict on a portal after a crawl that ended at `at` (aware UTC).

    `quiet` says that its lists can be read but show far too few articles, and counts only for a crawl that is DONE.
    A portal counts as broken after `broken_after` failures in a row.
    """
    failure_kind = _failure_kind(outcome, quiet=quiet)
    health = health_after(old, failure_kind, at, broken_after)
    said = _reason(outcome, failure_kind), failure_kind
    gap = () if outcome.gap_hours is None else (PortalGap(outcome.gap_hours, *said),)
    return Verdict(health, failure_kind, said[0], (*_turn(old, health, said), *gap), _revive_since(old, health))


def health_after(old: Health, failure_kind: FailureKind | None, at: datetime, broken_after: int) -> Health:
    """How a portal fares after one more crawl, which failed in this way, or did not with None."""
    if failure_kind is None:
        return Health()
    failures = old.failures + 1
    broken_since = at if old.broken_since is None and failures >= broken_after else old.broken_since
    return Health(failures, {failure_kind: (old.failure_kinds or {}).get(failure_kind, 0) + 1}, broken_since)


def has_too_few_articles(now: int, before: Sequence[int]) -> bool:
    """Whether `now` articles are suspiciously few where there were `before`, in the same hours of earlier weeks."""
    if len(before) < _MIN_WEEKS:
        return False
    usual = median(before)
    return usual >= _MIN_USUAL_ARTICLES and now * _SUSPICIOUS_PART < usual


def retry_interval(interval: timedelta, failures: int) -> timedelta:
    """The time to the next crawl of a portal after so many failures in a row: doubled each time, up to a day.

    Never shorter than the portal's usual `interval`.
    """
    doublings = min(max(0, failures - 1), _MAX_DOUBLINGS)
    longer: timedelta = interval * 2**doublings
    return max(interval, min(longer, _LONGEST_PAUSE))


def _failure_kind(outcome: Outcome, *, quiet: bool) -> FailureKind | None:
    """How a crawl failed; silence is a failure of one that otherwise did not."""
    if outcome.state != DONE:
        return outcome.failure_kind or FailureKind.UNREACHABLE
    return FailureKind.QUIET if quiet else None


def _reason(outcome: Outcome, failure_kind: FailureKind | None) -> str | None:
    """What went wrong in words; silence has no error that says so."""
    if failure_kind is not FailureKind.QUIET or outcome.error is not None:
        return outcome.error
    return f"{failure_kind} for this hour of the week"


def _turn(old: Health, new: Health, said: tuple[str | None, FailureKind | None]) -> tuple[PortalPayload, ...]:
    """The event that a portal broke or recovered; none when it is as it was."""
    if (old.broken_since is None) == (new.broken_since is None):
        return ()
    return (PortalRecovered(*said),) if new.broken_since is None else (PortalBroken(*said),)


def _revive_since(old: Health, new: Health) -> datetime | None:
    """Since when articles are tried again; None unless the portal recovers."""
    if old.broken_since is None or new.broken_since is not None:
        return None
    return old.broken_since - _BEFORE_BROKEN

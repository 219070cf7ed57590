"""Whether a portal can be believed: failures that follow each other, by kind, and silence that is out of place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from tracking.sightings import Trouble

# Silence is judged by what the portal itself published in these hours of the week, and some weeks back.
WINDOW, WEEK, WEEKS = timedelta(hours=6), timedelta(days=7), 4
_LEAST_WEEKS, _LEAST_USUAL, _SHARE = 3, 8, 8
_LONGEST_PAUSE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Health:
    """How a portal is: crawls that failed one after the other, and how many of the last ones each trouble befell."""

    failures: int = 0
    troubles: Mapping[Trouble, int] | None = None
    broken_since: datetime | None = None


def after(old: Health, trouble: Trouble | None, at: datetime, broken_after: int) -> Health:
    """How a portal is after one more crawl, which ended with this trouble, or with none."""
    if trouble is None:
        return Health()
    failures = old.failures + 1
    broken_since = at if old.broken_since is None and failures >= broken_after else old.broken_since
    return Health(failures, {trouble: (old.troubles or {}).get(trouble, 0) + 1}, broken_since)


def too_few(now: int, before: Sequence[int]) -> bool:
    """Whether so few articles are out of place where there were so many in the same hours of earlier weeks."""
    return len(before) >= _LEAST_WEEKS and now * _SHARE < median(before) and median(before) >= _LEAST_USUAL


def pause(interval: timedelta, failures: int) -> timedelta:
    """The time to the next crawl of a portal that keeps failing: doubled each time, up to a day, never given up."""
    doublings = min(max(0, failures - 1), 20)
    longer: timedelta = interval * 2**doublings
    return max(interval, min(longer, _LONGEST_PAUSE))

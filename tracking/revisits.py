"""The revisit plan: when an article is fetched again, and when one that failed is tried again.

Articles are edited while they are young, so they are fetched often at first and ever more rarely later.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tracking.observation import FailureKind

# (younger than, fetched again after). Young articles are fetched in every crawl; later those that mention a tracked
# programme are fetched often and for long, the others now and then.
_LADDER = (
    (timedelta(hours=3), timedelta(0)),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=7), timedelta(hours=6)),
    (timedelta(days=30), timedelta(days=1)),
    (timedelta(days=180), timedelta(days=7)),
    (timedelta(days=720), timedelta(days=30)),
)
_LADDER_UNTRACKED = (
    (timedelta(hours=3), timedelta(0)),
    (timedelta(days=1), timedelta(hours=6)),
    (timedelta(days=7), timedelta(days=2)),
    (timedelta(days=30), timedelta(days=14)),
)
# A page that is missing is checked again after this at the earliest, later after this part of the time it is missing.
_FIRST_MISSING_WAIT, _MISSING_PART = timedelta(hours=1), 8


def next_check(now: datetime, changed_at: datetime, *, tracked: bool) -> datetime | None:
    """When an article is due again; None when it is old enough to be left alone.

    `changed_at` is its last change, `now` the check that has just been made (both aware UTC). `tracked` says whether it
    mentions a tracked programme.
    """
    for younger_than, interval in _LADDER if tracked else _LADDER_UNTRACKED:
        if now - changed_at < younger_than:
            return now + interval
    return None


# The first tries follow each other as crawls do. After them the waits double, up to a day: half a month in all.
_PROMPT_TRIES, _MOST_TRIES = 3, 20
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=30), timedelta(days=1)


def next_try(now: datetime, attempts: int, failure_kind: FailureKind = FailureKind.LAYOUT) -> datetime | None:
    """When a listed article that could not be read is tried again; None when it is given up.

    `now` (aware UTC) is the last try, `attempts` how many tries failed, and `failure_kind` how the last one did.
    """
    if attempts >= _MOST_TRIES or failure_kind is FailureKind.WITHHELD:
        return None
    if failure_kind is FailureKind.FORBIDDEN:
        return now + _LONGEST_WAIT
    doublings = attempts - _PROMPT_TRIES
    return now + min(_FIRST_WAIT * 2**doublings, _LONGEST_WAIT) if doublings >= 0 else now


def next_check_missing(now: datetime, missing_since: datetime) -> datetime:
    """When a page that was not found is due again: soon at first, and never given up, since pages come back.

    `now` is the last check, `missing_since` the first one that did not find it (both aware UTC).
    """
    return now + max(_FIRST_MISSING_WAIT, (now - missing_since) / _MISSING_PART)

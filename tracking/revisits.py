"""The revisit plan: when an article is fetched again, and when an article that failed is retried.

Most edits happen soon after publication, so articles are fetched often at first and less often later.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tracking.observation import FailureKind

# (time since the last change is less than, fetched again after). In the first hours articles are fetched in every
# crawl; later articles that mention a tracked programme are fetched more often and for longer than others.
_INTERVALS = (
    (timedelta(hours=3), timedelta(0)),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=7), timedelta(hours=6)),
    (timedelta(days=30), timedelta(days=1)),
    (timedelta(days=180), timedelta(days=7)),
    (timedelta(days=720), timedelta(days=30)),
)
_INTERVALS_UNTRACKED = (
    (timedelta(hours=3), timedelta(0)),
    (timedelta(days=1), timedelta(hours=6)),
    (timedelta(days=7), timedelta(days=2)),
    (timedelta(days=30), timedelta(days=14)),
)
# A missing page is checked again after this time, and later after the time it has been missing divided by the number.
_SHORTEST_MISSING_WAIT, _MISSING_WAIT_DIVISOR = timedelta(hours=1), 8


def next_check(now: datetime, changed_at: datetime, *, tracked: bool) -> datetime | None:
    """When an article is fetched again, aware UTC; None when it is so old that it is never fetched again.

    `changed_at` is its last change, `now` the check that has just been made (both aware UTC). `tracked` tells whether
    the article mentions a tracked programme.
    """
    for younger_than, interval in _INTERVALS if tracked else _INTERVALS_UNTRACKED:
        if now - changed_at < younger_than:
            return now + interval
    return None


# The first attempts are made in consecutive crawls; then the wait doubles with each attempt, up to a day. All
# attempts together span about half a month.
_ATTEMPTS_WITHOUT_WAIT, _MAX_ATTEMPTS = 3, 20
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=30), timedelta(days=1)


def next_try(now: datetime, attempts: int, failure_kind: FailureKind = FailureKind.LAYOUT) -> datetime | None:
    """When a listed article that could not be read is retried, aware UTC; None when it is given up.

    `now` (aware UTC) is the last attempt, `attempts` how many have failed, `failure_kind` how the last one failed.
    """
    if attempts >= _MAX_ATTEMPTS or failure_kind is FailureKind.WITHHELD:
        return None
    if failure_kind is FailureKind.FORBIDDEN:
        return now + _LONGEST_WAIT
    doublings = attempts - _ATTEMPTS_WITHOUT_WAIT
    return now + min(_FIRST_WAIT * 2**doublings, _LONGEST_WAIT) if doublings >= 0 else now


def next_check_missing(now: datetime, missing_since: datetime) -> datetime:
    """When a page that was not found is checked again, aware UTC: ever less often, but always, since pages come back.

    `now` is the last check, `missing_since` the first one that did not find it (both aware UTC).
    """
    return now + max(_SHORTEST_MISSING_WAIT, (now - missing_since) / _MISSING_WAIT_DIVISOR)

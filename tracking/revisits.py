"""When an article is looked at again: often while it is young, since that is when articles are edited."""

from __future__ import annotations

from datetime import datetime, timedelta

from tracking.sightings import Trouble

# (younger than, look again after). Young articles are looked at in every crawl; later those that mention a tracked
# programme are looked at often and for long, the others now and then.
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
_MISSING = timedelta(hours=1)


def next_check(now: datetime, changed_at: datetime, *, tracked: bool) -> datetime | None:
    """When an article that last changed at `changed_at` is due again; None when it is old enough to be left."""
    for younger_than, interval in _LADDER if tracked else _LADDER_UNTRACKED:
        if now - changed_at < younger_than:
            return now + interval
    return None


# The first tries follow each other as crawls do; after them, waits that double up to a day. Half a month in all.
_PROMPT_TRIES, _MOST_TRIES = 3, 20
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=30), timedelta(days=1)


def next_try(now: datetime, attempts: int, trouble: Trouble = Trouble.LAYOUT) -> datetime | None:
    """When a listed article is tried again after so many failures; None when it is given up."""
    if attempts >= _MOST_TRIES or trouble is Trouble.WITHHELD:
        return None
    if trouble is Trouble.FORBIDDEN:
        return now + _LONGEST_WAIT
    doublings = attempts - _PROMPT_TRIES
    return now + min(_FIRST_WAIT * 2**doublings, _LONGEST_WAIT) if doublings >= 0 else now


def next_check_missing(now: datetime, missing_since: datetime) -> datetime:
    """When a page that was not found is due again: soon at first, and never given up, since pages come back."""
    return now + max(_MISSING, (now - missing_since) / 8)

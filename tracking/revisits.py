"""When an article is looked at again: often while it is young, since that is when articles are edited."""

from __future__ import annotations

from datetime import datetime, timedelta

# (younger than, look again after). Young articles are looked at in every crawl.
_LADDER = (
    (timedelta(hours=3), timedelta(0)),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=7), timedelta(hours=6)),
    (timedelta(days=30), timedelta(days=1)),
    (timedelta(days=180), timedelta(days=7)),
    (timedelta(days=720), timedelta(days=30)),
)
_MISSING = timedelta(hours=1)


def next_check(now: datetime, changed_at: datetime) -> datetime | None:
    """When an article that last changed at `changed_at` is due again; None when it is old enough to be left."""
    for younger_than, interval in _LADDER:
        if now - changed_at < younger_than:
            return now + interval
    return None


def next_check_missing(now: datetime, missing_since: datetime) -> datetime:
    """When a page that was not found is due again: soon at first, and never given up, since pages come back."""
    return now + max(_MISSING, (now - missing_since) / 8)

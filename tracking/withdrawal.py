"""When a page that is not found counts as taken down, and when an article counts as back again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tracking.changes import WITHDRAWN, KnownArticle


@dataclass(frozen=True, slots=True)
class WithdrawalPolicy:
    """What confirms that an article was taken down; pages are missing for a while for many other reasons."""

    #: In how many checks in a row the page was not found, at least.
    checks: int = 3
    #: How long it has been missing since the first of them, at least.
    over: timedelta = timedelta(hours=24)


def is_withdrawn(old: KnownArticle, at: datetime, policy: WithdrawalPolicy) -> bool:
    """Whether one more "not found" at `at` (aware UTC) confirms that the article was taken down; True only once."""
    if old.state == WITHDRAWN:
        return False
    since = at if old.missing_since is None else old.missing_since
    return old.missing_checks + 1 >= policy.checks and at - since >= policy.over


def is_restored(old: KnownArticle) -> bool:
    """Whether an article whose page is as it was before had been taken down, and is restored."""
    return old.state == WITHDRAWN

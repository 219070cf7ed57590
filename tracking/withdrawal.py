"""When a page that is not found counts as taken down, and when an article counts as back again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tracking.changes import WITHDRAWN, KnownArticle


@dataclass(frozen=True, slots=True)
class WithdrawalPolicy:
    """What confirms that an article was taken down; pages are often missing for a while for other reasons."""

    #: At least this many checks in a row did not find the page.
    checks: int = 3
    #: At least this much time has passed since the first of those checks.
    missing_for: timedelta = timedelta(hours=24)


def is_withdrawn(old: KnownArticle, at: datetime, policy: WithdrawalPolicy) -> bool:
    """Whether one more check at `at` (aware UTC) that does not find the page confirms a withdrawal; True only once."""
    if old.state == WITHDRAWN:
        return False
    since = at if old.missing_since is None else old.missing_since
    return old.missing_checks + 1 >= policy.checks and at - since >= policy.missing_for


def is_restored(old: KnownArticle) -> bool:
    """Whether an article whose page was found again had counted as taken down."""
    return old.state == WITHDRAWN

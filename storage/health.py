"""The health of portals in the database; what it means is decided in `tracking.health`."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from storage import ledger, listings
from storage import tables as t
from storage.portals import portal_row
from tracking import health
from tracking.health import WEEK, WEEKS, WINDOW, Health, Verdict, has_too_few_articles
from tracking.observation import FailureKind
from tracking.outcome import DONE, Outcome


def judge(connection: Connection, run: int, outcome: Outcome, at: datetime, broken_after: int) -> None:
    """Update a portal's health after a crawl that ended at `at` (aware UTC), and write the events that follow.

    It counts as broken after `broken_after` failures in a row. When it recovers, what it could not show is tried again.
    """
    old = _health(portal_row(connection, outcome.portal))
    # Counting is only worth its queries where the crawl itself says that all is well.
    is_quiet = outcome.state == DONE and quiet(connection, outcome.portal, at)
    verdict = health.judge(old, outcome, quiet=is_quiet, at=at, broken_after=broken_after)
    same = t.portals.c.portal == outcome.portal
    connection.execute(update(t.portals).where(same).values(_values(outcome, verdict, at)))
    if verdict.revive_since is not None:
        listings.revive(connection, outcome.portal, verdict.revive_since, at)
    drafts = [ledger.Draft(payload, outcome.portal, tracked=True) for payload in verdict.events]
    ledger.append(connection, drafts, at, run)


def quiet(connection: Connection, portal: str, at: datetime) -> bool:
    """Whether a portal's lists show far fewer articles of the last hours than of the same hours of earlier weeks."""
    first = connection.execute(select(func.min(t.listings.c.found_at)).where(t.listings.c.portal == portal)).scalar()
    weeks = [at - number * WEEK for number in range(1, WEEKS + 1)]
    watched = [week for week in weeks if first is not None and first <= week - WINDOW]
    before = [_published(connection, portal, week) for week in watched]
    return has_too_few_articles(_published(connection, portal, at), before)


def _published(connection: Connection, portal: str, until: datetime) -> int:
    """How many listed articles were published in the hours before `until`."""
    rows = t.listings.c
    within = rows.published_at.between(until - WINDOW, until)
    return connection.execute(select(func.count()).where(rows.portal == portal, within)).scalar_one()


def _health(row: Row[Any]) -> Health:
    """The health in a row of `portals`."""
    failure_kinds = {FailureKind(name): count for name, count in json.loads(row.failure_kinds or "{}").items()}
    return Health(row.failures, failure_kinds, row.broken_since)


def _values(outcome: Outcome, verdict: Verdict, at: datetime) -> dict[str, Any]:
    """The columns of `portals` that a crawl sets."""
    now = verdict.health
    return {
        "last_run_at": at,
        "complete": outcome.complete,
        "gap_hours": outcome.gap_hours,
        "failures": now.failures,
        "failure_kinds": json.dumps(now.failure_kinds) if now.failure_kinds else None,
        "broken_since": now.broken_since,
        "note": verdict.reason,
        "backoff_until": outcome.backoff_until,
    }

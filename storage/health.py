"""The health of portals in the database; what it means is decided in `tracking.health`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from storage import ledger, listings
from storage import tables as t
from storage.portals import portal_row
from tracking import health
from tracking.health import WEEK, WEEKS, WINDOW, FinishedCrawl, Health, Verdict, has_too_few_articles
from tracking.observation import FailureKind
from tracking.outcome import DONE, Outcome


def judge(connection: Connection, run: int, crawl: FinishedCrawl, broken_after: int) -> None:
    """Update a portal's health after a crawl, and write the events that follow.

    It counts as broken after `broken_after` failed crawls in a row. When it recovers, articles that could not be
    read meanwhile are tried again.
    """
    outcome, at = crawl.outcome, crawl.at
    old = _health(portal_row(connection, outcome.portal))
    # Articles are counted only when the crawl itself found nothing wrong: the queries take time.
    quiet = outcome.state == DONE and is_quiet(connection, outcome.portal, at)
    verdict = health.judge(old, replace(crawl, quiet=quiet), broken_after)
    same = t.portals.c.portal == outcome.portal
    connection.execute(update(t.portals).where(same).values(_values(outcome, verdict, at)))
    if verdict.revive_since is not None:
        listings.retry_unread(connection, outcome.portal, verdict.revive_since, at)
    events = [ledger.NewEvent(payload, outcome.portal, tracked=True) for payload in verdict.events]
    ledger.append(connection, events, at, run)


def is_quiet(connection: Connection, portal: str, at: datetime) -> bool:
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

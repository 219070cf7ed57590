"""When a portal counts as broken, as recovered, or as having hidden something."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from storage import ledger, listings
from storage import tables as t
from storage.portals import portal_row
from storage.runs import DONE, Outcome
from tracking.events import Kind
from tracking.health import WEEK, WEEKS, WINDOW, Health, after, too_few
from tracking.sightings import Trouble

# A portal failed for a while before it counted as broken.
_UNNOTICED = timedelta(days=1)


def judge(connection: Connection, run: int, outcome: Outcome, at: datetime, broken_after: int) -> None:
    """Keep a portal's health, and tell when it breaks, recovers or may have shown news that was missed."""
    row = portal_row(connection, outcome.portal)
    old, trouble = _health(row), _trouble(connection, outcome, at)
    new = after(old, trouble, at, broken_after)
    reason = _reason(outcome, trouble)
    connection.execute(
        update(t.portals).where(t.portals.c.portal == outcome.portal).values(_values(outcome, new, at, reason))
    )
    recovers = old.broken_since is not None and new.broken_since is None
    if recovers and old.broken_since is not None:
        listings.revive(connection, outcome.portal, old.broken_since - _UNNOTICED, at)
    kinds = [Kind.PORTAL_BROKEN] * (old.broken_since is None and new.broken_since is not None)
    kinds += [Kind.PORTAL_RECOVERED] * recovers + [Kind.PORTAL_GAP] * (outcome.gap_hours is not None)
    detail = {"reason": reason, "trouble": trouble, "hours": outcome.gap_hours}
    drafts = [ledger.Draft(kind, outcome.portal, tracked=True, detail=detail) for kind in kinds]
    ledger.append(connection, drafts, at, run)


def quiet(connection: Connection, portal: str, at: datetime) -> bool:
    """Whether a portal shows far fewer articles of the last hours than of the same hours of earlier weeks."""
    first = connection.execute(select(func.min(t.listings.c.found_at)).where(t.listings.c.portal == portal)).scalar()
    weeks = [at - number * WEEK for number in range(1, WEEKS + 1)]
    watched = [week for week in weeks if first is not None and first <= week - WINDOW]
    before = [_published(connection, portal, week) for week in watched]
    return too_few(_published(connection, portal, at), before)


def _published(connection: Connection, portal: str, until: datetime) -> int:
    rows = t.listings.c
    within = rows.published_at.between(until - WINDOW, until)
    return connection.execute(select(func.count()).where(rows.portal == portal, within)).scalar_one()


def _trouble(connection: Connection, outcome: Outcome, at: datetime) -> Trouble | None:
    if outcome.state != DONE:
        return outcome.trouble or Trouble.UNREACHABLE
    return Trouble.QUIET if quiet(connection, outcome.portal, at) else None


def _reason(outcome: Outcome, trouble: Trouble | None) -> str | None:
    if trouble is not Trouble.QUIET or outcome.error is not None:
        return outcome.error
    return f"{trouble} for this hour of the week"


def _health(row: Row[Any]) -> Health:
    troubles = {Trouble(name): count for name, count in json.loads(row.troubles or "{}").items()}
    return Health(row.failures, troubles, row.broken_since)


def _values(outcome: Outcome, health: Health, at: datetime, reason: str | None) -> dict[str, Any]:
    return {
        "last_run_at": at,
        "certified": outcome.certified,
        "gap_hours": outcome.gap_hours,
        "failures": health.failures,
        "troubles": json.dumps(health.troubles) if health.troubles else None,
        "broken_since": health.broken_since,
        "note": reason,
        "rest_until": outcome.rest_until,
    }

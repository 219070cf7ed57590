"""When a portal counts as broken, as recovered, or as having hidden something."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from storage import ledger, listings
from storage.portals import portal_row
from storage.runs import DONE, Outcome
from storage.tables import portals
from tracking.events import Kind

# A portal failed for a while before it counted as broken.
_UNNOTICED = timedelta(days=1)


def judge(connection: Connection, run: int, outcome: Outcome, at: datetime, broken_after: int) -> None:
    """Keep a portal's health, and tell when it breaks, recovers or may have shown news that was missed."""
    row = portal_row(connection, outcome.portal)
    failures = 0 if outcome.state == DONE else row.failures + 1
    breaks = row.broken_since is None and failures >= broken_after
    recovers = row.broken_since is not None and failures == 0
    broken_since = at if breaks else None if recovers else row.broken_since
    values = {
        "last_run_at": at,
        "certified": outcome.certified,
        "gap_hours": outcome.gap_hours,
        "failures": failures,
        "broken_since": broken_since,
        "note": outcome.error,
    }
    connection.execute(update(portals).where(portals.c.portal == outcome.portal).values(values))
    if recovers:
        listings.revive(connection, outcome.portal, row.broken_since - _UNNOTICED, at)
    kinds = [Kind.PORTAL_BROKEN] * breaks + [Kind.PORTAL_RECOVERED] * recovers
    kinds += [Kind.PORTAL_GAP] * (outcome.gap_hours is not None)
    detail = {"reason": outcome.error, "hours": outcome.gap_hours}
    drafts = [ledger.Draft(kind, outcome.portal, tracked=True, detail=detail) for kind in kinds]
    ledger.append(connection, drafts, at, run)

"""What is known of each portal, when it is due, and who is crawling it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from storage.tables import articles, portals
from tracking.events import PortalState


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to crawl a portal, held by one process at a time."""

    portal: str
    holder: str
    until: datetime


def states(connection: Connection) -> list[PortalState]:
    """What is known of the portals that were ever crawled, by name."""
    rows = connection.execute(select(portals).where(portals.c.last_run_at.is_not(None)).order_by(portals.c.portal))
    return [
        PortalState(
            portal=row.portal,
            last_run_at=row.last_run_at,
            certified=row.certified,
            gap_hours=row.gap_hours,
            broken_since=row.broken_since,
            note=row.note,
            failures=row.failures,
            trouble=next(iter(json.loads(row.troubles or "{}")), None),
            rest_until=row.rest_until,
        )
        for row in rows
    ]


def kept_of(connection: Connection) -> dict[str, tuple[str, int]]:
    """The site of each portal that articles are kept of, and how many."""
    asked = select(articles.c.portal, func.max(articles.c.site), func.count()).group_by(articles.c.portal)
    return {portal: (site, count) for portal, site, count in connection.execute(asked)}


# --- leases: one crawl of a portal at a time, across processes and machines ---


def take_lease(connection: Connection, lease: Lease, at: datetime, is_dead: Callable[[str], bool]) -> Lease | None:
    """None when the portal is ours now; else the lease that stands. `is_dead(holder)` tells of a crashed holder."""
    row = portal_row(connection, lease.portal)
    standing = row.lease_holder is not None and row.lease_holder != lease.holder and row.lease_until > at
    if standing and not is_dead(row.lease_holder):
        return Lease(lease.portal, row.lease_holder, row.lease_until)
    _set_lease(connection, lease.portal, lease.holder, lease.until)
    return None


def renew_lease(connection: Connection, lease: Lease) -> bool:
    """Whether the lease was still ours, and is now until the new time."""
    ours = (portals.c.portal == lease.portal) & (portals.c.lease_holder == lease.holder)
    done = connection.execute(update(portals).where(ours).values(lease_until=lease.until))
    return bool(done.rowcount)


def give_back(connection: Connection, portal: str, holder: str) -> None:
    """End a lease, if it is this holder's."""
    ours = (portals.c.portal == portal) & (portals.c.lease_holder == holder)
    connection.execute(update(portals).where(ours).values(lease_holder=None, lease_until=None))


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides when a portal is crawled next: its plan, its failures in a row, and what it asked for itself."""

    due_at: datetime | None = None
    failures: int = 0
    rest_until: datetime | None = None


def standings(connection: Connection) -> dict[str, Standing]:
    """How each portal stands with the service."""
    asked = select(portals.c.portal, portals.c.due_at, portals.c.failures, portals.c.rest_until)
    return {row.portal: Standing(row.due_at, row.failures, row.rest_until) for row in connection.execute(asked)}


def rest_of(connection: Connection, portal: str) -> datetime | None:
    """Until when a portal asked to be left in peace; None when it did not."""
    return standings(connection).get(portal, Standing()).rest_until


def set_due(connection: Connection, portal: str, at: datetime) -> None:
    """Note when a portal is due to be crawled by the service."""
    portal_row(connection, portal)
    connection.execute(update(portals).where(portals.c.portal == portal).values(due_at=at))


def _set_lease(connection: Connection, portal: str, holder: str, until: datetime) -> None:
    values = {"lease_holder": holder, "lease_until": until}
    connection.execute(update(portals).where(portals.c.portal == portal).values(values))


def portal_row(connection: Connection, portal: str) -> Row[Any]:
    """A portal's row, made when it is the first time that anybody asks."""
    asked = select(portals).where(portals.c.portal == portal)
    row = connection.execute(asked).one_or_none()
    if row is None:
        connection.execute(insert(portals).values(portal=portal, certified=False, failures=0))
        row = connection.execute(asked).one()
    return row

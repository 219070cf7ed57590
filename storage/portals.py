"""The state of each portal, when it is due, and the lease of the process that crawls it."""

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
    """The right to crawl a portal, which one process at a time has."""

    #: The name of the portal.
    portal: str
    #: The process that holds the lease: its machine, process id and start time, see `policywatch.app.leases`.
    holder: str
    #: When the lease ends unless it is renewed, aware UTC.
    until: datetime


def states(connection: Connection) -> list[PortalState]:
    """The state of each portal that was ever crawled, in the order of their names."""
    rows = connection.execute(select(portals).where(portals.c.last_run_at.is_not(None)).order_by(portals.c.portal))
    return [
        PortalState(
            portal=row.portal,
            last_run_at=row.last_run_at,
            complete=row.complete,
            gap_hours=row.gap_hours,
            broken_since=row.broken_since,
            note=row.note,
            failures=row.failures,
            failure_kind=next(iter(json.loads(row.failure_kinds or "{}")), None),
            backoff_until=row.backoff_until,
        )
        for row in rows
    ]


def article_counts(connection: Connection) -> dict[str, tuple[str, int]]:
    """For each portal with stored articles, by its name: the name of the site, and how many articles are stored."""
    query = select(articles.c.portal, func.max(articles.c.site), func.count()).group_by(articles.c.portal)
    return {portal: (site, count) for portal, site, count in connection.execute(query)}


# --- leases: one crawl of a portal at a time, across processes and machines ---


def take_lease(connection: Connection, lease: Lease, at: datetime, is_dead: Callable[[str], bool]) -> Lease | None:
    """Take a lease at `at` (aware UTC). None when that worked; otherwise the valid lease of another holder.

    A valid lease is taken over when `is_dead(holder)` says that the process that holds it has ended.
    """
    row = portal_row(connection, lease.portal)
    taken = row.lease_holder is not None and row.lease_holder != lease.holder and row.lease_until > at
    if taken and not is_dead(row.lease_holder):
        return Lease(lease.portal, row.lease_holder, row.lease_until)
    _set_lease(connection, lease.portal, lease.holder, lease.until)
    return None


def renew_lease(connection: Connection, lease: Lease) -> bool:
    """Extend a lease to its new end; False when another process holds the lease by now, and nothing was changed."""
    ours = (portals.c.portal == lease.portal) & (portals.c.lease_holder == lease.holder)
    done = connection.execute(update(portals).where(ours).values(lease_until=lease.until))
    return bool(done.rowcount)


def release_lease(connection: Connection, portal: str, holder: str) -> None:
    """End the lease of a portal, if it is this holder's."""
    ours = (portals.c.portal == portal) & (portals.c.lease_holder == holder)
    connection.execute(update(portals).where(ours).values(lease_holder=None, lease_until=None))


@dataclass(frozen=True, slots=True)
class ScheduleState:
    """What is stored about when a portal is to be crawled next."""

    #: When the service is to crawl it next, aware UTC; None when the service never planned it.
    due_at: datetime | None = None
    #: How many crawls failed in a row; 0 after a good one.
    failures: int = 0
    #: Until when the portal asked not to be fetched (Retry-After), aware UTC, maybe in the past; None when it did not.
    backoff_until: datetime | None = None


def schedule_states(connection: Connection) -> dict[str, ScheduleState]:
    """The schedule state of every portal in the database, by its name."""
    query = select(portals.c.portal, portals.c.due_at, portals.c.failures, portals.c.backoff_until)
    return {row.portal: ScheduleState(row.due_at, row.failures, row.backoff_until) for row in connection.execute(query)}


def backoff_until(connection: Connection, portal: str) -> datetime | None:
    """Until when a portal asked not to be fetched, aware UTC, maybe in the past; None when it did not."""
    return schedule_states(connection).get(portal, ScheduleState()).backoff_until


def set_due(connection: Connection, portal: str, at: datetime) -> None:
    """Store when (aware UTC) the service is to crawl a portal next."""
    portal_row(connection, portal)
    connection.execute(update(portals).where(portals.c.portal == portal).values(due_at=at))


def _set_lease(connection: Connection, portal: str, holder: str, until: datetime) -> None:
    """Write a lease into the row of its portal."""
    values = {"lease_holder": holder, "lease_until": until}
    connection.execute(update(portals).where(portals.c.portal == portal).values(values))


def portal_row(connection: Connection, portal: str) -> Row[Any]:
    """The row of a portal, inserted when there is none yet."""
    query = select(portals).where(portals.c.portal == portal)
    row = connection.execute(query).one_or_none()
    if row is None:
        connection.execute(insert(portals).values(portal=portal, complete=False, failures=0))
        row = connection.execute(query).one()
    return row

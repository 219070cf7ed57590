"""Runs: crawls, imports and re-extractions, and what each portal gave in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from storage.tables import portal_runs, portals, runs
from tracking.outcome import INTERRUPTED, RUNNING, Outcome

# A run that began longer ago than this and never ended was interrupted: no crawl takes so long.
_LONGEST_RUN = timedelta(days=1)


def start(connection: Connection, kind: str, at: datetime) -> int:
    """Store that a run begins at `at` (aware UTC), and return its id.

    `kind` is crawl, import or reextract. Runs that began more than a day ago and never ended are marked as interrupted.
    """
    stale = (runs.c.state == RUNNING) & (runs.c.started_at < at - _LONGEST_RUN)
    connection.execute(update(runs).where(stale).values(state=INTERRUPTED, finished_at=at))
    row = connection.execute(insert(runs).values(kind=kind, state=RUNNING, started_at=at).returning(runs.c.id))
    return int(row.scalar_one())


def finish(connection: Connection, run: int, state: str, at: datetime) -> None:
    """Store that a run ended at `at` (aware UTC), and in which state (of `tracking.outcome`)."""
    connection.execute(update(runs).where(runs.c.id == run).values(state=state, finished_at=at))


def start_portal(connection: Connection, run: int, portal: str, at: datetime) -> None:
    """Store that a run begins to crawl a portal at `at` (aware UTC).

    The caller has the portal's lease, so that earlier crawls of it that never ended are marked as interrupted.
    """
    mark_interrupted(connection, portal, at)
    connection.execute(insert(portal_runs).values(run_id=run, portal=portal, state=RUNNING, started_at=at))


def mark_interrupted(connection: Connection, portal: str, at: datetime) -> None:
    """Mark the crawls of a portal that never ended as interrupted; the caller knows that none of them still runs."""
    stale = (portal_runs.c.portal == portal) & (portal_runs.c.state == RUNNING)
    interrupted = list(connection.execute(select(portal_runs.c.run_id).where(stale)).scalars())
    connection.execute(update(portal_runs).where(stale).values(state=INTERRUPTED, finished_at=at))
    _interrupt_runs(connection, interrupted, at)


def _interrupt_runs(connection: Connection, interrupted: Sequence[int], at: datetime) -> None:
    """Mark these runs as interrupted, except those in which another portal is still being crawled."""
    under_way = select(portal_runs.c.run_id).where(portal_runs.c.state == RUNNING)
    ended = runs.c.id.in_(interrupted) & (runs.c.state == RUNNING) & runs.c.id.not_in(under_way)
    connection.execute(update(runs).where(ended).values(state=INTERRUPTED, finished_at=at))


def finish_portal(connection: Connection, run: int, outcome: Outcome, at: datetime) -> None:
    """Store how the crawl of one portal in a run ended, at `at` (aware UTC)."""
    same = (portal_runs.c.run_id == run) & (portal_runs.c.portal == outcome.portal)
    tally = outcome.tally
    connection.execute(
        update(portal_runs)
        .where(same)
        .values(
            state=outcome.state,
            finished_at=at,
            listed=outcome.listed,
            new=tally.new,
            edited=tally.edited,
            unchanged=tally.unchanged,
            gone=tally.gone,
            failed=tally.failed,
            complete=outcome.complete,
            gap_hours=outcome.gap_hours,
            error=outcome.error,
            failure_kind=outcome.failure_kind,
        )
    )


def last(connection: Connection) -> int | None:
    """The id of the newest run; None before the first."""
    return connection.execute(select(func.max(runs.c.id))).scalar()


def unfinished(connection: Connection, at: datetime) -> dict[str, str | None]:
    """The holders of the leases of portals with a crawl that has not ended at `at` (aware UTC), by portal.

    None for a portal whose lease has run out.
    """
    columns = (portals.c.portal, portals.c.lease_holder, portals.c.lease_until)
    query = select(*columns).join(portal_runs, portal_runs.c.portal == portals.c.portal)
    rows = connection.execute(query.where(portal_runs.c.state == RUNNING).distinct())
    return {portal: holder if until is not None and until > at else None for portal, holder, until in rows}

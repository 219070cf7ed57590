"""Runs: crawls, imports and re-extractions, and what each portal gave in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from storage.tables import portal_runs, portals, runs
from tracking.outcome import INTERRUPTED, RUNNING, Outcome

# A run that began longer ago and never ended was cut off: no crawl takes so long.
_LONGEST_RUN = timedelta(days=1)


def start(connection: Connection, kind: str, at: datetime) -> int:
    """The id of a new run, begun at `at` (aware UTC).

    `kind` is crawl, import or reextract. Runs that began a day ago and never ended are marked as interrupted.
    """
    dead = (runs.c.state == RUNNING) & (runs.c.started_at < at - _LONGEST_RUN)
    connection.execute(update(runs).where(dead).values(state=INTERRUPTED, finished_at=at))
    row = connection.execute(insert(runs).values(kind=kind, state=RUNNING, started_at=at).returning(runs.c.id))
    return int(row.scalar_one())


def finish(connection: Connection, run: int, state: str, at: datetime) -> None:
    """Note that a run ended at `at` (aware UTC), and in which state."""
    connection.execute(update(runs).where(runs.c.id == run).values(state=state, finished_at=at))


def start_portal(connection: Connection, run: int, portal: str, at: datetime) -> None:
    """Note that a run begins to crawl a portal at `at` (aware UTC).

    The caller has the portal's lease, so that earlier crawls of it that never ended are marked as interrupted.
    """
    interrupt(connection, portal, at)
    connection.execute(insert(portal_runs).values(run_id=run, portal=portal, state=RUNNING, started_at=at))


def interrupt(connection: Connection, portal: str, at: datetime) -> None:
    """Mark the crawls of a portal that never ended as interrupted; the caller knows that none of them still runs."""
    stale = (portal_runs.c.portal == portal) & (portal_runs.c.state == RUNNING)
    cut_off = list(connection.execute(select(portal_runs.c.run_id).where(stale)).scalars())
    connection.execute(update(portal_runs).where(stale).values(state=INTERRUPTED, finished_at=at))
    _interrupt_runs(connection, cut_off, at)


def _interrupt_runs(connection: Connection, cut_off: Sequence[int], at: datetime) -> None:
    """Mark those runs as interrupted in which no portal is being crawled any more."""
    under_way = select(portal_runs.c.run_id).where(portal_runs.c.state == RUNNING)
    dead = runs.c.id.in_(cut_off) & (runs.c.state == RUNNING) & runs.c.id.not_in(under_way)
    connection.execute(update(runs).where(dead).values(state=INTERRUPTED, finished_at=at))


def finish_portal(connection: Connection, run: int, outcome: Outcome, at: datetime) -> None:
    """Note how the crawl of one portal in a run ended, at `at` (aware UTC)."""
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

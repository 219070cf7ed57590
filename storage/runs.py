"""Runs of crawls and imports, and what each portal gave in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from storage.tables import portal_runs, portals, runs
from tracking.sightings import Tally, Trouble

_LONGEST_RUN = timedelta(days=1)
RUNNING, DONE, FAILED, INTERRUPTED = "running", "done", "failed", "interrupted"
# Nothing was crawled: somebody else does, or the portal asked to be left in peace.
BUSY, RESTING = "busy", "resting"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the crawl of one portal ended; `error` is the first thing that went wrong with its lists, one line.

    `trouble` is of what kind that is; until `rest_until` the portal asked to be left in peace.
    """

    portal: str
    state: str
    listed: int
    tally: Tally
    certified: bool
    gap_hours: float | None
    error: str | None
    trouble: Trouble | None = None
    rest_until: datetime | None = None


def start(connection: Connection, kind: str, at: datetime) -> int:
    """The id of a new run; runs that began a day ago and never ended are marked as interrupted."""
    dead = (runs.c.state == RUNNING) & (runs.c.started_at < at - _LONGEST_RUN)
    connection.execute(update(runs).where(dead).values(state=INTERRUPTED, finished_at=at))
    row = connection.execute(insert(runs).values(kind=kind, state=RUNNING, started_at=at).returning(runs.c.id))
    return int(row.scalar_one())


def finish(connection: Connection, run: int, state: str, at: datetime) -> None:
    """Note how a run ended."""
    connection.execute(update(runs).where(runs.c.id == run).values(state=state, finished_at=at))


def start_portal(connection: Connection, run: int, portal: str, at: datetime) -> None:
    """Note that a run begins with a portal; crawls of it that were cut off are marked, since the lease is ours."""
    interrupt(connection, portal, at)
    connection.execute(insert(portal_runs).values(run_id=run, portal=portal, state=RUNNING, started_at=at))


def interrupt(connection: Connection, portal: str, at: datetime) -> None:
    """Mark the crawls of a portal that never ended; the caller knows that none of them goes on."""
    stale = (portal_runs.c.portal == portal) & (portal_runs.c.state == RUNNING)
    cut_off = list(connection.execute(select(portal_runs.c.run_id).where(stale)).scalars())
    connection.execute(update(portal_runs).where(stale).values(state=INTERRUPTED, finished_at=at))
    _interrupt_runs(connection, cut_off, at)


def _interrupt_runs(connection: Connection, cut_off: Sequence[int], at: datetime) -> None:
    """Mark those runs that no portal is being crawled for any more."""
    going_on = select(portal_runs.c.run_id).where(portal_runs.c.state == RUNNING)
    dead = runs.c.id.in_(cut_off) & (runs.c.state == RUNNING) & runs.c.id.not_in(going_on)
    connection.execute(update(runs).where(dead).values(state=INTERRUPTED, finished_at=at))


def finish_portal(connection: Connection, run: int, outcome: Outcome, at: datetime) -> None:
    """Note how a run ended for one portal."""
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
            certified=outcome.certified,
            gap_hours=outcome.gap_hours,
            error=outcome.error,
            trouble=outcome.trouble,
        )
    )


def last(connection: Connection) -> int | None:
    """The id of the newest run."""
    return connection.execute(select(func.max(runs.c.id))).scalar()


def unfinished(connection: Connection, at: datetime) -> dict[str, str | None]:
    """The portals with a crawl that never ended, each with the holder of its lease; None when that has run out."""
    columns = (portals.c.portal, portals.c.lease_holder, portals.c.lease_until)
    asked = select(*columns).join(portal_runs, portal_runs.c.portal == portals.c.portal)
    rows = connection.execute(asked.where(portal_runs.c.state == RUNNING).distinct())
    return {portal: holder if until is not None and until > at else None for portal, holder, until in rows}

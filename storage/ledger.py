"""The ledger, which is the append-only table of events, and the named readers, each with a cursor in it.

Events are numbered in the order of commits, while the lock of the writers is held. So no reader can move past an event
that is committed later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, or_, select, true, update

from storage.payloads import columns_of, payload_of
from storage.tables import articles, events, mentions, programmes, readers, versions
from tracking.events import Entry, Payload

# How many events one query reads: few enough to fit into memory, many enough that the queries cost little.
_EVENTS_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event before it has a number."""

    #: What happened.
    payload: Payload
    #: The name of the portal.
    portal: str
    #: Whether it concerns a tracked programme; a report without --all shows only such events.
    tracked: bool
    #: The id of the article; None for an event of a portal.
    article_id: int | None = None
    #: The id of the version that the event is about; None for an event of a portal.
    version_id: int | None = None


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events a report shows; None in a field means that any value will do."""

    #: Whether events that concern no tracked programme are shown as well.
    include_untracked: bool = False
    #: The id of the run that found the event.
    run: int | None = None
    #: Found at this instant (aware UTC) or later.
    since: datetime | None = None
    #: The key of a programme: its own events, and those of versions that mention it.
    programme: str | None = None
    #: The name of a portal.
    portal: str | None = None
    #: A value of `tracking.events.Kind`.
    kind: str | None = None


def append(connection: Connection, new: Sequence[NewEvent], at: datetime, run: int | None) -> None:
    """Number these events and write them; they were found at `at` (aware UTC) in `run`, None for no run.

    Call it inside `Database.write()`, so that the numbers rise in the order of commits.
    """
    if not new:
        return
    last = newest(connection)
    rows = [_values(event, at, run) | {"seq": last + i} for i, event in enumerate(new, 1)]
    connection.execute(insert(events), rows)


def newest(connection: Connection) -> int:
    """The number of the newest event; 0 in an empty ledger."""
    return connection.execute(select(func.max(events.c.seq))).scalar() or 0


def entries(connection: Connection, which: EventFilter, after: int, up_to: int) -> Iterator[Entry]:
    """The events that a filter selects, with numbers above `after` up to `up_to`, oldest first.

    They are read from the database in parts, as they are used, so that a long ledger does not fill the memory.
    """
    while True:
        page = connection.execute(_page(which, after, up_to)).fetchall()
        yield from map(_entry, page)
        if len(page) < _EVENTS_PER_QUERY:
            return
        after = page[-1].seq


def position(connection: Connection, reader: str) -> int:
    """The cursor of a reader: the number of the last event that it has read; 0 when it has read none."""
    return connection.execute(select(readers.c.seq).where(readers.c.name == reader)).scalar() or 0


def move(connection: Connection, reader: str, seq: int, at: datetime) -> None:
    """Note that a reader has seen everything up to `seq`, at `at` (aware UTC); a reader never moves backwards."""
    same = readers.c.name == reader
    if connection.execute(select(readers.c.seq).where(same)).scalar() is None:
        connection.execute(insert(readers).values(name=reader, seq=seq, moved_at=at))
        return
    connection.execute(update(readers).where(same, readers.c.seq < seq).values(seq=seq, moved_at=at))


def name_programmes(connection: Connection, names: Mapping[str, str]) -> None:
    """Store the names of programmes, by key, so that readers of the ledger need not load the programmes' files."""
    stored = {row.key: row.name for row in connection.execute(select(programmes))}
    for key, name in names.items():
        if key not in stored:
            connection.execute(insert(programmes).values(key=key, name=name))
        elif stored[key] != name:
            connection.execute(update(programmes).where(programmes.c.key == key).values(name=name))


def _values(event: NewEvent, at: datetime, run: int | None) -> dict[str, Any]:
    """A row of `events`, without its number."""
    return columns_of(event.payload) | {
        "at": at,
        "run_id": run,
        "portal": event.portal,
        "article_id": event.article_id,
        "version_id": event.version_id,
        "tracked": event.tracked,
    }


def _page(which: EventFilter, after: int, up_to: int) -> Select[Any]:
    """The query for the next part of the selected events."""
    joined = events.outerjoin(versions, versions.c.id == events.c.version_id)
    joined = joined.outerjoin(articles, articles.c.id == events.c.article_id)
    joined = joined.outerjoin(programmes, programmes.c.key == events.c.programme)
    query = select(
        events,
        versions.c.number,
        versions.c.title,
        articles.c.key,
        articles.c.url,
        articles.c.published_at,
        programmes.c.name.label("programme_name"),
    ).select_from(joined)
    query = query.where(events.c.seq > after, events.c.seq <= up_to, *_conditions(which))
    return query.order_by(events.c.seq).limit(_EVENTS_PER_QUERY)


def _conditions(which: EventFilter) -> Iterator[ColumnElement[bool]]:
    """The conditions that a filter puts on the rows of events."""
    if not which.include_untracked:
        # Written as a comparison: without the "=" SQLite reads the whole ledger instead of using the index.
        yield events.c.tracked == true()
    if which.run is not None:
        yield events.c.run_id == which.run
    if which.since is not None:
        yield events.c.at >= which.since
    if which.programme is not None:
        yield _concerns(which.programme)
    if which.portal is not None:
        yield events.c.portal == which.portal
    if which.kind is not None:
        yield events.c.kind == which.kind


def _concerns(programme: str) -> ColumnElement[bool]:
    """The programme's own events, and those of articles that mention it in that version."""
    of_version = mentions.c.version_id == events.c.version_id
    mentioned = select(mentions.c.id).where(of_version, mentions.c.programme == programme).exists()
    return or_(events.c.programme == programme, events.c.programme.is_(None) & mentioned)


def _entry(row: Row[Any]) -> Entry:
    """The event in a row of `_page`."""
    return Entry(
        seq=row.seq,
        payload=payload_of(row),
        at=row.at,
        run=row.run_id,
        portal=row.portal,
        article=row.article_id,
        key=row.key,
        version=row.number,
        url=row.url,
        title=row.title,
        published_at=row.published_at,
        programme_name=row.programme_name,
    )

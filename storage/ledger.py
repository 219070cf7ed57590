"""The append-only list of events, and the named readers that each have a position in it.

Numbers are given in the order of commits, inside the writers' lock, so that no reader can step over an event that is
committed late.
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

# So many events are read at a time: few enough for memory, many enough that queries do not count.
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it has a number."""

    #: What happened.
    payload: Payload
    #: The name of the portal.
    portal: str
    #: Whether it concerns a tracked programme: only then readers see it who do not want everything.
    tracked: bool
    #: The id of the article; None for an event of a portal.
    article_id: int | None = None
    #: The id of the version that the event is about; None for an event of a portal.
    version_id: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events a reader wants; None means that it does not matter."""

    #: Also events that concern no tracked programme.
    everything: bool = False
    #: The id of the run that found them.
    run: int | None = None
    #: Found at this instant (aware UTC) or later.
    since: datetime | None = None
    #: The key of a programme: its own events, and those of versions that mention it.
    programme: str | None = None
    #: The name of a portal.
    portal: str | None = None
    #: A value of `tracking.events.Kind`.
    kind: str | None = None


def append(connection: Connection, drafts: Sequence[Draft], at: datetime, run: int | None) -> None:
    """Number the events, found at `at` (aware UTC) in `run` or outside of runs, and write them.

    Call it inside `Database.write()`: then numbers are given in the order of commits.
    """
    if not drafts:
        return
    last = newest(connection)
    rows = [_values(draft, at, run) | {"seq": last + i} for i, draft in enumerate(drafts, 1)]
    connection.execute(insert(events), rows)


def newest(connection: Connection) -> int:
    """The number of the newest event; 0 in an empty ledger."""
    return connection.execute(select(func.max(events.c.seq))).scalar() or 0


def entries(connection: Connection, wanted: Wanted, after: int, up_to: int) -> Iterator[Entry]:
    """The wanted events with numbers above `after` up to `up_to`, oldest first.

    No more than a page of them is in memory at a time.
    """
    while True:
        page = connection.execute(_page(wanted, after, up_to)).fetchall()
        yield from map(_entry, page)
        if len(page) < _PAGE:
            return
        after = page[-1].seq


def position(connection: Connection, reader: str) -> int:
    """The number of the last event that a reader has seen; 0 for a reader who has seen none."""
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


def _values(draft: Draft, at: datetime, run: int | None) -> dict[str, Any]:
    """A row of `events`, without its number."""
    return columns_of(draft.payload) | {
        "at": at,
        "run_id": run,
        "portal": draft.portal,
        "article_id": draft.article_id,
        "version_id": draft.version_id,
        "tracked": draft.tracked,
    }


def _page(wanted: Wanted, after: int, up_to: int) -> Select[Any]:
    """The next page of wanted events."""
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
    query = query.where(events.c.seq > after, events.c.seq <= up_to, *_conditions(wanted))
    return query.order_by(events.c.seq).limit(_PAGE)


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """What the rows of wanted events fulfil."""
    if not wanted.everything:
        # Compared, not bare: without the "=" SQLite walks the whole ledger instead of the index.
        yield events.c.tracked == true()
    if wanted.run is not None:
        yield events.c.run_id == wanted.run
    if wanted.since is not None:
        yield events.c.at >= wanted.since
    if wanted.programme is not None:
        yield _concerns(wanted.programme)
    if wanted.portal is not None:
        yield events.c.portal == wanted.portal
    if wanted.kind is not None:
        yield events.c.kind == wanted.kind


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

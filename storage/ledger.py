"""The append-only list of events, and the named readers that each stand somewhere in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, or_, select, true, update

from storage.tables import articles, events, mentions, programmes, readers, versions
from tracking.events import Entry, Kind

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it has a number."""

    kind: Kind
    portal: str
    tracked: bool
    article_id: int | None = None
    version_id: int | None = None
    programme: str | None = None
    sentence: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events a reader asks for; an empty field asks for all. Without `everything`, only what is tracked."""

    everything: bool = False
    run: int | None = None
    since: datetime | None = None
    programme: str | None = None
    portal: str | None = None
    kind: str | None = None


def append(connection: Connection, drafts: Sequence[Draft], at: datetime, run: int | None) -> None:
    """Number the events and write them; call it inside `Database.write()`, which gives numbers in commit order."""
    if not drafts:
        return
    last = newest(connection)
    rows = [_values(draft, at, run) | {"seq": last + i} for i, draft in enumerate(drafts, 1)]
    connection.execute(insert(events), rows)


def newest(connection: Connection) -> int:
    """The number of the newest event; 0 in an empty ledger."""
    return connection.execute(select(func.max(events.c.seq))).scalar() or 0


def entries(connection: Connection, wanted: Wanted, after: int, up_to: int) -> Iterator[Entry]:
    """The events asked for, above number `after` up to `up_to`, oldest first, a page of them in memory at a time."""
    while True:
        page = connection.execute(_page(wanted, after, up_to)).fetchall()
        yield from map(_entry, page)
        if len(page) < _PAGE:
            return
        after = page[-1].seq


def position(connection: Connection, reader: str) -> int:
    """The number of the last event that a reader was told; 0 for one who never looked."""
    return connection.execute(select(readers.c.seq).where(readers.c.name == reader)).scalar() or 0


def move(connection: Connection, reader: str, seq: int, at: datetime) -> None:
    """Note that a reader was told everything up to `seq`; never moves backwards."""
    same = readers.c.name == reader
    if connection.execute(select(readers.c.seq).where(same)).scalar() is None:
        connection.execute(insert(readers).values(name=reader, seq=seq, moved_at=at))
        return
    connection.execute(update(readers).where(same, readers.c.seq < seq).values(seq=seq, moved_at=at))


def name_programmes(connection: Connection, names: Mapping[str, str]) -> None:
    """Keep the programmes' names, so that readers of the ledger need not load their files."""
    kept = {row.key: row.name for row in connection.execute(select(programmes))}
    for key, name in names.items():
        if key not in kept:
            connection.execute(insert(programmes).values(key=key, name=name))
        elif kept[key] != name:
            connection.execute(update(programmes).where(programmes.c.key == key).values(name=name))


def _values(draft: Draft, at: datetime, run: int | None) -> dict[str, Any]:
    return {
        "kind": draft.kind.value,
        "at": at,
        "run_id": run,
        "portal": draft.portal,
        "article_id": draft.article_id,
        "version_id": draft.version_id,
        "programme": draft.programme,
        "sentence": draft.sentence,
        "tracked": draft.tracked,
        "detail": json.dumps(dict(draft.detail), ensure_ascii=False) if draft.detail else None,
    }


def _page(wanted: Wanted, after: int, up_to: int) -> Select[Any]:
    joined = events.outerjoin(versions, versions.c.id == events.c.version_id)
    joined = joined.outerjoin(articles, articles.c.id == events.c.article_id)
    joined = joined.outerjoin(programmes, programmes.c.key == events.c.programme)
    asked = select(
        events,
        versions.c.number,
        versions.c.title,
        articles.c.key,
        articles.c.url,
        articles.c.published_at,
        programmes.c.name.label("programme_name"),
    ).select_from(joined)
    asked = asked.where(events.c.seq > after, events.c.seq <= up_to, *_conditions(wanted))
    return asked.order_by(events.c.seq).limit(_PAGE)


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
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
    told = select(mentions.c.id).where(mentions.c.version_id == events.c.version_id, mentions.c.programme == programme)
    return or_(events.c.programme == programme, events.c.programme.is_(None) & told.exists())


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        seq=row.seq,
        kind=Kind(row.kind),
        at=row.at,
        run=row.run_id,
        portal=row.portal,
        article=row.article_id,
        key=row.key,
        version=row.number,
        url=row.url,
        title=row.title,
        published_at=row.published_at,
        programme=row.programme,
        programme_name=row.programme_name,
        sentence=row.sentence,
        detail=json.loads(row.detail) if row.detail else {},
    )

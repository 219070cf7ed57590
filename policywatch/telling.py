"""Telling a reader what is new: the ledger from where the reader stands, rendered, and only then the reader moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage import ledger, portals
from storage.database import Database
from tracking.events import Entry, PortalState


@dataclass(frozen=True, slots=True)
class Look:
    """How a look goes: whose, what is wanted, from where, in which form, and whether the reader moves on after it."""

    reader: str
    wanted: ledger.Wanted
    format: str = "text"
    from_start: bool = False
    moves: bool = True


def tell(database: Database, look: Look, at: datetime, out: Callable[[str], None]) -> None:
    """Hand the lines to `out`; the reader moves after the last of them: a crash tells twice rather than never."""
    with database.read() as connection:
        newest = ledger.newest(connection)
        after = 0 if look.from_start else ledger.position(connection, look.reader)
        entries = ledger.entries(connection, look.wanted, after, newest)
        for line in _rendered(look.format, entries, portals.states(connection)):
            out(line)
    if look.moves and newest > after:
        with database.write() as connection:
            ledger.move(connection, look.reader, newest, at)


def _rendered(format_: str, entries: Iterable[Entry], states: Sequence[PortalState]) -> Iterator[str]:
    if format_ == "json":
        from outputs import jsonlines

        return jsonlines.render(entries)
    if format_ == "markdown":
        from outputs import markdown

        return markdown.render(entries, states)
    from outputs import text

    return text.render(entries, states)

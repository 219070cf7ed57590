"""The report of what is new to a reader: the events after its cursor; afterwards the cursor moves to the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage import ledger, portals
from storage.database import Database
from tracking.events import Entry, PortalState


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """Which events are reported, to which reader, and in which format."""

    #: The name of the reader.
    reader: str
    #: Which events are shown.
    event_filter: ledger.EventFilter
    #: "text", "json" or "markdown".
    format: str = "text"
    #: Whether the report begins with the first event of the ledger, instead of after the reader's cursor.
    from_start: bool = False
    #: Whether the reader's cursor moves to the end of the ledger afterwards.
    moves_reader: bool = True


def report(database: Database, options: ReportOptions, at: datetime, out: Callable[[str], None]) -> None:
    """Hand the lines of a report, made at `at` (aware UTC), to `out` one by one.

    The cursor moves after the last line. So after a crash events may be reported twice, but none is lost.
    """
    with database.read() as connection:
        newest = ledger.newest(connection)
        after = 0 if options.from_start else ledger.position(connection, options.reader)
        entries = ledger.entries(connection, options.event_filter, after, newest)
        for line in _rendered(options.format, entries, portals.states(connection)):
            out(line)
    if options.moves_reader and newest > after:
        with database.write() as connection:
            ledger.move(connection, options.reader, newest, at)


def _rendered(format_: str, entries: Iterable[Entry], states: Sequence[PortalState]) -> Iterator[str]:
    if format_ == "json":
        from outputs import jsonlines

        return jsonlines.render(entries)
    if format_ == "markdown":
        from outputs import markdown

        return markdown.render(entries, states)
    from outputs import text

    return text.render(entries, states)

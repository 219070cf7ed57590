"""What several commands share: opening the database, choosing portals, parsing times, and output."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policywatch import config
from policywatch.app.clock import now
from tracking.dates import BEIJING

if TYPE_CHECKING:
    from policywatch.app.catalogue import Catalogue
    from portals.portal import Portal
    from storage.database import Database

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def configured_database(settings: config.Config) -> Database:
    """The database of the configuration, migrated; DatabaseProblem when it cannot be used."""
    from storage.database import open_database

    return open_database(settings.database.url)


def tracked_programmes(settings: config.Config) -> Catalogue:
    """The tracked programmes; each file that cannot be used is named on stderr and left out."""
    from policywatch.app.catalogue import load_catalogue

    catalogue = load_catalogue(settings.programmes.path)
    for problem in catalogue.problems:
        print_error(str(problem))
    return catalogue


def chosen_portals(names: Sequence[str], settings: config.Config) -> list[Portal]:
    """The portals of these names, each once, or all of them; BadParameter for a name that does not exist."""
    from policywatch.app.portals import all_portals

    known = all_portals(settings.portals)
    for name in names:
        if name not in known:
            raise click.BadParameter(f"there is no portal {name!r}; there are {', '.join(sorted(known))}")
    return [known[name] for name in dict.fromkeys(names or sorted(known))]


def print_error(line: str) -> None:
    """Print one line on stderr, with the name of the program before it."""
    click.echo(f"policywatch: {line}", err=True)


def write_or_stdout(document: bytes, output: Path | None) -> None:
    """Write a document into a file, or to stdout with None; exit code 1 when the file cannot be written."""
    if output is None:
        sys.stdout.buffer.write(document)
        return
    from policywatch.app.files import write_atomically

    try:
        write_atomically(output, document)
    except OSError as error:
        print_error(f"{output}: {error.strerror}")
        sys.exit(1)


def columns(rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """The rows of a table as lines, in aligned columns; a Chinese character is two columns wide."""
    from rich.cells import cell_len

    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


class TimeParam(click.ParamType[datetime]):
    """A point in time as a user types it: 2026-11-20 (Beijing time), 2026-11-20T00:00Z, or so long ago: 36h, 7d."""

    name = "when"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        text = str(value)
        try:
            if text[-1:] in _UNITS and text[:-1].isdigit():
                return now() - timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
            at = datetime.fromisoformat(text)
            return (at.replace(tzinfo=BEIJING) if at.tzinfo is None else at).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{text!r} is not a time such as 2026-11-20, 2026-11-20T08:00+08:00, 36h or 7d", param, ctx)

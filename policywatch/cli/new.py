"""`policywatch new`: the events after a reader's cursor. It starts fast, because nothing of the crawler is imported."""

from __future__ import annotations

from datetime import datetime

import click

from policywatch import config
from policywatch.app.clock import now
from policywatch.app.report import ReportOptions, report
from policywatch.cli.common import TimeParam, configured_database, print_error
from storage import ledger
from storage.database import Database
from tracking.events import Kind

_DEFAULT_READER = "default"
# Characters of the name of a reader, as its column in the database has room for.
_LONGEST_NAME = 128


@click.command("new")
@click.option(
    "--as", "reader", metavar="NAME", help="Report to this reader; each reader has a cursor of its own in the ledger."
)
@click.option("--peek", is_flag=True, help="Do not move the reader's cursor: the next report shows the same again.")
@click.option(
    "--run", metavar="last|ID", help="Only the events of one run, reported before or not. Does not move the cursor."
)
@click.option(
    "--since",
    type=TimeParam(),
    help="Only events since 2026-11-20, 36h or 7d ago, reported before or not. Does not move the cursor.",
)
@click.option("--programme", metavar="KEY", help="Only what concerns this programme.")
@click.option("--portal", metavar="NAME", help="Only this portal.")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Only events of this kind.")
@click.option("--all", "everything", is_flag=True, help="Also show what concerns no tracked programme.")
@click.option("--format", "format_", type=click.Choice(["text", "json", "markdown"]), default="text")
def command(
    reader: str | None,
    peek: bool,
    run: str | None,
    since: datetime | None,
    programme: str | None,
    portal: str | None,
    kind: str | None,
    everything: bool,
    format_: str,
) -> None:
    """Report what is new since the last report to this reader.

    A report that is narrowed by --programme, --portal or --kind moves the cursor only of a reader that --as names.
    Otherwise the next report to the default reader would not show what was hidden now.
    """
    database = configured_database(config.load())
    narrowed = bool(programme or portal or kind)
    looks_back = run is not None or since is not None
    event_filter = ledger.EventFilter(
        include_untracked=everything,
        run=_run(database, run),
        since=since,
        programme=programme,
        portal=portal,
        kind=kind,
    )
    moves_reader = not (peek or looks_back or (narrowed and reader is None))
    options = ReportOptions(_named(reader), event_filter, format_, from_start=looks_back, moves_reader=moves_reader)
    report(database, options, now(), click.echo)
    if narrowed and reader is None and not (peek or looks_back):
        print_error(
            "a narrowed report does not move the cursor of the default reader; use a reader of its own with --as NAME"
        )


def _named(reader: str | None) -> str:
    """The name that --as gives, or that of the default reader; BadParameter for one that cannot be used."""
    if reader is None:
        return _DEFAULT_READER
    if not reader.strip() or len(reader) > _LONGEST_NAME or not reader.isprintable():
        raise click.BadParameter("a reader's name is a short, printable text", param_hint="--as")
    return reader


def _run(database: Database, run: str | None) -> int | None:
    if run is None:
        return None
    if run == "last":
        from storage import runs

        with database.read() as connection:
            newest = runs.last(connection)
        if newest is None:
            raise click.BadParameter("there was no run yet", param_hint="--run")
        return newest
    if not run.isdecimal():
        raise click.BadParameter(f"{run!r} is neither `last` nor the number of a run", param_hint="--run")
    return int(run)

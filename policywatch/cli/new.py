"""`policywatch new`: the events that a reader has not seen yet. Starts fast: nothing of the crawler is imported."""

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
# Characters; the database has room for so many.
_LONGEST_NAME = 128


@click.command("new")
@click.option("--as", "reader", metavar="NAME", help="Read as this reader; each has its own place in the ledger.")
@click.option("--peek", is_flag=True, help="Do not move the reader: the next report shows the same again.")
@click.option("--run", metavar="last|ID", help="What one run brought, read or not. Does not move the reader.")
@click.option("--since", type=TimeParam(), help="What came since: 2026-11-20, 36h, 7d. Does not move the reader.")
@click.option("--programme", metavar="KEY", help="Only what concerns this programme.")
@click.option("--portal", metavar="NAME", help="Only this portal.")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Only events of this kind.")
@click.option("--all", "everything", is_flag=True, help="Also what concerns no tracked programme.")
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
    """What is new since this reader last looked.

    A report that is narrowed by --programme, --portal or --kind moves a reader only if --as names it, so that
    the default reader never passes over what another report would have shown.
    """
    database = configured_database(config.load())
    narrowed = bool(programme or portal or kind)
    back = run is not None or since is not None
    wanted = ledger.EventFilter(
        include_untracked=everything,
        run=_run(database, run),
        since=since,
        programme=programme,
        portal=portal,
        kind=kind,
    )
    moves = not (peek or back or (narrowed and reader is None))
    options = ReportOptions(_named(reader), wanted, format_, from_start=back, moves_reader=moves)
    report(database, options, now(), click.echo)
    if narrowed and reader is None and not (peek or back):
        print_error("a narrowed report does not move the default reader; give it a reader of its own with --as NAME")


def _named(reader: str | None) -> str:
    """The name of a reader that --as gives, or the default one."""
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

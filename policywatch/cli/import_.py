"""`policywatch import`: articles from files in the sample format."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from policywatch import config
from policywatch.app.clock import now
from policywatch.cli.common import configured_database, print_error, tracked_programmes


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def command(files: tuple[Path, ...]) -> None:
    """Import articles in the sample format. When a crawl finds one of them later, the two become one article."""
    from policywatch.app.portals import all_portals
    from policywatch.app.samples import Import

    settings = config.load()
    catalogue = tracked_programmes(settings)
    importing = Import(
        configured_database(settings), catalogue.programmes, all_portals(settings.portals).values(), now()
    )
    report = importing.run(files)
    for problem in report.problems:
        print_error(problem)
    click.echo(f"{report.done} read: {report.tally.new} new, {report.tally.edited} changed")
    sys.exit(1 if report.problems or catalogue.problems else 0)

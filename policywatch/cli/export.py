"""`policywatch export`: articles as files in the sample format."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from policywatch import config
from policywatch.cli.common import configured_database, print_error


@click.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--programme", metavar="KEY", help="Only articles that mention this programme.")
def command(folder: Path, programme: str | None) -> None:
    """Write articles in the sample format below DIR, as section/site/channel/title.md."""
    from policywatch.app.samples import export

    report = export(configured_database(config.load()), folder, programme)
    for problem in report.problems:
        print_error(problem)
    click.echo(f"{report.done} written below {folder}")
    sys.exit(1 if report.problems else 0)

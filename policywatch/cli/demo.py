"""`policywatch demo`: a tour without network."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from policywatch.cli.common import complain


@click.command("demo")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("demo-output"),
    show_default=True,
    help="Where the database and the feed of the tour are left.",
)
def command(folder: Path) -> None:
    """A tour without network: two local portals, three days."""
    from rich.console import Console

    from policywatch.demo.folder import CannotBegin
    from policywatch.demo.guide import Guide
    from policywatch.demo.tour import play

    try:
        play(folder, Guide(Console(highlight=False)))
    except CannotBegin as problem:
        complain(str(problem))
        sys.exit(2)

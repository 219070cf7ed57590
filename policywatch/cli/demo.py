"""`policywatch demo`: a tour without network."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import click


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

    from policywatch.demo.guide import Guide
    from policywatch.demo.tour import play

    play(folder, Guide(Console(highlight=False)), _program())


def _program() -> str:
    """What the user types to call policywatch: a virtual environment need not be on the search path."""
    called = Path(sys.argv[0])
    if shutil.which("policywatch") is not None:
        return "policywatch"
    return f"{shlex.quote(sys.executable)} -m policywatch" if called.suffix == ".py" else shlex.quote(sys.argv[0])

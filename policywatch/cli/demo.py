"""`policywatch demo`: a demonstration without network."""

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
    help="Where the database and the feed of the demonstration are written.",
)
def command(folder: Path) -> None:
    """A demonstration without network: two local portals, three days."""
    from rich.console import Console

    from policywatch.demo.guide import Guide
    from policywatch.demo.tour import play

    play(folder, Guide(Console(highlight=False)), _program())


def _program() -> str:
    """The command that calls policywatch for this user: a virtual environment may not be on the search path."""
    called = Path(sys.argv[0])
    if shutil.which("policywatch") is not None:
        return "policywatch"
    return f"{shlex.quote(sys.executable)} -m policywatch" if called.suffix == ".py" else shlex.quote(sys.argv[0])

"""`policywatch programmes`: the programmes that are tracked."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from policywatch import config
from policywatch.app.catalogue import load_catalogue
from policywatch.cli.common import print_error, tracked_programmes
from tracking.programmes import Programme


@click.group("programmes", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List the tracked programmes, or check their files."""
    if context.invoked_subcommand is None:
        context.invoke(list_)


@command.command("list")
def list_() -> None:
    """List the programmes as a tree, with their names."""
    for line in _tree(tracked_programmes(config.load()).programmes, None, 0):
        click.echo(line)


@command.command("check")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path | None) -> None:
    """Load every programme file, run its examples, and name each file that is wrong."""
    catalogue = load_catalogue(folder or config.load().programmes.path)
    for problem in catalogue.problems:
        print_error(str(problem))
    click.echo(f"{len(catalogue.programmes)} programmes are right, {len(catalogue.problems)} files are wrong")
    sys.exit(1 if catalogue.problems else 0)


def _tree(programmes: Sequence[Programme], parent: str | None, depth: int) -> Iterator[str]:
    for programme in sorted(programmes, key=lambda p: p.key):
        if programme.parent == parent:
            yield f"{'  ' * depth}{programme.name}  [{programme.key}]"
            yield from _tree(programmes, programme.key, depth + 1)

"""`policywatch db`: upgrades, checks and copies of the database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from policywatch import config
from policywatch.cli.common import configured_database, print_error


@click.group("db")
def command() -> None:
    """Upgrade, check or copy the database."""


@command.command("upgrade")
def upgrade() -> None:
    """Create the database or bring it to the newest form; every command does this at first use too."""
    from storage.database import HEAD

    click.echo(f"{configured_database(config.load()).address}: at revision {HEAD}")


@command.command("check")
def check() -> None:
    """Look for damage: the database's own check, rows without parents, versions that are missing."""
    from storage.checks import problems

    database = configured_database(config.load())
    found = problems(database)
    for problem in found:
        print_error(f"{database.address}: {problem}")
    if not found:
        click.echo(f"{database.address}: good")
    sys.exit(1 if found else 0)


@command.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy a SQLite database into FILE, while crawls go on; a PostgreSQL one is for pg_dump."""
    from storage.checks import BackupError, back_up

    database = configured_database(config.load())
    try:
        back_up(database, file)
    except BackupError as error:
        print_error(str(error))
        sys.exit(1)
    click.echo(f"{file}: written")

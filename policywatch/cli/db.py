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
    """Create the database, or migrate it to the newest schema; every other command does so as well."""
    from storage.database import HEAD

    click.echo(f"{configured_database(config.load()).address}: at revision {HEAD}")


@command.command("check")
def check() -> None:
    """Look for damage: by the check of the database itself, for broken references, for missing versions."""
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
    """Copy a SQLite database into FILE, also while a crawl is running. For PostgreSQL use pg_dump."""
    from storage.checks import BackupError, back_up

    database = configured_database(config.load())
    try:
        back_up(database, file)
    except BackupError as error:
        print_error(str(error))
        sys.exit(1)
    click.echo(f"{file}: written")

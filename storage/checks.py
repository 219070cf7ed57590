"""Whether a database is whole, and copies of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Select, func, select

from storage.database import Database, DatabaseProblem
from storage.tables import articles, events, versions


class CannotBackUp(Exception):
    """No copy was made; the message names the file and the reason."""


def problems(database: Database) -> list[str]:
    """What is wrong with a database, a line each; nothing for a good one."""
    found: list[str] = []
    try:
        with database.read() as connection:
            for problem in _problems(connection):
                found.append(problem)
    except DatabaseProblem as error:
        # What is badly damaged cannot even be looked at; what was found before stands.
        found.append(str(error).removeprefix(f"{database.address}: "))
    return found


def _problems(connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        yield from _sqlite_problems(connection)
    for what, asked in _promises().items():
        if count := _count(connection, asked):
            yield f"{count} {what}"


def _sqlite_problems(connection: Connection) -> Iterator[str]:
    for row in connection.exec_driver_sql("PRAGMA integrity_check"):
        yield from (line for line in row[0].splitlines() if line != "ok")
    if orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        yield f"{len(orphans)} rows without their parents"


def _promises() -> dict[str, Select[tuple[int]]]:
    newest = (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.version)
    told = (events.c.article_id == articles.c.id) & (events.c.kind == "article.new")
    return {
        "articles without their newest version": select(articles.c.id).where(
            ~select(versions.c.id).where(newest).exists()
        ),
        "articles whose beginning was never told": select(articles.c.id).where(
            ~select(events.c.seq).where(told).exists()
        ),
    }


def _count(connection: Connection, asked: Select[tuple[int]]) -> int:
    return connection.execute(select(func.count()).select_from(asked.subquery())).scalar_one()


def back_up(database: Database, file: Path) -> None:
    """A copy of a SQLite database at one instant; CannotBackUp when it is another, or the file is there already."""
    if database.engine.dialect.name != "sqlite":
        raise CannotBackUp(f"{database.address}: use pg_dump for a PostgreSQL database")
    if file.exists():
        raise CannotBackUp(f"{file}: is there already, and is not overwritten")
    try:
        # Elsewhere first: a copy that was cut off must not stand there like a whole one.
        with TemporaryDirectory(dir=file.parent, prefix=".policywatch-") as folder:
            _copy(database, Path(folder) / file.name).rename(file)
    except (OSError, sqlite3.Error) as error:
        raise CannotBackUp(f"{file}: {error}") from error


def _copy(database: Database, file: Path) -> Path:
    with database.engine.connect() as connection:
        connection.connection.dbapi_connection.execute("VACUUM INTO ?", (str(file),))  # type: ignore[union-attr]
    return file

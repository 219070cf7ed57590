"""Checks a database for damage, and makes copies of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Select, func, select

from storage.database import Database, DatabaseProblem
from storage.tables import articles, events, newest_version, versions
from tracking.errors import PolicywatchError
from tracking.events import Kind


class BackupError(PolicywatchError):
    """No copy was made; as a text, one line of `place`, a file or the address of the database, and `reason`."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(place, reason)
        self.place, self.reason = place, reason

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


def problems(database: Database) -> list[str]:
    """What is wrong with a database, one line for each kind of damage; empty for a good one."""
    found: list[str] = []
    try:
        with database.read() as connection:
            for problem in _problems(connection):
                found.append(problem)
    except DatabaseProblem as error:
        # A badly damaged database cannot be queried any further; what was found before is still reported.
        found.append(error.reason)
    return found


def _problems(connection: Connection) -> Iterator[str]:
    """One line for each kind of damage, by all checks."""
    if connection.dialect.name == "sqlite":
        yield from _sqlite_problems(connection)
    for what, query in _violations().items():
        if count := _count(connection, query):
            yield f"{count} {what}"


def _sqlite_problems(connection: Connection) -> Iterator[str]:
    """What SQLite itself finds damaged."""
    for row in connection.exec_driver_sql("PRAGMA integrity_check"):
        yield from (line for line in row[0].splitlines() if line != "ok")
    if orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        yield f"{len(orphans)} rows that refer to a missing row"


def _violations() -> dict[str, Select[tuple[int]]]:
    """Queries for rows that must not exist, each by what such rows are called in a report."""
    newest = select(versions.c.id).where(newest_version)
    new_event = select(events.c.seq).where(
        events.c.article_id == articles.c.id, events.c.kind == Kind.ARTICLE_NEW.value
    )
    return {
        "articles without their newest version": select(articles.c.id).where(~newest.exists()),
        "articles without an article.new event": select(articles.c.id).where(~new_event.exists()),
    }


def _count(connection: Connection, query: Select[tuple[int]]) -> int:
    """How many rows a query finds."""
    return connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()


def back_up(database: Database, file: Path) -> None:
    """Write a copy of a SQLite database, as it is at one instant, to a new file.

    BackupError when the database is not SQLite, the file exists, or it cannot be written; then no file is left.
    """
    if database.engine.dialect.name != "sqlite":
        raise BackupError(database.address, "use pg_dump for a PostgreSQL database")
    if file.exists():
        raise BackupError(str(file), "exists already and is not overwritten")
    try:
        # Written into a temporary folder first: an incomplete copy must not look like a complete one.
        with TemporaryDirectory(dir=file.parent, prefix=".policywatch-") as folder:
            _copy(database, Path(folder) / file.name).rename(file)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(str(file), str(error)) from error


def _copy(database: Database, file: Path) -> Path:
    """Let SQLite write a copy of the database to `file`, and return `file`."""
    with database.engine.connect() as connection:
        connection.connection.dbapi_connection.execute("VACUUM INTO ?", (str(file),))  # type: ignore[union-attr]
    return file

"""Whether a database is whole, and copies of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Select, func, select

from storage.database import Database
from storage.tables import articles, events, versions


class CannotBackUp(Exception):
    """No copy was made; the message names the file and the reason."""


def problems(database: Database) -> list[str]:
    """What is wrong with a database, a line each; nothing for a good one."""
    with database.read() as connection:
        found = _sqlite_problems(connection) if connection.dialect.name == "sqlite" else []
        return found + [
            f"{count} {what}" for what, asked in _promises().items() if (count := _count(connection, asked))
        ]


def _sqlite_problems(connection: Connection) -> list[str]:
    said = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    return [line for line in said if line != "ok"] + [f"{len(orphans)} rows without their parents"] * bool(orphans)


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
        with database.engine.connect() as connection:
            connection.connection.dbapi_connection.execute("VACUUM INTO ?", (str(file),))  # type: ignore[union-attr]
    except sqlite3.Error as error:
        raise CannotBackUp(f"{file}: {error}") from error

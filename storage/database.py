"""Opens the database at an address, and migrates it when needed; SQLite for one person, PostgreSQL for a team.

All other modules of this folder take a `Connection` from `Database.read()` or `Database.write()`, and leave the
transaction to the caller.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from tracking.errors import PolicywatchError

# The newest revision in migrations/; a test holds it equal to Alembic's head.
HEAD = "0003"

# Beside this package, in a checkout and in an installed wheel alike. Found by its place, not by import: an import would
# find a folder of that name in the working directory first.
_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

# Numbers of advisory locks of PostgreSQL, any that no other program uses on the same database. Every writer takes the
# first one (on SQLite: BEGIN IMMEDIATE), so that events commit in the order of their numbers.
_WRITER_LOCK, _MIGRATION_LOCK = 7079_0001, 7079_0002
# How often we try to switch to the write-ahead log, and the seconds between two tries: ten seconds in all.
_WAL_TRIES, _WAL_PAUSE_SECONDS = 1000, 0.01
# Seconds that a connection to SQLite waits for a lock: a batch of a crawl holds it for far less.
_LOCK_SECONDS = 60
# Characters of a driver's message that are shown; some messages quote whole statements.
_LONGEST_MESSAGE = 300


class DatabaseProblem(PolicywatchError):
    """The database cannot be used; as a text, one line of `address`, without its password, and `reason`."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(address, reason)
        self.address, self.reason = address, reason

    def __str__(self) -> str:
        return f"{self.address}: {self.reason}"


class Database:
    """An open database: `read()` and `write()` give connections in a transaction."""

    def __init__(self, engine: Engine) -> None:
        """Use an engine as it is; `open_database` makes one from an address."""
        self._engine = engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads.

        What a driver reports in it is raised as DatabaseProblem.
        """
        with _problems_of(self._engine.url), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that no other writer shares: one at a time, on both kinds of database.

        It is committed at the end, and undone by an exception. What a driver reports is raised as DatabaseProblem.
        """
        with _problems_of(self._engine.url), self._engine.connect() as connection:
            connection = connection.execution_options(policywatch_writes=True)
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})"))
                yield connection

    @property
    def address(self) -> str:
        """The address without its password."""
        return _shown(self._engine.url)

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's engine, for migrations and copies, which need connections of their own kind."""
        return self._engine

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def open_database(address: str) -> Database:
    """The database at an address such as sqlite:///FILE or postgresql://HOST/NAME, created and migrated when needed.

    DatabaseProblem when it cannot be opened, or a newer policywatch made it.
    """
    url = _parsed(address)
    try:
        with _problems_of(url):
            database = Database(_engine(url))
            found = _revision(database)
    except (ImportError, TypeError, ValueError) as error:
        # A driver that is not installed, or an option in the address that it does not take.
        raise DatabaseProblem(_shown(url), _one_line(error)) from error
    if found == HEAD:
        return database
    if found is not None and found > HEAD:
        raise DatabaseProblem(
            database.address, f"made by a newer policywatch (revision {found}; this one supports {HEAD})"
        )
    with _problems_of(url):
        migrate(database)
    return database


def migrate(database: Database) -> None:
    """Bring the database to the newest revision in one transaction.

    When several processes try at once, one migrates, and the others wait and find that nothing is left to do.
    """
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # With foreign keys on, rebuilding a table deletes the rows that point to it.
            _pragma(connection, "foreign_keys=OFF")
        with connection.execution_options(policywatch_writes=True).begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            _upgrade(connection)
        if connection.dialect.name == "sqlite":
            _pragma(connection, "foreign_keys=ON")


def _upgrade(connection: Connection) -> None:
    """Run the migrations that are missing; on SQLite, check that no row lost the row that it points to."""
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(alembic_config(connection), "head")
    except CommandError as error:
        raise DatabaseProblem(_shown(connection.engine.url), _one_line(error)) from error
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise DatabaseProblem(
                _shown(connection.engine.url),
                f"after the migration {len(broken)} rows would refer to a missing row; nothing was changed",
            )


def alembic_config(connection: Connection) -> Any:
    """Alembic's configuration for one connection; the migrations are found wherever they are installed."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _revision(database: Database) -> str | None:
    """The revision that the database is at; None for an empty one."""
    with database.engine.connect() as connection:
        if not connection.dialect.has_table(connection, "alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _parsed(address: str) -> URL:
    """The parts of an address; DatabaseProblem when it cannot be used."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise DatabaseProblem("database address", "not of the form sqlite:///FILE or postgresql://HOST/NAME") from None
    if url.get_backend_name() != "sqlite" and "@" in f"{url.host}{url.database}":
        # It is part of a password, and must not be shown.
        raise DatabaseProblem("database address", "in a user name or password, @ is written %40 and / is written %2F")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseProblem(_shown(url), "only sqlite and postgresql are supported")
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).parent.is_dir():
        raise DatabaseProblem(_shown(url), f"the folder {Path(url.database).parent} does not exist")
    return url


def _engine(url: URL) -> Engine:
    """The engine for an address, set up for one writer at a time."""
    if url.get_backend_name() == "postgresql":
        # A server may have another default. With one snapshot for the whole transaction, taken before the writers' lock
        # is held, a writer would not see the last events of the writer before it, and would reuse their numbers.
        return create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED")
    # The driver's own transactions are off (isolation_level None): it would begin each of them as a reader.
    engine = create_engine(url, connect_args={"timeout": _LOCK_SECONDS, "isolation_level": None})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Settings of each new connection to SQLite."""
    for setting in (f"busy_timeout={_LOCK_SECONDS * 1000}", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}").close()
    _use_wal(connection)


def _use_wal(connection: Any) -> None:
    """Switch to the write-ahead log, so that readers and a writer do not wait for each other.

    SQLite does not wait for a lock here, so that a database which others are just creating needs several tries.
    """
    for _ in range(_WAL_TRIES):
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(_WAL_PAUSE_SECONDS)
        else:
            return
    raise sqlite3.OperationalError("database is locked")


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction of SQLite."""
    # A writer that begins as a reader fails when another writes in between: take the lock at once.
    writes = connection.get_execution_options().get("policywatch_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _pragma(connection: Connection, setting: str) -> None:
    """Change a setting of a SQLite connection outside of transactions."""
    connection.connection.dbapi_connection.execute(f"PRAGMA {setting}")  # type: ignore[union-attr]


def _shown(url: URL) -> str:
    """An address without its password."""
    secret = [name for name in url.query if re.search("pass|pwd|secret", name, re.IGNORECASE)]
    return url.difference_update_query(secret).render_as_string(hide_password=True)


@contextmanager
def _problems_of(url: URL) -> Iterator[None]:
    """Turn errors of the driver and of SQLAlchemy into DatabaseProblem, one line that names the database."""
    try:
        yield
    except DBAPIError as error:
        raise DatabaseProblem(_shown(url), _one_line(error.orig or error)) from error
    except (NoSuchModuleError, SQLAlchemyError) as error:
        raise DatabaseProblem(_shown(url), _one_line(error)) from error


def _one_line(error: BaseException) -> str:
    """What an error says, on one line."""
    return " ".join(str(error).split())[:_LONGEST_MESSAGE]

"""From an address to an open database, and what is said when that cannot be."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, select, text

from storage import ledger, runs
from storage.database import _MIGRATION_LOCK, HEAD, Database, DatabaseProblem, open_database
from storage.tables import runs as table
from tests.storage.builders import DAY, kinds, see, seen
from tracking.events import ArticleNew

ROOT = Path(__file__).parents[2]
_numbers = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that nothing was ever created in, of both kinds in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.sqlite"
    template: str = request.getfixturevalue("postgresql")
    name = f"empty_{os.getpid()}_{next(_numbers)}"
    engine = create_engine(template.replace("/migrated?", "/postgres?"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return template.replace("/migrated?", f"/{name}?")


def problem(address: str) -> str:
    """What opening says, which is one line."""
    with pytest.raises(DatabaseProblem) as caught:
        open_database(address)
    (line,) = str(caught.value).splitlines()
    return line


def tables(address: str) -> set[str]:
    engine = create_engine(address)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def execute(address: str, *statements: str) -> None:
    engine = create_engine(address)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@contextmanager
def unprivileged() -> Iterator[Path]:
    """A folder of a user who may not write everywhere; root is nobody for that while."""
    with tempfile.TemporaryDirectory() as folder:
        if os.geteuid() != 0:
            yield Path(folder)
            return
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            os.seteuid(0)


# --- addresses ---


@pytest.mark.parametrize(
    "address",
    [
        "",
        "policywatch.sqlite",
        "sqlite",
        " sqlite:///x",
        "mysql://me:hunter2@localhost/x",
        "mysql://me:one@hunter2@localhost/x",
        "postgres://me:hunter2@localhost/x",
        "oracle://me:hunter2@localhost/x",
        "sqlite://me:hunter2@localhost/x",
        "sqlite+nosuchdriver:///x",
        "sqlite:///{folder}/nowhere/x.sqlite",
        "sqlite:///{folder}",
        "sqlite:///{folder}/x\0.sqlite",
        "sqlite:///{folder}/x.sqlite?timeout=soon",
        "postgresql+nosuchdriver://me:hunter2@localhost/x",
        "postgresql+psycopg2://me:hunter2@localhost/x",
        "postgresql://me:hunter2@localhost:port/x",
        "postgresql://me:hunter2@127.0.0.1:99999/x",
        "postgresql://me:hunter2@[::1/x",
        "postgresql://me:one@hunter2@localhost/x",
        "postgresql://me/hunter2:one@localhost/x",
        "postgresql://me:hunter2@127.0.0.1:1/x",
        "postgresql://me:hunter2@127.0.0.1:1/x?connect_timeout=soon",
        "postgresql://127.0.0.1:1/x?user=me&password=hunter2",
        "postgresql://127.0.0.1:1/x?sslpassword=hunter2",
        "postgresql://me@127.0.0.1:1/x?passwort=hunter2",
        "postgresql://me@127.0.0.1:1/x?nosuchoption=1\n2",
        "postgresql:///x?host=/nowhere",
    ],
)
def test_an_address_that_cannot_be_used_is_one_line_without_a_password(address: str, tmp_path: Path) -> None:
    line = problem(address.replace("{folder}", str(tmp_path)))
    assert "hunter2" not in line
    assert len(line) > 20


def test_the_address_of_an_open_database_is_shown_without_its_password() -> None:
    engine = create_engine("postgresql://me:hunter2@localhost:1/x?sslpassword=hunter2&sslmode=require")
    assert Database(engine).address == "postgresql://me:***@localhost:1/x?sslmode=require"


def test_a_missing_folder_is_named_and_not_created(tmp_path: Path) -> None:
    assert problem(f"sqlite:///{tmp_path}/nowhere/x.sqlite").endswith(f"the folder {tmp_path}/nowhere does not exist")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Not a database at all.\n" * 99)
    assert problem(f"sqlite:///{file}").endswith("file is not a database")
    assert file.read_text() == "Not a database at all.\n" * 99


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    open_database(f"sqlite:///{tmp_path}/empty").close()
    assert "events" in tables(f"sqlite:///{tmp_path}/empty")


def test_a_file_with_a_name_of_any_script_is_a_database(tmp_path: Path) -> None:
    file = tmp_path / "数字 经济 @ 'x'.sqlite"
    open_database(f"sqlite:///{file}").close()
    assert file.is_file()


@pytest.mark.parametrize("migrated", [False, True])
def test_a_file_that_may_not_be_written_is_one_line(migrated: bool) -> None:
    with unprivileged() as folder:
        address = f"sqlite:///{folder}/x.sqlite"
        if migrated:
            open_database(address).close()
        else:
            sqlite3.connect(folder / "x.sqlite").execute("CREATE TABLE other (id)").connection.close()
        (folder / "x.sqlite").chmod(0o400)
        assert "readonly" in (refused_write(address) if migrated else problem(address))


def refused_write(address: str) -> str:
    """What writing says to a database that can be opened."""
    database = open_database(address)
    with closing(database), pytest.raises(DatabaseProblem) as caught:
        see(database, seen())
    (line,) = str(caught.value).splitlines()
    return line


# --- opening ---


def test_an_empty_database_is_migrated_when_it_is_opened(empty: str) -> None:
    assert tables(empty) == set()
    database = open_database(empty)
    see(database, seen())
    assert kinds(database) == ["article.new", "mention.new"]
    database.close()
    again = open_database(empty)
    assert kinds(again) == ["article.new", "mention.new"]
    again.close()


def test_a_database_of_a_newer_policywatch_is_refused_and_left_as_it_is(empty: str) -> None:
    open_database(empty).close()
    execute(empty, "UPDATE alembic_version SET version_num = '9999'")
    assert f"made by a newer policywatch (revision 9999; this one supports {HEAD})" in problem(empty)
    assert "9999" in problem(empty)


def test_a_database_of_another_program_is_refused_and_left_as_it_is(empty: str) -> None:
    execute(empty, "CREATE TABLE alembic_version (version_num VARCHAR(32))", "CREATE TABLE orders (id INTEGER)")
    execute(empty, "INSERT INTO alembic_version VALUES ('0000abc')")
    assert "0000abc" in problem(empty)
    assert tables(empty) == {"alembic_version", "orders"}


def test_a_migration_that_fails_half_way_leaves_nothing_behind(empty: str) -> None:
    execute(empty, "CREATE TABLE versions (mine INTEGER)")
    assert "versions" in problem(empty)
    assert tables(empty) == {"versions"}
    execute(empty, "DROP TABLE versions")
    open_database(empty).close()
    assert {"versions", "events"} <= tables(empty)


OPENS = """
import sys
from storage.database import open_database
print("ready", flush=True)
sys.stdin.readline()
open_database(sys.argv[1]).close()
print("alembic" in sys.modules)
"""


def opener(address: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", OPENS, address]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_several_processes_may_open_an_empty_database_at_once(empty: str) -> None:
    processes = [opener(empty) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    complaints = [process.communicate(timeout=60)[1] for process in processes]
    assert (complaints, [process.returncode for process in processes]) == ([""] * 3, [0] * 3)
    database = open_database(empty)
    see(database, seen())
    assert kinds(database) == ["article.new", "mention.new"]
    database.close()


@pytest.mark.parametrize("empty", ["postgresql"], indirect=True)
def test_one_process_waits_while_another_migrates(empty: str) -> None:
    engine = create_engine(empty)
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with engine.begin() as migrating:
        migrating.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        process = opener(empty)
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        while not migrating.execute(waiting).scalar_one():
            assert process.poll() is None
        assert tables(empty) == set()
    engine.dispose()
    assert process.communicate(timeout=60) == ("ready\nTrue\n", "")
    assert "events" in tables(empty)


def test_opening_for_the_second_time_does_not_wait_for_the_migrations(tmp_path: Path) -> None:
    for loads_alembic in ("True", "False"):
        said, complaint = opener(f"sqlite:///{tmp_path}/x.sqlite").communicate("go\n", timeout=60)
        assert (said.split(), complaint) == (["ready", loads_alembic], "")


# --- transactions ---


def test_what_fails_inside_a_transaction_is_rolled_back(database: Database) -> None:
    def fails() -> None:
        with database.write() as connection:
            runs.start(connection, "crawl", DAY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    with database.read() as connection:
        assert runs.last(connection) is None


def test_what_the_database_refuses_is_one_line_that_names_it(database: Database) -> None:
    def fails() -> None:
        with database.write() as connection:
            ledger.append(connection, [ledger.NewEvent(ArticleNew(), "sina", True, article_id=99)], DAY, None)

    with pytest.raises(DatabaseProblem) as caught:
        fails()
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{database.address}: ")
    assert "foreign key" in line.lower()
    assert kinds(database) == []


def test_times_come_back_as_the_same_instant_in_utc(database: Database) -> None:
    abroad = datetime(2026, 11, 20, 23, 30, 1, 5, timezone(timedelta(hours=-9)))
    with database.write() as connection:
        runs.start(connection, "crawl", abroad)
    with database.read() as connection:
        kept = connection.execute(select(table.c.started_at)).scalar_one()
    assert kept == abroad
    assert kept.utcoffset() == timedelta(0)
    assert kept.astimezone(UTC).isoformat() == "2026-11-21T08:30:01.000005+00:00"


def test_a_time_without_a_zone_is_not_stored(database: Database) -> None:
    with pytest.raises(DatabaseProblem, match="without a zone"), database.write() as connection:
        runs.start(connection, "crawl", DAY.replace(tzinfo=None))

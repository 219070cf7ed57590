"""Damage is found, and copies are whole or not there."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, delete, update

from storage import ledger
from storage.checks import BackupError, back_up, problems
from storage.database import Database, DatabaseProblem, open_database
from storage.tables import articles, events
from tests.storage.builders import DAY, entries_of, kinds, see, seen
from tracking.events import PortalGap

ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A SQLite database with two hundred articles and all of it in one file."""
    database = open_database(f"sqlite:///{tmp_path}/x.sqlite")
    see(database, *(seen(f"a{number}", f"数字人民币第{number}条。") for number in range(200)))
    database.close()
    with closing(sqlite3.connect(tmp_path / "x.sqlite")) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return tmp_path / "x.sqlite"


def opened(file: Path) -> Database:
    return open_database(f"sqlite:///{file}")


def damage(database: Database, statement: object) -> None:
    with database.write() as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def refusal(database: Database, copy: Path) -> str:
    with pytest.raises(BackupError) as caught:
        back_up(database, copy)
    (line,) = str(caught.value).splitlines()
    return line


# --- problems ---


def test_a_good_database_has_no_problems(database: Database) -> None:
    assert problems(database) == []
    see(database, seen("a1"), seen("a2"))
    see(database, seen("a1", "另一稿。"), at=DAY + timedelta(hours=1))
    assert problems(database) == []


def test_an_article_whose_newest_version_is_missing_is_found(database: Database) -> None:
    see(database, seen("a1"), seen("a2"))
    damage(database, update(articles).where(articles.c.key == "a1").values(version=7))
    assert problems(database) == ["1 articles without their newest version"]


def test_an_article_that_no_reader_was_told_of_is_found(database: Database) -> None:
    see(database, seen("a1"), seen("a2"))
    damage(database, delete(events).where(events.c.kind == "article.new"))
    assert problems(database) == ["2 articles without an article.new event"]


def test_every_problem_is_named_not_only_the_first(database: Database) -> None:
    see(database, seen("a1"))
    damage(database, delete(events))
    damage(database, update(articles).values(version=7))
    assert len(problems(database)) == 2


def test_rows_without_their_parents_are_found(file: Path) -> None:
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("DELETE FROM versions WHERE id <= 3")
        raw.commit()
    found = problems(opened(file))
    assert "3 articles without their newest version" in found
    assert any(line.endswith("rows that refer to a missing row") for line in found)


def test_an_index_that_disagrees_with_its_table_is_found(file: Path) -> None:
    with closing(sqlite3.connect(file)) as raw:
        (root,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_articles_url'").fetchone()
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("DELETE FROM sqlite_master WHERE name = 'ix_articles_url'")
        raw.commit()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("DELETE FROM articles WHERE id = 200")
        raw.execute("PRAGMA writable_schema = ON")
        sql = "CREATE INDEX ix_articles_url ON articles (url)"
        raw.execute("INSERT INTO sqlite_master VALUES ('index', 'ix_articles_url', 'articles', ?, ?)", (root, sql))
        raw.commit()
    assert any("ix_articles_url" in line for line in problems(opened(file)))


def test_a_page_of_rubbish_in_the_file_is_told_and_no_crash(file: Path) -> None:
    data = bytearray(file.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = b"\xff" * 4096
    file.write_bytes(data)
    found = problems(opened(file))
    assert found
    assert all(line and "\n" not in line and str(file) not in line for line in found)


def test_a_file_that_lost_its_beginning_cannot_even_be_opened(file: Path) -> None:
    file.write_bytes(b"\0" * 4096 + file.read_bytes()[4096:])
    with pytest.raises(DatabaseProblem, match="not a database"):
        opened(file)


# --- copies ---


def test_a_copy_is_a_database_of_its_own_with_everything_in_it(file: Path, tmp_path: Path) -> None:
    original, copy = opened(file), tmp_path / "副本 'x'.sqlite"
    back_up(original, copy)
    see(original, seen("later"))
    copied = opened(copy)
    assert entries_of(copied) == entries_of(original)[: len(entries_of(copied))]
    assert len(entries_of(original)) - len(entries_of(copied)) == 2
    see(copied, seen("elsewhere"))
    assert problems(copied) == []
    assert "elsewhere" not in {entry.key for entry in entries_of(original)}


def test_a_copy_can_be_made_while_somebody_writes_and_holds_what_is_committed(file: Path, tmp_path: Path) -> None:
    original = opened(file)
    with original.write() as connection:
        ledger.append(connection, [ledger.NewEvent(PortalGap(1.0), "sina", True)], DAY, None)
        back_up(original, tmp_path / "copy.sqlite")
    assert "portal.gap" in kinds(original)
    assert "portal.gap" not in kinds(opened(tmp_path / "copy.sqlite"))


@pytest.mark.parametrize("content", [b"", b"precious"])
def test_a_file_that_is_there_is_not_overwritten(file: Path, tmp_path: Path, content: bytes) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(content)
    assert refusal(opened(file), copy).endswith("copy.sqlite: exists already and is not overwritten")
    assert copy.read_bytes() == content


def test_a_database_is_not_copied_onto_itself(file: Path) -> None:
    before = file.read_bytes()
    assert "not overwritten" in refusal(opened(file), file)
    assert file.read_bytes() == before


def test_a_copy_into_a_folder_that_is_not_there_is_one_line(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "nowhere" / "copy.sqlite"
    assert refusal(opened(file), copy).startswith(f"{copy}: ")


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from storage.checks import BackupError, back_up
from storage.database import open_database
database = open_database(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    back_up(database, Path(sys.argv[2]))
except BackupError as error:
    print(error)
"""


def test_a_copy_that_cannot_be_finished_leaves_nothing_that_looks_like_one(file: Path, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    copy = tmp_path / "copies" / "copy.sqlite"
    command = [sys.executable, "-c", FULL_DISK, f"sqlite:///{file}", str(copy)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{copy}: ")
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_postgresql_database_is_left_to_its_own_tool(tmp_path: Path) -> None:
    database = Database(create_engine("postgresql://me:hunter2@localhost:1/x"))
    line = refusal(database, tmp_path / "copy")
    assert line == "postgresql://me:***@localhost:1/x: use pg_dump for a PostgreSQL database"
    assert list(tmp_path.iterdir()) == []

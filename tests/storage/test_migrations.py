"""The migrations give exactly the tables, can be undone, and depend on nothing that changes later."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Constraint, Index, Table, inspect

from storage.database import HEAD, Database, alembic_config, migrate, open_database
from storage.tables import metadata
from tests.storage.builders import kinds, see, seen

ROOT = Path(__file__).parents[2]
VERSIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))
OURS = {"crawler", "migrations", "outputs", "policywatch", "programmes", "scheduler", "storage", "tracking", "web"}


def differences(database: Database) -> list[object]:
    """What `alembic check` would complain of."""
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names())


def downgrade(database: Database) -> None:
    with database.write() as connection:
        command.downgrade(alembic_config(connection), "base")


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module).partition(".")[0]


def test_there_is_one_newest_revision_and_the_code_knows_it(database: Database) -> None:
    with database.read() as connection:
        assert ScriptDirectory.from_config(alembic_config(connection)).get_heads() == [HEAD]


def test_revisions_are_numbered_so_that_a_newer_one_sorts_later() -> None:
    numbers = [path.name.partition("_")[0] for path in VERSIONS]
    assert numbers == [f"{number:04}" for number in range(1, len(VERSIONS) + 1)]
    assert numbers[-1] == HEAD


def test_the_migrations_give_exactly_the_tables_of_the_code(database: Database) -> None:
    assert differences(database) == []


@pytest.mark.parametrize(
    "damage", ["DROP TABLE readers", "ALTER TABLE events ADD COLUMN extra INTEGER", "DROP INDEX ix_events_at"]
)
def test_a_table_that_differs_from_the_code_would_be_noticed(database: Database, damage: str) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(damage)
    assert len(differences(database)) >= 1


def test_the_migrations_can_be_undone_and_done_again(database: Database) -> None:
    see(database, seen())
    downgrade(database)
    assert tables(database) <= {"alembic_version"}
    migrate(database)
    assert differences(database) == []
    see(database, seen())
    assert kinds(database) == ["article.new", "mention.new"]


@pytest.mark.parametrize("revision", [path.name.partition("_")[0] for path in VERSIONS])
def test_a_database_of_an_older_release_keeps_what_it_holds(database: Database, revision: str) -> None:
    see(database, seen())
    with database.write() as connection:
        command.downgrade(alembic_config(connection), revision)
    migrate(database)
    assert differences(database) == []
    assert see(database, seen()).unchanged == 1
    assert kinds(database) == ["article.new", "mention.new"]


def test_migrating_what_is_migrated_changes_nothing(database: Database) -> None:
    see(database, seen())
    migrate(database)
    assert kinds(database) == ["article.new", "mention.new"]
    assert differences(database) == []


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: str(table.name))
def test_every_constraint_and_index_has_a_name_to_be_changed_by(table: Table) -> None:
    named: list[Constraint | Index] = [*table.constraints, *table.indexes]
    assert all(thing.name for thing in named)


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: str(path.stem))
def test_a_revision_is_frozen_history_and_imports_nothing_of_ours(path: Path) -> None:
    assert set(imported(ast.parse(path.read_text("utf-8")))) <= {"__future__", "alembic", "sqlalchemy"}


def test_the_environment_looks_at_our_code_only_to_compare_for_the_alembic_command() -> None:
    tree = ast.parse((ROOT / "migrations" / "env.py").read_text("utf-8"))
    lookers = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and OURS & set(imported(node))]
    assert [node.name for node in lookers] == ["_target_metadata"]
    at_top = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert not OURS & {name for node in at_top for name in imported(node)}


def test_the_alembic_command_works_on_the_database_of_the_environment(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/x.sqlite"
    for arguments in (["upgrade", "head"], ["check"]):
        subprocess.run(
            [sys.executable, "-m", "alembic", *arguments],
            cwd=ROOT,
            env=os.environ | {"POLICYWATCH_DATABASE_URL": address},
            check=True,
            capture_output=True,
        )
    database = open_database(address)
    see(database, seen())
    assert kinds(database) == ["article.new", "mention.new"]
    database.close()

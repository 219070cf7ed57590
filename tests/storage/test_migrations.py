"""The migrations give exactly the tables, can be undone, and depend on nothing that changes later."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Constraint, Index, MetaData, Table, insert, inspect, select

from storage import articles, listings, portals
from storage.database import HEAD, Database, alembic_config, migrate, open_database
from storage.tables import metadata
from tests.storage.builders import DAY, entries_of, kinds, see, seen
from tracking.completeness import Watermark
from tracking.events import ArticleEdited, ArticleNew, PortalBroken, PortalGap, PortalRecovered, PortalState
from tracking.observation import FailureKind

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


# --- what an older database holds, row by row ---


def made_by(database: Database, revision: str) -> MetaData:
    """Bring an empty database back to an older revision; its tables as they were then."""
    old = MetaData()
    with database.write() as connection:
        command.downgrade(alembic_config(connection), revision)
        old.reflect(connection)
    return old


def fill(database: Database, old: MetaData, table: str, **values: object) -> None:
    with database.write() as connection:
        connection.execute(insert(old.tables[table]).values(**values))


def state(database: Database) -> PortalState:
    with database.read() as connection:
        (only,) = portals.states(connection)
    return only


def fill_event(database: Database, old: MetaData, seq: int, kind: str, detail: object) -> None:
    written = None if detail is None else json.dumps(detail, ensure_ascii=False)
    fill(database, old, "events", seq=seq, kind=kind, at=DAY, portal="sina", tracked=True, detail=written)


def test_events_of_portals_keep_their_kinds_of_failure(database: Database) -> None:
    old = made_by(database, "0002")
    fill_event(database, old, 1, "portal.broken", {"reason": "“原因”", "trouble": "empty list", "hours": None})
    fill_event(database, old, 2, "portal.recovered", {"reason": None, "trouble": None, "hours": None})
    fill_event(database, old, 3, "portal.gap", {"reason": None, "trouble": None, "hours": 5.5})
    fill_event(database, old, 4, "article.edited", {"changes": [["trouble", "数字人民币"]]})
    fill_event(database, old, 5, "article.new", None)
    migrate(database)
    assert [entry.payload for entry in entries_of(database)] == [
        PortalBroken("“原因”", FailureKind.EMPTY),
        PortalRecovered(),
        PortalGap(5.5),
        ArticleEdited((("trouble", "数字人民币"),)),
        ArticleNew(),
    ]


def test_events_of_the_first_release_told_no_kinds_of_failure(database: Database) -> None:
    old = made_by(database, "0001")
    fill_event(database, old, 1, "portal.broken", {"reason": "the list is empty", "hours": None})
    fill_event(database, old, 2, "portal.gap", {"reason": None, "hours": 0.1})
    fill_event(database, old, 3, "article.edited", None)
    migrate(database)
    payloads = [PortalBroken("the list is empty"), PortalGap(0.1), ArticleEdited()]
    assert [entry.payload for entry in entries_of(database)] == payloads


def test_events_can_be_brought_back_to_how_they_were_stored(database: Database) -> None:
    old = made_by(database, "0002")
    detail = {"reason": "原因", "trouble": "blocked", "hours": 2.0}
    fill_event(database, old, 1, "portal.gap", detail)
    migrate(database)
    made_by(database, "0002")
    with database.read() as connection:
        assert json.loads(connection.execute(select(old.tables["events"].c.detail)).scalar_one()) == detail


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_pages_that_robots_txt_forbids_are_counted_as_before(database: Database, revision: str) -> None:
    old = made_by(database, revision)
    errors = {"a": "https://x.cn/a: Forbidden by robots.txt", "b": "HTTP 503", "c": None}
    for number, (key, error) in enumerate(errors.items(), 1):
        values = {"id": number, "portal": "sina", "key": key, "url": "u", "title": "题", "error": error}
        fill(database, old, "listings", **values, found_at=DAY, state="waiting", attempts=1, try_at=DAY)
    migrate(database)
    with database.read() as connection:
        assert listings.count_forbidden(connection) == {"sina": 1}
        table = metadata.tables["listings"]
        failure_kinds = connection.execute(select(table.c.failure_kind).order_by(table.c.id)).scalars().all()
        assert failure_kinds == [FailureKind.FORBIDDEN.value, None, None]
        assert [row.key for row in listings.waiting(connection, "sina", DAY)] == ["a", "b", "c"]


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_lists_are_known_up_to_where_they_were(database: Database, revision: str) -> None:
    old = made_by(database, revision)
    fill(database, old, "lists", portal="sina", list="roll", mark=7, marked_at=DAY)
    migrate(database)
    with database.read() as connection:
        assert listings.watermark(connection, "sina", "roll") == Watermark(7, DAY)


def test_a_portal_of_the_first_release_is_as_it_was(database: Database) -> None:
    old = made_by(database, "0001")
    health = {"last_run_at": DAY, "certified": True, "failures": 2, "broken_since": DAY, "note": "HTTP 503"}
    fill(database, old, "portals", portal="sina", **health)
    migrate(database)
    assert state(database) == PortalState("sina", DAY, True, None, DAY, "HTTP 503", failures=2)


def test_a_portal_of_the_second_release_keeps_how_it_failed_and_when_it_may_be_crawled(database: Database) -> None:
    old = made_by(database, "0002")
    health = {"last_run_at": DAY, "certified": False, "gap_hours": 1.5, "failures": 2, "rest_until": DAY}
    fill(database, old, "portals", portal="sina", troubles='{"blocked": 2}', **health)
    fill(database, old, "runs", id=1, kind="crawl", state="failed", started_at=DAY)
    counts = dict.fromkeys(("listed", "new", "edited", "unchanged", "gone", "failed"), 0)
    result = {"state": "failed", "started_at": DAY, "certified": False, "trouble": "blocked", **counts}
    fill(database, old, "portal_runs", run_id=1, portal="sina", **result)
    migrate(database)
    assert state(database) == PortalState(
        "sina", DAY, False, 1.5, failures=2, failure_kind="blocked", backoff_until=DAY
    )
    with database.read() as connection:
        row = connection.execute(select(metadata.tables["portal_runs"])).one()
        assert (row.complete, row.failure_kind) == (False, "blocked")


def test_an_article_whose_text_came_from_a_list_still_does(database: Database) -> None:
    see(database, replace(seen("a1"), inline=True), seen("a2"))
    made_by(database, "0002")
    migrate(database)
    with database.read() as connection:
        known = articles.known(connection, "sina", ["a1", "a2"])
    assert {key: article.inline for key, article in known.items()} == {"a1": True, "a2": False}


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
    assert set(imported(ast.parse(path.read_text("utf-8")))) <= {"__future__", "alembic", "json", "sqlalchemy"}


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

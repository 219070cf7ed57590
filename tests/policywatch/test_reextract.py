"""Today's rules over what was kept: differences are technical, told to nobody, and counted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from policywatch.cli import policywatch
from portals.sites.sina import Sina
from storage.database import Database, open_database
from storage.recorder import RecordContext, record
from tests.storage.builders import DAY, MATCHER, article, kinds
from tracking.article import Content
from tracking.body import Rules
from tracking.observation import Capture, Seen

PAGE = Path(__file__).resolve().parents[1] / "portals" / "sina" / "article" / "page.html"
ADDRESS = "https://finance.sina.com.cn/china/2026-11-20/doc-inxyzabc0000001.shtml"
KEY = "nxyzabc0000001"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database in which an older policywatch, with other rules, kept a page."""
    monkeypatch.setenv("POLICYWATCH_DATABASE_URL", address := f"sqlite:///{tmp_path}/x.sqlite")
    opened = open_database(address)
    keep(opened, KEY, PAGE.read_bytes())
    yield opened
    opened.close()


def keep(database: Database, key: str, body: bytes) -> None:
    url = ADDRESS.replace("nxyzabc0000001", key)
    old = article(key, url=url, content=Content("旧题", ("旧规则读到的话。",)))
    capture = Capture(1, url, "text/html", body)
    with database.write() as connection:
        record(connection, [Seen(old, (capture,))], RecordContext(None, DAY, MATCHER))


def reextract(*arguments: str) -> Result:
    return CliRunner().invoke(policywatch, ["reextract", *arguments])


def counts(done: Result) -> list[list[str]]:
    return [line.split() for line in done.stdout.splitlines()[1:]]


def versions(database: Database) -> list[tuple[str, bool]]:
    path = str(database.address).removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        return [
            (title, bool(technical)) for title, technical in connection.execute("SELECT title, technical FROM versions")
        ]


def test_a_page_that_reads_differently_today_is_a_technical_version_and_a_second_time_nothing(
    database: Database,
) -> None:
    before = kinds(database)
    first, second = reextract("sina"), reextract("sina")
    assert (first.exit_code, counts(first), counts(second)) == (0, [["sina", "1", "0", "0"]], [["sina", "0", "1", "0"]])
    (_, old), (title, new) = versions(database)
    assert (old, new, title) == (False, True, "北京发布数字经济年度清单 “一港三区”开工")
    assert kinds(database) == before


def test_every_portal_is_read_again_when_none_is_named(database: Database) -> None:
    assert counts(reextract()) == [["sina", "1", "0", "0"]]


def test_new_rules_read_the_same_bytes_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    reextract("sina")
    monkeypatch.setattr(Sina, "rules", Rules(drop=("p",)))
    assert counts(reextract("sina")) == [["sina", "1", "0", "0"]]
    assert [technical for _, technical in versions(database)] == [False, True, True]


def test_what_today_cannot_be_read_is_named_and_stays(database: Database) -> None:
    keep(database, "nemptied0000001", b"<html><body>busy</body></html>")
    done = reextract("sina")
    assert (done.exit_code, counts(done)) == (1, [["sina", "1", "0", "1"]])
    assert "sina nemptied0000001: the current rules cannot read its stored pages" in done.stderr


def test_a_great_many_articles_are_read_a_few_at_a_time(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policywatch.app.reextract._BATCH", 2)
    for number in range(5):
        keep(database, f"nmany{number}", PAGE.read_bytes())
    assert counts(reextract("sina")) == [["sina", "6", "0", "0"]]


def test_a_portal_that_does_not_exist_is_wrong_use(database: Database) -> None:
    assert reextract("sinna").exit_code == 2

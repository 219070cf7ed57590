"""The commands on a small database: what they print, when a reader moves, and how they end; on both databases."""

from __future__ import annotations

import io
import json
import logging
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest
from click.testing import CliRunner, Result

from policywatch.cli import policywatch
from storage.database import Database, open_database
from storage.ledger import name_programmes
from tests.storage.builders import DAY, see, seen

HOUR = timedelta(hours=1)


@pytest.fixture
def filled(address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    monkeypatch.setenv("POLICYWATCH_DATABASE_URL", address)
    monkeypatch.chdir(tmp_path)
    database = open_database(address)
    with database.write() as connection:
        name_programmes(connection, {"digital-yuan": "数字人民币", "digital-port": "数字贸易港"})
    see(database, seen("a1"), seen("a2", "建好数字贸易港。", title="港"), seen("a3", "别的。", title="别的"))
    see(database, seen("a1", "数字人民币试点扩大到4个区。"), at=DAY + HOUR)
    return database


def run(*arguments: str) -> Result:
    return CliRunner().invoke(policywatch, arguments)


def events(*arguments: str) -> list[tuple[str, str | None]]:
    done = run("new", "--format", "json", *arguments)
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [(line["kind"], line["programme"]) for line in lines]


TOLD = [
    ("article.new", None),
    ("mention.new", "digital-yuan"),
    ("article.new", None),
    ("mention.new", "digital-port"),
    ("article.edited", None),
]


@pytest.mark.usefixtures("filled")
class TestNew:
    def test_a_reader_is_told_once_what_concerns_a_programme(self) -> None:
        assert events() == TOLD
        assert events() == []

    def test_a_peek_moves_nobody(self) -> None:
        assert events("--peek") == events("--peek") == TOLD

    def test_readers_do_not_eat_each_others_news(self) -> None:
        assert events("--as", "wang") == events("--as", "li") == TOLD

    def test_all_shows_what_concerns_no_programme_too(self) -> None:
        assert len(events("--peek", "--all")) == len(TOLD) + 1

    @pytest.mark.parametrize(
        ("narrow", "shown"),
        [
            (("--programme", "digital-port"), TOLD[2:4]),
            (("--kind", "article.edited"), TOLD[4:]),
            (("--portal", "sina"), TOLD),
            (("--portal", "cs"), []),
        ],
    )
    def test_a_narrowed_look_shows_its_part_and_leaves_the_default_reader(
        self, narrow: tuple[str, ...], shown: list[tuple[str, str | None]]
    ) -> None:
        assert events(*narrow) == shown
        assert events() == TOLD

    def test_a_narrowed_look_of_a_named_reader_moves_that_reader(self) -> None:
        assert events("--as", "port", "--programme", "digital-port") == TOLD[2:4]
        assert events("--as", "port", "--programme", "digital-port") == []

    def test_looking_back_moves_nobody(self) -> None:
        assert events() == TOLD
        assert events("--since", "2026-11-20") == TOLD
        assert events("--since", "2026-11-20T10:00") == TOLD[4:]
        assert events() == []

    def test_the_json_has_the_fields_in_their_order(self) -> None:
        done = run("new", "--format", "json", "--peek")
        expected = "seq kind at run portal article key version url title published_at programme programme_name sentence"
        assert list(json.loads(done.stdout.splitlines()[0])) == expected.split()
        assert json.loads(done.stdout.splitlines()[1])["programme_name"] == "数字人民币"

    @pytest.mark.parametrize(
        "wrong",
        [
            ("--since", "yesterday"),
            ("--run", "first"),
            ("--run", "last"),
            ("--kind", "x"),
            ("--as", "a\nb"),
            ("--as", ""),
        ],
    )
    def test_wrong_use_ends_with_two_and_moves_nobody(self, wrong: tuple[str, str]) -> None:
        assert run("new", *wrong).exit_code == 2
        assert events() == TOLD


@pytest.mark.usefixtures("filled")
class TestOthers:
    def test_the_feed_holds_the_matched_articles_the_latest_change_first(self, tmp_path: Path) -> None:
        assert run("feed", "-o", str(tmp_path / "f.xml")).exit_code == 0
        feed = feedparser.parse(io.BytesIO((tmp_path / "f.xml").read_bytes()))
        assert not feed.bozo
        assert [entry.id for entry in feed.entries] == ["policywatch:sina:a1", "policywatch:sina:a2"]
        assert [tag.term for tag in feed.entries[0].tags] == ["数字人民币"]

    def test_a_feed_of_one_programme(self) -> None:
        feed = feedparser.parse(io.BytesIO(run("feed", "--programme", "digital-port").stdout_bytes))
        assert [entry.id for entry in feed.entries] == ["policywatch:sina:a2"]

    @pytest.mark.parametrize("name", ["1", "a1", "https://finance.sina.com.cn/doc-ia1.shtml"])
    def test_an_article_is_shown_by_id_key_or_address(self, name: str) -> None:
        shown = json.loads(run("show", name, "--format", "json").stdout)
        assert (shown["key"], shown["text"]) == ("a1", ["数字人民币试点扩大到4个区。"])
        assert [version["version"] for version in shown["versions"]] == [1, 2]
        assert "试点扩大" in run("show", name).stdout

    @pytest.mark.parametrize("name", ["99", "nothing", "https://example.cn/", "99999999999999999999"])
    def test_an_article_that_is_not_kept_ends_with_one(self, name: str) -> None:
        done = run("show", name)
        assert (done.exit_code, done.stdout) == (1, "")
        assert name in done.stderr

    def test_portals_and_the_check_of_the_database(self) -> None:
        (line,) = [line for line in run("portals").stdout.splitlines() if line.startswith("sina ")]
        assert line.split() == ["sina", "新浪财经", "never", "3", "-"]
        done = run("db", "check")
        assert (done.exit_code, "good" in done.stdout) == (0, True)

    def test_the_programmes_are_a_tree(self) -> None:
        lines = run("programmes", "list").stdout.splitlines()
        assert lines[0] == "全球数字经济标杆城市  [digital-economy-benchmark-city]"
        assert sum(line.startswith("  ") for line in lines) == 6
        assert run("programmes").stdout.splitlines() == lines


def test_a_programme_file_that_is_wrong_fails_the_check_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "我的"\n[examples]\nmatch = ["别的"]\nno_match = []\n', "utf-8")
    done = run("programmes", "check", str(tmp_path))
    assert done.exit_code == 1
    assert "mine.toml" in done.stderr


def test_a_portal_that_is_not_there_is_wrong_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("crawl", "nowhere")
    assert done.exit_code == 2
    assert "sina" in done.output


def test_what_readability_logs_and_raises_as_well_is_not_shown_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    logger = logging.getLogger("readability")
    logger.setLevel(logging.NOTSET)
    run("feeds", "list")
    logger.getChild("readability").error("error getting summary")
    assert caplog.messages == []

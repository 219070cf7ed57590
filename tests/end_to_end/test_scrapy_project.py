"""The way of people who know Scrapy: `scrapy list`, `crawl`, `shell` and `check`, against a small web on loopback."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from policywatch.app.portals import all_portals
from storage.database import open_database
from storage.tables import Instant, metadata
from tests.crawler.server import Answer
from tests.end_to_end.world import HOST, LIDS, ROLL, DemoArticle, World

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = (
    DemoArticle(1, "数字人民币试点扩大到5个区。"),
    DemoArticle(2, "与所跟踪的事无关。"),
    DemoArticle(3, "建好数字贸易港。"),
)
ONE_LIST = "https://" + ROLL.format(lid=LIDS[0], page=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as it:
        it.publish(*ARTICLES)
        yield it


def scrapy(world: World, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `scrapy` in the folder of a world, with the settings that scrapy.cfg names."""
    ours = {"SCRAPY_SETTINGS_MODULE": "policywatch.scrapy_project.settings", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "scrapy", *arguments]
    environment = world.environment() | ours | environment
    return subprocess.run(command, cwd=world.folder, env=environment, capture_output=True, text=True, timeout=60)


def ledger(address: str) -> dict[str, list[dict[str, Any]]]:
    """All that a database holds, but for when it was written."""
    database = open_database(address)
    with database.read() as connection:
        return {
            table.name: [_timeless(table, row) for row in connection.execute(_in_order(table)).mappings()]
            for table in metadata.sorted_tables
        }


def _in_order(table: sa.Table) -> sa.Select[Any]:
    return sa.select(table).order_by(*table.primary_key.columns)


def _timeless(table: sa.Table, row: Any) -> dict[str, Any]:
    """A row without instants, except those that a page states."""
    ours = {column.name for column in table.columns if isinstance(column.type, Instant)} - {"published_at"}
    return {name: value for name, value in row.items() if name not in ours}


def test_every_portal_has_a_spider_shipped_or_configured(world: World) -> None:
    (world.folder / "policywatch.toml").write_text('[portals.mine]\nfeed = "https://example.com/rss.xml"\n')
    listed = scrapy(world, "list")
    assert listed.returncode == 0, listed.stderr
    assert listed.stdout.split() == sorted([*all_portals(), "mine"])


def test_scrapy_cfg_names_the_project(world: World) -> None:
    command = [sys.executable, "-m", "scrapy", "list"]
    done = subprocess.run(command, cwd=ROOT, env=world.environment(), capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == sorted(all_portals())


def test_a_crawl_by_scrapy_leaves_the_ledger_that_our_own_command_leaves(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One request at a time: with two, articles are stored in the order in which they happen to arrive.
    monkeypatch.setenv("POLICYWATCH_CRAWLER__CONCURRENCY", "1")
    other = f"sqlite:///{tmp_path}/other.sqlite"
    for day in range(3):
        assert world.run("crawl", "sina").returncode == 0
        done = scrapy(world, "crawl", "sina", POLICYWATCH_DATABASE_URL=other)
        assert done.returncode == 0, done.stderr
        assert ledger(world.address) == ledger(other)
        world.edit(1, text=f"数字人民币试点扩大到{day}个区。")
        world.edit(2, status=404)
    assert len(ledger(other)["events"]) > 5


def test_a_file_of_articles_is_written_as_scrapy_users_expect(world: World) -> None:
    done = scrapy(world, "crawl", "sina", "-O", "articles.jsonl", "-s", "LOG_LEVEL=WARNING")
    assert (done.returncode, done.stderr) == (0, "")
    items = [json.loads(line) for line in (world.folder / "articles.jsonl").read_text("utf-8").splitlines()]
    assert {item["key"] for item in items} == {article.key for article in ARTICLES}
    assert "数字人民币试点扩大到5个区。" in [paragraph for item in items for paragraph in item["text"]]


def test_settings_and_lists_are_given_on_the_command_line(world: World) -> None:
    done = scrapy(world, "crawl", "sina", "-a", f"lists={ONE_LIST}", "-s", "USER_AGENT=somebody")
    assert done.returncode == 0, done.stderr
    lists = [hit for hit in world.site.hits if "roll/get" in hit.path]
    # Its first page stands for the list: what follows is read as well.
    assert [hit.path.partition("&lid=")[2] for hit in lists] == [f"{LIDS[0]}&k=&num=50&page={n}" for n in (1, 2)]
    assert {hit.headers["User-Agent"] for hit in lists} == {"somebody"}
    # What was left out may have shown something: this crawl vouches for nothing.
    assert "sina: possible gap of unknown length (only some of its lists were read)" in world.run("new").stdout
    assert "last run incomplete: only some of its lists were read" in world.run("portals").stdout


def test_a_list_of_ones_own_on_a_foreign_host_is_not_fetched(world: World) -> None:
    done = scrapy(world, "crawl", "sina", "-a", "lists=https://elsewhere.cn/list")
    assert "not one of the portal's own hosts" in done.stderr
    assert [hit for hit in world.site.hits if "elsewhere" in hit.path] == []


def test_a_portal_that_is_being_crawled_is_left_alone(world: World) -> None:
    database = open_database(world.address)
    with database.write() as connection:
        from datetime import UTC, datetime, timedelta

        from storage import portals

        at = datetime.now(UTC)
        lease = portals.Lease("sina", "another machine", at + timedelta(hours=1))
        portals.take_lease(connection, lease, at, lambda holder: False)
    done = scrapy(world, "crawl", "sina")
    assert done.stderr.count("another crawl of it is under way") == 1
    assert "Traceback" not in done.stderr
    assert world.site.hits == []


def test_the_shell_fetches_a_page_with_the_spider_of_its_portal_and_touches_no_database(world: World) -> None:
    code = "print(response.status, spider.name, response.css('h1::text').get())"
    done = scrapy(world, "shell", f"https://{HOST}{ARTICLES[0].path}", "-c", code)
    assert done.returncode == 0, done.stderr
    assert "200 sina 第1篇：数字经济" in done.stdout
    assert not (world.folder / "world.sqlite").exists()


def test_the_shell_fetches_pages_of_no_portal_and_nothing_private(world: World) -> None:
    fetched = scrapy(world, "shell", "https://example.cn/page", "-c", "print(response.status, spider.name)")
    assert "404 default" in fetched.stdout
    private = scrapy(world, "shell", "http://10.0.0.1/", "-c", "print(response)")
    assert "None" in private.stdout
    assert [hit for hit in world.site.hits if "10.0.0.1" in hit.path] == []


def test_check_starts(world: World) -> None:
    done = scrapy(world, "check")
    assert done.returncode == 0, done.stderr
    assert "Ran 0 contracts" in done.stderr


def test_a_configuration_that_cannot_be_used_is_one_line(world: World) -> None:
    (world.folder / "policywatch.toml").write_text("[crawler]\ndelay = -1\n")
    done = scrapy(world, "list")
    assert done.returncode != 0
    assert [line for line in done.stderr.splitlines() if line.strip()] == [done.stderr.strip()]
    assert done.stderr.startswith("policywatch: ")


@pytest.mark.parametrize("text", ["roll", "ftp://feed.mix.sina.com.cn/x", "https://[::1/"])
def test_what_is_no_address_of_a_list_is_told_in_one_line(world: World, text: str) -> None:
    done = scrapy(world, "crawl", "sina", "-a", f"lists={text}", "-s", "LOG_LEVEL=ERROR")
    (line,) = done.stderr.splitlines()
    assert "lists=: refused" in line
    assert world.site.hits == []


def test_the_conditions_of_scrapy_for_closing_a_spider_hold(world: World) -> None:
    done = scrapy(world, "crawl", "sina", "-s", "CLOSESPIDER_ITEMCOUNT=1", "-s", "LOG_LEVEL=ERROR")
    assert (done.returncode, done.stderr) == (0, "")
    (run,) = ledger(world.address)["portal_runs"]
    assert (run["state"], run["error"]) == ("interrupted", "stopped before its end (closespider_itemcount)")


def test_a_list_that_names_nothing_is_told(world: World) -> None:
    done = scrapy(world, "crawl", "sina", "-a", "lists=")
    assert "lists= names no list" in done.stderr
    assert not (world.folder / "world.sqlite").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_crawl_that_is_stopped_keeps_what_it_read_and_gives_its_portal_back(
    tmp_path: Path, number: signal.Signals
) -> None:
    with World(tmp_path, delay=0.2) as world:
        world.publish(*(DemoArticle(n, f"数字人民币试点第{n}期。") for n in range(1, 16)))
        command = [sys.executable, "-m", "scrapy", "crawl", "sina"]
        project = {"SCRAPY_SETTINGS_MODULE": "policywatch.scrapy_project.settings", "PYTHONPATH": str(ROOT)}
        crawl = subprocess.Popen(command, cwd=tmp_path, env=world.environment() | project, stderr=subprocess.PIPE)
        while len(world.downloads()) < 3:
            time.sleep(0.05)
        crawl.send_signal(number)
        crawl.communicate(timeout=30)
        ended = ledger(world.address)
        assert [row["state"] for row in ended["portal_runs"]] == ["interrupted"]
        assert [row["lease_holder"] for row in ended["portals"]] == [None]
        assert len(ended["articles"]) >= 3
        assert world.run("crawl", "sina").returncode == 0
        assert len(ledger(world.address)["articles"]) == 15


def test_the_time_limit_of_a_crawl_holds(tmp_path: Path) -> None:
    with World(tmp_path, delay=0.2) as world:
        world.publish(*(DemoArticle(n, f"数字人民币试点第{n}期。") for n in range(1, 40)))
        done = scrapy(world, "crawl", "sina", "-s", "LOG_LEVEL=ERROR", POLICYWATCH_CRAWLER__TIME_LIMIT="2")
        assert (done.returncode, done.stderr) == (0, "")
        (run,) = ledger(world.address)["portal_runs"]
        assert (run["state"], run["error"]) == ("interrupted", "its time limit of 2 seconds ran out")
        assert [row["lease_holder"] for row in ledger(world.address)["portals"]] == [None]


def test_the_settings_of_one_portal_hold_unless_the_command_line_says_otherwise(world: World) -> None:
    world.site.routes["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /api/")
    (world.folder / "policywatch.toml").write_text("[portals.sina]\nobey_robots = false\n", "utf-8")
    assert "forbidden" not in scrapy(world, "crawl", "sina").stderr
    assert len(ledger(world.address)["articles"]) == len(ARTICLES)
    obeying = scrapy(world, "crawl", "sina", "-s", "ROBOTSTXT_OBEY=True")
    assert "robots.txt" in obeying.stderr
    assert [row["state"] for row in ledger(world.address)["portal_runs"]] == ["done", "failed"]

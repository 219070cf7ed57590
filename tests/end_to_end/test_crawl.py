"""The whole tool against a small web: crawl, edits, quotes, failures, export."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.server import Answer
from tests.end_to_end.world import HOST, ROLL, DemoArticle, World

YUAN = "数字人民币试点扩大到{n}个区。"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as it:
        it.publish(
            DemoArticle(1, YUAN.format(n=5)), DemoArticle(2, "与所跟踪的事无关。"), DemoArticle(3, "建好数字贸易港。")
        )
        yield it


def kinds(told: list[dict[str, object]]) -> list[object]:
    return [event["kind"] for event in told]


def test_what_is_new_is_told_once(world: World) -> None:
    done = world.run("crawl", "sina")
    assert (done.returncode, done.stderr) == (0, "")
    assert kinds(world.new()).count("article.new") == 3
    assert world.new() == []
    assert kinds(world.new("another")).count("article.new") == 3


def test_an_unchanged_world_gives_no_event_and_downloads_nothing_twice(world: World) -> None:
    world.run("crawl", "sina")
    world.new()
    before = len(world.downloads())
    done = world.run("crawl", "sina")
    assert done.returncode == 0
    assert world.new() == []
    assert len(world.downloads()) == before == 3


def test_live_quotes_are_no_edit_and_one_figure_is(world: World) -> None:
    world.run("crawl", "sina")
    world.new()
    for number in (1, 2, 3):
        world.edit(number, quote="(13.99, 1.7, 13.8%)")
    world.run("crawl", "sina")
    assert world.new() == []
    world.edit(1, text=YUAN.format(n=4))
    world.run("crawl", "sina")
    assert kinds(world.new()) == ["article.edited"]


def test_an_edit_that_brings_a_programme_tells_both(world: World) -> None:
    world.run("crawl", "sina")
    world.new()
    world.edit(2, text="与此有关：数字人民币。")
    world.run("crawl", "sina")
    told = world.new()
    assert kinds(told) == ["article.edited", "mention.new"]
    assert (told[1]["programme"], told[1]["sentence"]) == ("digital-yuan", "与此有关：数字人民币。")


def test_one_broken_article_is_named_and_stops_nothing(world: World) -> None:
    world.site.routes[HOST + world.pieces[2].path] = Answer(b"<html><body>please verify</body></html>")
    done = world.run("crawl", "sina")
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if world.pieces[2].path in line]
    assert kinds(world.new()).count("article.new") == 2
    world.publish()
    assert world.run("crawl", "sina").returncode == 0
    assert kinds(world.new()) == ["article.new"]


def test_a_block_page_instead_of_a_known_article_changes_nothing(world: World) -> None:
    world.run("crawl", "sina")
    world.new()
    world.site.routes[HOST + world.pieces[1].path] = Answer(b"<html><body>please verify</body></html>")
    assert world.run("crawl", "sina").returncode == 1
    assert world.new() == []


def test_a_broken_row_is_named_and_the_others_are_read(world: World) -> None:
    for lid in (1686, 1687, 1690, 1688, 1689):
        route = ROLL.format(lid=lid, page=1)
        answer = world.site.routes[route]
        assert isinstance(answer, Answer)
        world.site.routes[route] = Answer(answer.body.replace(b'"data": [', b'"data": [null, {"url": 7}, '))
    done = world.run("crawl", "sina")
    assert done.returncode == 1
    assert "url" in done.stderr
    assert kinds(world.new()).count("article.new") == 3


def test_a_portal_whose_lists_fail_is_said_to_be_broken_and_silence_is_not_trusted(world: World) -> None:
    world.run("crawl", "sina")
    world.new()
    world.site.routes = {}
    for _ in range(2):
        assert world.run("crawl", "sina").returncode == 1
    told = world.new()
    assert kinds(told) == ["portal.broken"]
    assert "missed" in world.run("new", "--as", "test").stdout
    world.publish()
    world.run("crawl", "sina")
    assert kinds(world.new()) == ["portal.recovered"]


def test_one_page_that_is_gone_is_not_yet_withdrawn(world: World) -> None:
    world.run("crawl", "sina")
    world.new()
    world.edit(1, status=404)
    done = world.run("crawl", "sina", "--recheck", "all")
    assert done.returncode == 0
    assert world.new() == []


def test_paging_goes_on_until_something_known(world: World) -> None:
    world.run("crawl", "sina")
    world.new()
    world.publish(*(DemoArticle(number, f"第{number}条。") for number in range(10, 130)))
    world.run("crawl", "sina")
    assert kinds(world.new()).count("article.new") == 120


def test_an_imported_sample_becomes_the_crawled_article(world: World) -> None:
    world.run("crawl", "sina")
    world.run("export", "out")
    files = sorted(str(path) for path in (world.folder / "out").rglob("*.md"))
    (world.folder / "world.sqlite").unlink()
    for more in ("world.sqlite-wal", "world.sqlite-shm"):
        (world.folder / more).unlink(missing_ok=True)
    assert world.run("import", *files).returncode == 0
    assert kinds(world.new()).count("article.new") == 3
    done = world.run("crawl", "sina")
    assert done.returncode == 0
    assert world.new() == []
    world.run("export", "again")
    again = {path.name: path.read_bytes() for path in (world.folder / "again").rglob("*.md")}
    assert again == {path.name: path.read_bytes() for path in (world.folder / "out").rglob("*.md")}


def test_the_proxy_must_prove_who_it_is(world: World) -> None:
    import trustme

    trustme.CA().cert_pem.write_to_path(str(world.folder / "ca.pem"))
    assert world.run("crawl", "sina").returncode == 1
    assert world.new() == []


def test_two_crawls_at_once_are_one(world: World) -> None:
    world._delay = 0.3
    world.publish()
    first, second = world.start("crawl", "sina"), world.start("crawl", "sina")
    ends = [(*process.communicate(timeout=60), process.returncode) for process in (first, second)]
    assert sorted(end[2] for end in ends) == [0, 1]
    assert any("another crawl" in end[1] for end in ends)
    assert kinds(world.new()).count("article.new") == 3


def test_a_crawl_that_is_asked_to_stop_keeps_what_it_read_and_the_next_goes_on(world: World) -> None:
    world._delay = 0.2
    world.publish(*(DemoArticle(number, f"第{number}条。") for number in range(10, 60)))
    process = world.start("crawl", "sina")
    while len(world.downloads()) < 6:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "interrupted" in out
    first = kinds(world.new()).count("article.new")
    assert 0 < first < 53
    world._delay = 0
    world.publish()
    assert world.run("crawl", "sina").returncode == 0
    assert first + kinds(world.new()).count("article.new") == 53


def test_a_programme_file_that_is_wrong_is_named_and_the_crawl_goes_on(world: World) -> None:
    mine = world.folder / "mine"
    mine.mkdir()
    (mine / "broken.toml").write_text('name = "', "utf-8")
    (world.folder / "policywatch.toml").write_text('[programmes]\nfolder = "mine"\n', "utf-8")
    done = world.run("crawl", "sina")
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if "broken.toml" in line]
    assert kinds(world.new()).count("article.new") == 3


def test_a_portal_whose_new_articles_all_look_otherwise_has_changed_its_layout(world: World) -> None:
    world.run("crawl", "sina")
    world.new()
    world.publish(*(DemoArticle(number, f"第{number}条。") for number in range(10, 16)))
    for number in range(10, 16):
        world.site.routes[HOST + world.pieces[number].path] = Answer("<html><body>新版</body></html>".encode())
    for _ in range(2):
        assert world.run("crawl", "sina").returncode == 1
    assert "portal.broken" in kinds(world.new())
    assert "layout changed, 2 crawls in a row: 6 articles of it cannot be read, 0 can" in world.run("portals").stdout

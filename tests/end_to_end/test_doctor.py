"""`policywatch doctor` and `read` against a portal on loopback: what they fetch, say and leave behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.server import Answer, page
from tests.end_to_end.world import HOST, LIDS, ROLL, DemoArticle, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as world:
        world.publish(DemoArticle(1, "数字人民币试点。\n数字贸易港开工。"), DemoArticle(2, "数字经济增长。"))
        yield world


def lines(world: World, *portals: str) -> tuple[int, list[str]]:
    done = world.run("doctor", *portals)
    return done.returncode, [line.strip() for line in done.stdout.splitlines()]


def test_a_portal_that_reads_is_read_by_one_list_and_one_article(world: World) -> None:
    code, said = lines(world, "sina")
    assert code == 0
    assert said[0] == "sina  新浪财经: reads"
    assert f"address   https://{HOST}{DemoArticle(2, '').path}" in said
    assert "title     第2篇：数字经济" in said
    asked = [hit.path for hit in world.site.hits if hit.method == "GET" and hit.path != "/robots.txt"]
    assert len(asked) == 2


def test_nothing_is_kept(world: World) -> None:
    world.run("doctor", "sina")
    world.run("read", f"https://{HOST}{DemoArticle(1, '').path}")
    assert [path.name for path in world.folder.iterdir() if "sqlite" in path.name] == []


def test_a_list_that_turns_us_away_is_told_as_what_it_is(world: World) -> None:
    roll = ROLL.format(lid=LIDS[0], page=1)
    world.site.routes[roll] = page("您的访问过于频繁，请完成安全验证")
    code, said = lines(world, "sina")
    assert (code, said[0]) == (1, "sina  新浪财经: DOES NOT READ")
    assert any(line.startswith(f"problem   blocked: https://{roll}") for line in said)


def test_a_robots_txt_that_forbids_the_list_decides_unless_the_user_does(world: World) -> None:
    world.site.routes["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /api/")
    code, said = lines(world, "sina")
    assert code == 1
    assert any(line.startswith("problem   forbidden by robots.txt: ") for line in said)
    assert world.run("crawl", "sina").returncode == 1
    assert "forbidden by robots.txt: " in world.run("portals").stdout
    (world.folder / "policywatch.toml").write_text("[portals.sina]\nobey_robots = false\n", "utf-8")
    assert lines(world, "sina")[0] == 0
    assert world.run("crawl", "sina").returncode == 0


def test_an_article_whose_layout_changed_is_named_with_its_address(world: World) -> None:
    world.site.routes[HOST + DemoArticle(2, "").path] = page("一页别的布局。" * 200)
    code, said = lines(world, "sina")
    assert code == 1
    assert any(line.startswith("problem   layout changed: https://finance.sina.com.cn") for line in said)


def test_one_page_is_fetched_and_read(world: World) -> None:
    done = world.run("read", f"http://{HOST}{DemoArticle(1, '').path}?from=wap", "--format", "json")
    found = json.loads(done.stdout)
    assert (found["portal"], found["key"], found["title"]) == ("sina", "kmxzfmm0000001", "第1篇：数字经济")
    assert found["text"][:2] == ["数字人民币试点。", "数字贸易港开工。"]


def test_a_page_that_is_not_there_is_one_line(world: World) -> None:
    done = world.run("read", f"https://{HOST}/china/2026-11-20/doc-iabc0.shtml")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [f"policywatch: https://{HOST}/china/2026-11-20/doc-iabc0.shtml: HTTP 404"]


def test_a_host_that_asks_for_a_long_rest_is_left_in_peace(world: World) -> None:
    asked = Answer(b"busy", 503, {"Retry-After": "3600"})
    for lid in LIDS:
        world.site.routes[ROLL.format(lid=lid, page=1)] = asked
    assert world.run("crawl", "sina").returncode == 1
    hits = len(world.site.hits)
    done = world.run("crawl", "sina")
    assert done.returncode == 1
    assert "asked us to wait until" in done.stderr
    assert len(world.site.hits) == hits
    assert "asked us to wait until" in world.run("portals").stdout

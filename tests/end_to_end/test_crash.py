"""A crawl that is killed at any moment loses nothing and tells nothing twice."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from storage import articles, checks
from storage.database import open_database
from tests.end_to_end.world import DemoArticle, World

ROUNDS = 22


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_at_random_moments_nothing_is_lost_and_nothing_told_twice(tmp_path: Path) -> None:
    chance = random.Random(20261121)  # noqa: S311
    told: list[dict[str, object]] = []
    with World(tmp_path, delay=0.004) as world:
        world.publish(*(DemoArticle(number, f"数字人民币第{number}条，第0稿。") for number in range(60)))
        world.start("programmes", "check").communicate(timeout=60)
        for round_ in range(ROUNDS):
            world.publish(
                *(DemoArticle(100 * round_ + n + 100, f"数字人民币第{round_}轮第{n}条。") for n in range(8)),
                DemoArticle(round_, f"数字人民币第{round_}条，改稿。"),
            )
            _crawl_and_kill(world, chance)
            told += world.new()
        assert world.run("crawl", "sina", "--recheck", "all").returncode == 0
        told += world.new()
        _nothing_lost(world)
    _nothing_twice(told)


def _crawl_and_kill(world: World, chance: random.Random) -> None:
    """Kill a crawl at a random moment after its first request."""
    hits = len(world.site.hits)
    process = world.start("crawl", "sina")
    while len(world.site.hits) == hits and process.poll() is None:
        time.sleep(0.005)
    time.sleep(chance.uniform(0, 0.8))
    process.send_signal(signal.SIGKILL)
    process.communicate()


def _nothing_lost(world: World) -> None:
    database = open_database(world.address)
    assert checks.problems(database) == []
    with database.read() as connection:
        kept = {stored.article.key: stored for stored in articles.all_articles(connection)}
    assert kept.keys() == {piece.key for piece in world.pieces.values()}
    for piece in world.pieces.values():
        assert piece.text in kept[piece.key].article.content.paragraphs


def _nothing_twice(told: list[dict[str, object]]) -> None:
    seqs = [event["seq"] for event in told]
    assert seqs == list(range(1, len(seqs) + 1))
    once = Counter((event["kind"], event["article"], event["version"], event["programme"]) for event in told)
    assert once.most_common(1)[0][1] == 1
    new = Counter(event["article"] for event in told if event["kind"] == "article.new")
    assert set(new.values()) == {1}

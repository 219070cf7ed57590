"""Scrapy's doors: where observations go, and what an exported article looks like."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from crawler.frontier import MemoryFrontier
from crawler.pipeline import SinkPipeline, article_item
from tests.crawler.small_site import NOW
from tests.storage.builders import article
from tracking.observation import Seen, Unchanged


def test_an_observation_goes_to_the_sink_of_its_crawl_and_on_to_whoever_exports_it() -> None:
    frontier = MemoryFrontier()
    crawler: Any = SimpleNamespace(spider=SimpleNamespace(session=frontier.session(NOW)))
    pipeline = SinkPipeline.from_crawler(crawler)
    observations = [Seen(article()), Unchanged("sina", "b")]
    assert [pipeline.process_item(observation) for observation in observations] == observations
    assert frontier.observations == observations


def test_an_exported_article_is_made_of_plain_values() -> None:
    item = article_item(Seen(article()))
    assert json.loads(json.dumps(item)) == item
    assert item["text"] == list(article().content.paragraphs)
    assert item["published_at"].endswith("+00:00")

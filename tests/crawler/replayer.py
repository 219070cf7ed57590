"""Run as a program: requests addresses of a WARC file, under our settings, and prints what became of each of them."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner

from crawler.fetch.settings import FetchRules, scrapy_settings
from crawler.reactor import run_in_reactor
from crawler.recording.answers import WarcAnswers
from crawler.recording.handlers import Replay
from tests.crawler.probe import Probe


async def replay(job: dict[str, Any]) -> dict[str, Any]:
    """What became of the addresses of a job: `file`, `urls`, and the `rules` that differ from the defaults."""
    replay = Replay(WarcAnswers(Path(job["file"])))
    rules = FetchRules(obey_robots=False, **job["rules"])
    runner = AsyncCrawlerRunner(replay.settings(scrapy_settings(rules)))
    notes: dict[str, Any] = {"pages": {}, "errors": {}}
    crawler = runner.create_crawler(Probe)
    with replay.crawl(crawler):
        await asyncio.wait_for(crawler.crawl_async(urls=job["urls"], hosts=("*",), **notes), 50)
    return notes | {"peak_bytes": _peak()}


def _peak() -> int:
    """The most memory that this program ever had, in bytes; other figures include the program that started it."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    work = json.load(sys.stdin)
    sys.stdout.write(json.dumps(run_in_reactor(lambda: replay(work))))

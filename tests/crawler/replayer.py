"""Run as a program: asks a WARC file for addresses, through our settings, and prints what became of each of them."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner

from crawler.reactor import run_in_reactor
from crawler.settings import FetchRules, scrapy_settings
from crawler.tape.handlers import Player
from crawler.tape.recording import Recording
from tests.crawler.probe import Probe


async def replay(job: dict[str, Any]) -> dict[str, Any]:
    """What became of the addresses of a job."""
    player = Player(Recording(Path(job["file"])))
    rules = FetchRules(obey_robots=False, **job["rules"])
    runner = AsyncCrawlerRunner(player.settings(scrapy_settings(rules)))
    notes: dict[str, Any] = {"pages": {}, "errors": {}}
    crawler = runner.create_crawler(Probe)
    with player.crawl(crawler):
        await asyncio.wait_for(crawler.crawl_async(urls=job["urls"], hosts=("*",), **notes), 50)
    return notes | {"peak_bytes": _peak()}


def _peak() -> int:
    """The most memory that this program ever had; other figures are of the one that started it, too."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    work = json.load(sys.stdin)
    sys.stdout.write(json.dumps(run_in_reactor(lambda: replay(work))))

"""CPU time per page: the whole pipeline, compared with a bare Scrapy spider that only fetches the same pages.

    python benchmarks/pipeline.py [PAGES] [ROUNDS]

The pipeline: fetch 60 KB pages from loopback, extract, match 200 names, decide, store in SQLite. Each
measurement is a process of its own, and they alternate; the work of the server is not counted. Compare the ratio, not
the milliseconds.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(_HERE.parent))

MAX_RATIO, MAX_MEGABYTES = 2.5, 200


def bare(port: int, pages: int) -> dict[str, float]:
    """A spider that fetches and does nothing else, with Scrapy's own defaults."""
    import scrapy
    from scrapy.crawler import CrawlerProcess

    class Bare(scrapy.Spider):  # type: ignore[misc]
        name = "bare"
        count = 0

        async def start(self) -> Any:
            for number in range(pages):
                yield scrapy.Request(f"http://127.0.0.1:{port}/china/2026-11-01/doc-ibench{number:07d}.shtml")

        def parse(self, response: Any) -> None:
            type(self).count += 1

    process = CrawlerProcess({"LOG_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "TELNETCONSOLE_ENABLED": False})
    process.crawl(Bare)
    with _measured() as figures:
        process.start()
    return figures | {"pages": Bare.count}


def whole(port: int, pages: int, folder: str) -> dict[str, float]:
    """The crawl of a portal as `policywatch crawl` runs it."""
    from benchmarks.portal import bench_portal
    from crawler.reactor import run_in_reactor
    from policywatch.app.crawl import Run
    from policywatch.app.portal_crawl import CrawlSetup, Listeners
    from policywatch.config import CrawlerConfig
    from storage.database import open_database

    config = CrawlerConfig(
        delay=0, concurrency=8, allow_hosts=("127.0.0.1",), first_pages=pages // 50 + 1, max_pages=1000
    )
    listeners = Listeners(lambda name, reason: print(name, reason, file=sys.stderr), lambda name, tally: None)
    database = open_database(f"sqlite:///{folder}/bench.sqlite")
    setup = CrawlSetup(database, names(200), config, listeners)
    with _measured() as figures:
        (outcome,) = run_in_reactor(lambda: Run(setup).crawl([bench_portal(port)]))
    return figures | {"pages": outcome.tally.new}


def names(count: int) -> Any:
    """Programmes with this many names in total: the tracked ones, and invented ones."""
    from policywatch.app.catalogue import load_catalogue
    from tracking.programmes import load

    tracked = load_catalogue(None).programmes
    missing = count - sum(len(programme.names) for programme in tracked)
    made = [
        f'name = "第{n}号数字工程示范项目"\n[examples]\nmatch = ["第{n}号数字工程示范项目开工"]\nno_match = ["示范"]\n'
        for n in range(missing)
    ]
    return (*tracked, *(load(text, f"made-{n}") for n, text in enumerate(made)))


@contextmanager
def _measured() -> Iterator[dict[str, float]]:
    figures: dict[str, float] = {}
    begin = time.process_time()
    yield figures
    figures["cpu"] = time.process_time() - begin
    figures["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _run(kind: str, port: int, pages: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, kind, str(port), str(pages), folder]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    if figures["pages"] != pages:
        raise SystemExit(f"{kind}: {figures['pages']} of {pages} pages")
    return figures


def main(pages: int, rounds: int) -> None:
    """Print the figures of each round and the ratio of the medians."""
    server = subprocess.Popen(
        [sys.executable, str(_HERE / "loopback.py"), str(pages)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        found: dict[str, list[dict[str, float]]] = {"bare": [], "whole": []}
        for _ in range(rounds):
            for kind, runs in found.items():
                runs.append(_run(kind, port, pages))
                print(
                    f"{kind:6} {runs[-1]['cpu'] / pages * 1000:6.2f} ms CPU a page, peak {runs[-1]['megabytes']:.0f} MB"
                )
    finally:
        server.kill()
        server.wait()
    ratios = [whole["cpu"] / bare["cpu"] for bare, whole in zip(found["bare"], found["whole"], strict=True)]
    peak = max(run["megabytes"] for run in found["whole"])
    print(f"ratio {statistics.median(ratios):.2f} (bar {MAX_RATIO}), {pages} pages")
    print(f"peak {peak:.0f} MB (bar {MAX_MEGABYTES})")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["bare", port, pages, _]:
            print(json.dumps(bare(int(port), int(pages))))
        case ["whole", port, pages, folder]:
            print(json.dumps(whole(int(port), int(pages), folder)))
        case [*numbers]:
            main(*(int(number) for number in (*numbers, *("5000", "3")[len(numbers) :])))

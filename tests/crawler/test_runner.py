"""A crawl as a thing to start: it has the portal's spider and settings, and opens its session when it begins."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from crawler.fetch.settings import FetchRules, scrapy_settings
from crawler.frontier import CrawlSession, MemoryFrontier
from crawler.runner import crawler_for
from crawler.spider import SESSION
from tests.crawler.small_site import NOW, Tiny

SETTINGS = scrapy_settings(FetchRules(delay=7))

# A portal without lists asks for nothing, so that nothing is fetched.
CRAWL = """
import asyncio, json
from crawler.fetch.settings import FetchRules, scrapy_settings
from crawler.frontier import MemoryFrontier
from crawler.reactor import run_in_reactor
from crawler.runner import crawler_for
from tests.crawler.small_site import NOW, Tiny

opened = []

def open_session():
    opened.append(len(opened) + 1)
    return MemoryFrontier().session(NOW)

async def work():
    crawler = crawler_for(Tiny(), scrapy_settings(FetchRules()), open_session)
    before = list(opened)
    await crawler.crawl_async()
    return before, opened, crawler.stats.get_value("finish_reason"), crawler.spider.name

print(json.dumps(run_in_reactor(work)))
"""


class Sessions:
    """Opens sessions, and counts them."""

    def __init__(self) -> None:
        self.opened: list[CrawlSession] = []

    def __call__(self) -> CrawlSession:
        self.opened.append(MemoryFrontier().session(NOW))
        return self.opened[-1]


def test_a_crawler_has_the_spider_of_its_portal_and_the_settings_that_it_was_given() -> None:
    portal = Tiny()
    crawler = crawler_for(portal, SETTINGS, Sessions())
    spider: Any = crawler.spidercls
    assert (spider.name, spider.portal) == ("tiny", portal)
    assert crawler.settings.getfloat("DOWNLOAD_DELAY") == 7
    assert crawler.settings.get("BOT_NAME") == "policywatch"


def test_a_session_is_opened_when_the_spider_wants_it_and_not_before() -> None:
    sessions = Sessions()
    crawler = crawler_for(Tiny(), SETTINGS, sessions)
    assert sessions.opened == []
    assert crawler.settings[SESSION](crawler.spidercls) is sessions.opened[0]


def test_the_settings_of_one_crawl_are_not_those_of_another() -> None:
    first, second = Sessions(), Sessions()
    one, other = crawler_for(Tiny(), SETTINGS, first), crawler_for(Tiny(), SETTINGS, second)
    assert SESSION not in SETTINGS
    one.settings[SESSION](None)
    assert (len(first.opened), len(second.opened)) == (1, 0)
    assert one.spidercls is not other.spidercls


def test_a_crawl_of_nothing_begins_opens_one_session_and_ends() -> None:
    done = subprocess.run([sys.executable, "-c", CRAWL], capture_output=True, text=True, timeout=30, check=True)
    assert json.loads(done.stdout) == [[], [1], "finished", "tiny"]

"""Makes the Scrapy crawler for one crawl of one portal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scrapy.crawler import Crawler

from crawler.frontier import CrawlSession
from crawler.spider import SESSION, spider_for
from portals.portal import Portal


def crawler_for(portal: Portal, settings: Mapping[str, Any], open_session: Callable[[], CrawlSession]) -> Crawler:
    """Scrapy's crawler of a portal; `open_session` is called when the crawl begins.

    `await crawler.crawl_async()` crawls, `await crawler.stop_async()` ends it early.
    """
    return Crawler(spider_for(portal), {**settings, SESSION: lambda _: open_session()})

"""Scrapy's settings for a crawl, from the user's settings; and fetching a few pages without storing them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crawler.fetch.settings import FetchRules, scrapy_settings
from crawler.frontier import CrawlSession, MemoryFrontier
from crawler.runner import crawler_for
from policywatch.config import Config, CrawlerConfig, PortalConfig
from portals.portal import Portal

if TYPE_CHECKING:
    from crawler.recording.handlers import Recording

#: The item pipelines of a crawl, for Scrapy's setting ITEM_PIPELINES.
PIPELINES = {"crawler.pipeline.SinkPipeline": 100}


def fetch_rules(config: CrawlerConfig, own: PortalConfig) -> FetchRules:
    """The rules for fetching from one portal; `own` are the user's settings of this portal."""
    return FetchRules(
        delay=config.delay if own.delay is None else own.delay,
        concurrency=config.concurrency,
        timeout=config.timeout,
        max_bytes=config.max_bytes,
        contact=config.contact,
        allow_hosts=config.allow_hosts,
        obey_robots=own.obey_robots,
    )


def crawl_settings(config: CrawlerConfig, own: PortalConfig, recording: Recording | None = None) -> dict[str, Any]:
    """Scrapy's settings for the crawl of one portal, which may be recorded or replay a recording."""
    settings = scrapy_settings(fetch_rules(config, own)) | {"ITEM_PIPELINES": PIPELINES}
    return settings if recording is None else recording.settings(settings)


def portal_config(portals: Mapping[str, PortalConfig], name: str) -> PortalConfig:
    """The user's settings of one portal; the defaults when there are none. `portals` holds those of all, by name."""
    return portals.get(name, PortalConfig())


async def run_session(portal: Portal, session: CrawlSession, config: Config) -> None:
    """Crawl a portal with this session, by the same path as every crawl; nothing else is stored."""
    settings = crawl_settings(config.crawler, portal_config(config.portals, portal.name))
    await crawler_for(portal, settings, lambda: session).crawl_async()


async def fetch_lists(portal: Portal, lists: tuple[str, ...], config: Config, at: datetime) -> MemoryFrontier:
    """Fetch the first page of these lists of a portal, and one article of each, at `at` (aware UTC)."""
    frontier = MemoryFrontier(max_articles=1)
    await run_session(portal, frontier.session(at, lists), config)
    return frontier

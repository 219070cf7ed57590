"""How a crawl is set up by the user's settings; and a look at a few pages that stores nothing."""

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

PIPELINES = {"crawler.pipeline.SinkPipeline": 100}


def fetch_rules(config: CrawlerConfig, own: PortalConfig) -> FetchRules:
    """What the user decided about fetching from one portal; `own` are the settings of this portal."""
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


def own_settings(portals: Mapping[str, PortalConfig], name: str) -> PortalConfig:
    """What the user decided about a portal; the defaults without a word of theirs."""
    return portals.get(name, PortalConfig())


async def look(portal: Portal, session: CrawlSession, config: Config) -> None:
    """Fetch what a session wants of a portal, on the one way out; only the session keeps anything."""
    settings = crawl_settings(config.crawler, own_settings(config.portals, portal.name))
    await crawler_for(portal, settings, lambda: session).crawl_async()


async def look_at_lists(portal: Portal, lists: tuple[str, ...], config: Config, at: datetime) -> MemoryFrontier:
    """What these lists of a portal show, and the first article of them."""
    frontier = MemoryFrontier(first=1)
    await look(portal, frontier.session(at, lists), config)
    return frontier

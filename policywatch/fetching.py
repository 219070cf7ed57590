"""How a crawl is set up by the user's settings; and a look at a few pages that keeps nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scrapy.crawler import AsyncCrawlerRunner

from crawler.notebook import Notebook
from crawler.portal import Portal
from crawler.settings import FetchRules, scrapy_settings
from policywatch.config import Config, CrawlerConfig, PortalConfig

if TYPE_CHECKING:
    from crawler.tape.handlers import Tape


def crawl_settings(config: CrawlerConfig, own: PortalConfig) -> dict[str, Any]:
    """Scrapy's settings for the crawl of one portal; `own` are the user's for this portal."""
    rules = FetchRules(
        delay=config.delay if own.delay is None else own.delay,
        concurrency=config.concurrency,
        timeout=config.timeout,
        max_bytes=config.max_bytes,
        contact=config.contact,
        allow_hosts=config.allow_hosts,
        obey_robots=own.obey_robots,
    )
    return scrapy_settings(rules) | {"ITEM_PIPELINES": {"crawler.pipelines.ArchivePipeline": 100}}


def own_settings(portals: Mapping[str, PortalConfig], name: str) -> PortalConfig:
    """What the user decided about a portal; the defaults without a word of theirs."""
    return portals.get(name, PortalConfig())


def taped(settings: dict[str, Any], tape: Tape | None) -> dict[str, Any]:
    """The settings of a crawl that is recorded, or that replays a recording."""
    return settings if tape is None else tape.settings(settings)


async def look(portal: type[Portal], notebook: Notebook, config: Config, at: datetime) -> None:
    """Crawl what the notebook wants, and the portal's lists, on the one way out; only the notebook keeps anything."""
    settings = crawl_settings(config.crawler, own_settings(config.portals, portal.name))
    runner = AsyncCrawlerRunner(settings | {"POLICYWATCH_PUT": lambda sighting: notebook.put(sighting)})
    await runner.crawl(portal, memory=notebook, at=at)

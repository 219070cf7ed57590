"""A crawl that `scrapy crawl NAME` started: into the configured database, as `policywatch crawl NAME` does it."""

from __future__ import annotations

import logging
import re

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.frontier import CrawlSession, SessionRefused
from crawler.spider import PortalSpider
from policywatch import config
from policywatch.app.catalogue import load_catalogue
from policywatch.app.crawl import Run
from policywatch.app.portal_crawl import STOPPED, CrawlSetup, Listeners, PortalCrawl
from portals.portal import Portal
from storage.database import DatabaseProblem, open_database
from tracking.hosts import ForbiddenAddress, target
from tracking.outcome import Outcome

# The reasons that Scrapy gives for a crawl that was not stopped early, and for one that was stopped by a signal.
_FINISHED, _SHUTDOWN = "finished", "shutdown"
_BETWEEN_ADDRESSES = re.compile(r"[\s,]+(?=https?://)")


def open_session(spider: PortalSpider) -> CrawlSession:
    """Begin a run that ends with this spider; SessionRefused when the portal cannot be crawled now."""
    lists = chosen_lists(spider.portal, getattr(spider, "lists", None))
    try:
        run = Run(_setup(spider))
        run.begin()
        crawl = run.portal_crawl(spider.portal)
        refused = crawl.begin()
    except DatabaseProblem as problem:
        raise SessionRefused(str(problem)) from problem
    if refused is not None:
        run.end([refused])
        raise SessionRefused(str(refused.error))
    _end_with(spider, run, crawl)
    return crawl.session(lists)


def chosen_lists(portal: Portal, argument: str | None) -> tuple[str, ...] | None:
    """The lists of `-a lists=ADDRESS[,ADDRESS]...`; None for all of the portal's. SessionRefused for what is no list.

    An address that is the first page of a list that the portal states is that list.
    """
    if argument is None:
        return None
    stated = {portal.list_address(list_, 1, None): list_ for list_ in (*portal.lists, *portal.former_lists)}
    addresses = [address for address in _BETWEEN_ADDRESSES.split(argument.strip()) if address]
    if not addresses:
        raise SessionRefused("lists= names no list")
    return tuple(stated[address] if address in stated else _own_list(address) for address in addresses)


def _own_list(address: str) -> str:
    """An address as a list of one page, in which braces are doubled; SessionRefused when it cannot be fetched."""
    try:
        target(address)
    except ForbiddenAddress as error:
        raise SessionRefused(f"lists=: {error}") from error
    return address.replace("{", "{{").replace("}", "}}")


def _setup(spider: PortalSpider) -> CrawlSetup:
    # alembic logs every plugin and migration; readability logs as an error what it raises anyway.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("readability").setLevel(logging.CRITICAL)
    settings = config.load()
    catalogue = load_catalogue(settings.programmes.path)
    for problem in catalogue.problems:
        spider.logger.error("%s", problem)
    listeners = Listeners(lambda _, reason: spider.logger.error("%s", reason), lambda _, tally: None)
    database = open_database(settings.database.url)
    return CrawlSetup(database, catalogue.programmes, settings.crawler, listeners, portals=settings.portals)


def _end_with(spider: PortalSpider, run: Run, crawl: PortalCrawl) -> None:
    """End the run when Scrapy signals that the spider has ended."""
    crawler: Crawler = spider.crawler
    crawl.watch(crawler)

    async def end(spider: PortalSpider, reason: str) -> None:
        await crawl.unwatch()
        if reason != _FINISHED:
            crawl.note_interruption(f"{STOPPED} ({reason})" if reason != _SHUTDOWN else STOPPED)
        outcome = crawl.finish()
        run.end([outcome])
        run.setup.database.close()
        spider.logger.info("%s", _summary(outcome))

    crawler.signals.connect(end, signals.spider_closed, weak=False)


def _summary(outcome: Outcome) -> str:
    tally = outcome.tally
    counts = f"{tally.new} new, {tally.edited} edited, {tally.unchanged} unchanged, {tally.gone} gone"
    return f"{outcome.portal}: {outcome.state}, {outcome.listed} listed, {counts}, {tally.failed} failed"

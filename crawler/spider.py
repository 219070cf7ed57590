"""The one Scrapy spider: it drives any portal, whose rules it asks what to fetch and what an answer says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import ClassVar

import scrapy
from scrapy.http import Request

from crawler.article_pages import ArticlePages
from crawler.frontier import CrawlSession, SessionRefused
from crawler.list_pages import ListPages
from crawler.visit import Visit
from portals.portal import Portal
from tracking.hosts import ForbiddenAddress, HostPatterns, target

# The setting that makes the session of a crawl: a function that takes the spider. Scrapy copies its settings deeply,
# but hands functions on as they are.
SESSION = "POLICYWATCH_SESSION"

# Lists have priority 10: first they, then what was never read, then what is looked at again. A crawl may be cut off.
_RECHECK_PRIORITY = -10


class PortalSpider(scrapy.Spider):
    """Crawls one portal. Scrapy wants a class for each spider: `spider_for` makes it."""

    portal: ClassVar[Portal]
    #: What the fetch path asks of a spider: the hosts that it may fetch from, and whether it keeps cookies.
    hosts: ClassVar[tuple[str, ...]]
    cookies: ClassVar[bool]
    #: What the crawl works with; it begins with the first request.
    session: CrawlSession

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        """Whether an address is on a host of this portal, and not only on one of the whole web."""
        try:
            return HostPatterns(host for host in cls.hosts if host != "*").names(target(request.url))
        except ForbiddenAddress:
            return False

    async def start(self) -> AsyncIterator[Request]:
        """The lists, then the articles that wait to be read, then those that are looked at again."""
        try:
            self.session = self.settings[SESSION](self)
        except SessionRefused as refusal:
            self.logger.error("%s: %s", self.name, refusal)
            return
        articles = ArticlePages(self.portal, self.session)
        lists = ListPages(self.portal, self.session, articles)
        for list_ in self.session.lists:
            yield lists.first_request(list_)
        for listing in self.session.frontier.waiting():
            for request in articles.request_once(Visit(listing)):
                yield request
        for visit in self.session.frontier.due():
            for request in articles.request_once(visit):
                yield request.replace(priority=_RECHECK_PRIORITY)


def spider_for(portal: Portal) -> type[PortalSpider]:
    """The spider class of a portal, under the portal's name."""

    class Spider(PortalSpider):
        name = portal.name
        hosts = portal.hosts
        cookies = portal.cookies

    Spider.portal = portal
    return Spider

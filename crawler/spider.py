"""The one Scrapy spider: it crawls any portal, by the facts and the reading rules of that portal."""

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

# The Scrapy setting that holds a function from the spider to the session of its crawl. It is a function because Scrapy
# makes deep copies of its settings, but not of functions.
SESSION = "POLICYWATCH_SESSION"

# Lists have priority 10 and unread articles 0, so that a crawl that is stopped early has done what matters most.
_RECHECK_PRIORITY = -10


class PortalSpider(scrapy.Spider):
    """Crawls one portal. Scrapy needs a class for each spider, which `spider_for` makes."""

    #: The portal that is crawled.
    portal: ClassVar[Portal]
    #: The hosts that may be fetched from; crawler/fetch/middlewares.py reads it, and `cookies`.
    hosts: ClassVar[tuple[str, ...]]
    #: Whether the cookies of a crawl are sent back.
    cookies: ClassVar[bool]
    #: What the crawl works with; it is set when the crawl begins, not before.
    session: CrawlSession

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        """Whether an address is on a host that this portal names; its pattern for all hosts ("*") does not count."""
        try:
            return HostPatterns(host for host in cls.hosts if host != "*").matches(target(request.url))
        except ForbiddenAddress:
            return False

    async def start(self) -> AsyncIterator[Request]:
        """The requests for the lists, then for articles that wait to be read, then for those that are fetched again."""
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

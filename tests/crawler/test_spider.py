"""The spider: what it asks for first, which addresses are its own, and how it takes a refusal."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from scrapy.http import Request
from scrapy.settings import Settings

from crawler.frontier import CrawlSession, MemoryFrontier, SessionRefused
from crawler.spider import SESSION, PortalSpider, spider_for
from crawler.visit import Visit
from tests.crawler.small_site import LISTING, NOW, SECOND, URL, Tiny
from tracking.article import Listing

OTHER = Listing("tiny", "2", "https://tiny.cn/a/2.html", "又", None)


class Remembering(MemoryFrontier):
    """A frontier with articles that are due."""

    def due(self) -> list[Visit]:
        return [Visit(LISTING), Visit(OTHER)]


def started(session: CrawlSession | SessionRefused) -> list[Request]:
    """The requests that a crawl begins with."""

    def open_session(spider: PortalSpider) -> CrawlSession:
        if isinstance(session, SessionRefused):
            raise session
        return session

    spider: Any = spider_for(Tiny())()
    spider.settings = Settings({SESSION: open_session})

    async def requests() -> list[Request]:
        return [request async for request in spider.start()]

    return asyncio.run(requests())


def test_lists_come_first_then_what_waits_then_what_is_due_and_no_article_twice() -> None:
    found = started(Remembering(to_read=(LISTING,)).session(NOW, Tiny.lists))
    assert [request.url for request in found] == ["https://tiny.cn/list/1", URL, OTHER.url]
    assert [request.priority for request in found] == sorted((request.priority for request in found), reverse=True)


def test_a_crawl_that_cannot_begin_asks_for_nothing_and_says_why(caplog: pytest.LogCaptureFixture) -> None:
    assert started(SessionRefused("another crawl of it is under way")) == []
    assert "tiny: another crawl of it is under way" in caplog.text


@pytest.mark.parametrize(
    ("url", "own"), [(URL, True), (SECOND, True), ("https://other.cn/", False), ("ftp://tiny.cn/", False)]
)
def test_a_spider_knows_the_addresses_of_its_portal(url: str, own: bool) -> None:
    assert spider_for(Tiny()).handles_request(Request(url)) is own


def test_a_portal_that_fetches_from_everywhere_claims_no_address_as_its_own() -> None:
    class Everywhere(Tiny):
        hosts = ("*", "feed.cn")

    assert not spider_for(Everywhere()).handles_request(Request(URL))
    assert spider_for(Everywhere()).handles_request(Request("https://feed.cn/rss"))


def test_each_portal_has_a_spider_class_of_its_own_under_its_name() -> None:
    class Second(Tiny):
        name = "second"

    first, second = spider_for(Tiny()), spider_for(Second())
    assert (first.name, second.name) == ("tiny", "second")
    assert (first.portal.name, second.portal.name) == ("tiny", "second")

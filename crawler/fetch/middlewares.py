"""Scrapy middlewares: own hosts, cookies, redirects and decompression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares import cookies
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.utils.spider import DefaultSpider
from tldextract import TLDExtract

from crawler.fetch.guard import Refused, target_of
from tracking.hosts import HostPatterns, is_this_machine

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

# Content codings of one response at most: each of them may unpack to the size limit.
MOST_CODINGS = 2
# The list of public suffixes comes from the package; by default Scrapy would download it.
cookies._split_domain = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


class OwnHosts:
    """Runs first: refuses hosts that the portal does not name, and unusual ports unless it names them."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._hosts: HostPatterns | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OwnHosts:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises Refused for every other host, redirects and robots.txt included."""
        where = target_of(request.url)
        # Not in __init__: `scrapy shell` makes its spider after the middlewares.
        self._hosts = self._hosts or HostPatterns(_hosts_of(self._crawler.spider), ports=(80, 443))
        if not self._hosts.matches(where):
            raise Refused(where.host, request.url, "not one of the portal's own hosts")
        if is_this_machine(where):
            request.meta["proxy"] = None  # for a proxy, "this machine" would be the machine of the proxy


def _hosts_of(spider: Spider | None) -> tuple[str, ...]:
    """The hosts that a spider fetches from; none for a spider that names none.

    Scrapy's own spider serves `scrapy shell` and `scrapy fetch`, where a person names each address: any public host.
    """
    if type(spider) is DefaultSpider:
        return ("*",)
    hosts: tuple[str, ...] = getattr(spider, "hosts", ())
    return hosts


class Cookies(CookiesMiddleware):
    """As Scrapy's, only for portals that need cookies; they are kept in memory, for one crawl."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Cookies:
        if not getattr(crawler.spider, "cookies", False):
            raise NotConfigured
        return cls()


class Redirects(RedirectMiddleware):
    """As Scrapy's, without a Referer; the new request passes OwnHosts like any other."""

    def _engine_started(self) -> None:
        pass  # the base class would warn that the referer middleware is off


class Decompression(HttpCompressionMiddleware):
    """As Scrapy's, which stops at DOWNLOAD_MAXSIZE, and refuses responses with many content codings."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,
    ) -> Request | Response:
        codings = b",".join(filter(None, response.headers.getlist("Content-Encoding")))
        if codings.count(b",") >= MOST_CODINGS:
            raise Refused(target_of(request.url).host, request.url, "compressed too many times over")
        return super().process_response(request, response)

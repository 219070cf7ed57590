"""What every request and response passes on its way between a portal and the network."""

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

# Content codings of one response: each may unpack to the size limit, so their number is bounded as well.
MOST_CODINGS = 2
# Which names are public suffixes is read from the package: Scrapy's own would ask outside hosts, and wait for them.
cookies._split_domain = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


class OwnHosts:
    """Comes first: a portal fetches from the hosts that it names, on the usual ports unless it names one."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._hosts: HostPatterns | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OwnHosts:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises Refused for every other host, redirects and robots.txt included."""
        where = target_of(request.url)
        # Late: `scrapy shell` makes its spider when the middlewares are there already.
        self._hosts = self._hosts or HostPatterns(_hosts_of(self._crawler.spider), ports=(80, 443))
        if not self._hosts.names(where):
            raise Refused(where.host, request.url, "not one of the portal's own hosts")
        if is_this_machine(where):
            request.meta["proxy"] = None  # to a proxy "this machine" would be another one


def _hosts_of(spider: Spider | None) -> tuple[str, ...]:
    """The hosts that a spider fetches from; none for a spider that names none.

    Scrapy's own spider serves `scrapy shell` and `scrapy fetch`, where a person names each address: any public host.
    """
    if type(spider) is DefaultSpider:
        return ("*",)
    hosts: tuple[str, ...] = getattr(spider, "hosts", ())
    return hosts


class Cookies(CookiesMiddleware):
    """As Scrapy's, for portals that ask for it: the cookies of one crawl, kept in memory."""

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
    """As Scrapy's, which stops at DOWNLOAD_MAXSIZE, but it does not peel off one coding after the other."""

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

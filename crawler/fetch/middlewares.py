"""What every request and response passes on its way between a portal and the network."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares import cookies
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.spider import DefaultSpider
from tldextract import TLDExtract

from crawler.fetch.guard import Refused, target_of
from tracking.hosts import HostPatterns, is_this_machine
from tracking.observation import FailureKind

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser
    from scrapy.settings import BaseSettings

# Content codings of one response: each may unpack to the size limit, so their number is bounded as well.
MOST_CODINGS = 2
# Seconds that a request waits for its host; a host that asks for more is not asked again in this run.
LONGEST_WAIT = 60.0
# The statistic of the longest pause, in seconds, that a host asked for and that was not waited for.
BACKOFF_SECONDS = "policywatch/backoff_seconds"
# Seconds and bytes for a robots.txt; so many bytes are what RFC 9309 makes everyone read.
ROBOTS_TIMEOUT, ROBOTS_BYTES = 10.0, 512_000
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


class Robots(RobotsTxtMiddleware):
    """As Scrapy's, and it keeps the pause that a site asks for.

    A robots.txt that is slow, broken or huge does not hold a portal up for long.
    """

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        if request.callback is NO_CALLBACK:
            timeout = min(ROBOTS_TIMEOUT, self.crawler.settings.getfloat("DOWNLOAD_TIMEOUT"))
            request.meta.update(download_timeout=timeout, download_maxsize=ROBOTS_BYTES, max_retry_times=1)
        try:
            await super().process_request(request)
        except IgnoreRequest as error:
            raise ForbiddenByRobots(str(error)) from error

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raises IgnoreRequest for what is forbidden; sets the pause between requests for what is not."""
        super().process_request_2(rp, request)
        slot = self.crawler.engine.downloader.slots.get(target_of(request.url).host)
        # Scrapy's own interface does not ask for it; the parser that it holds can.
        wait = None if rp is None else getattr(rp, "rp").crawl_delay(self._robotstxt_useragent)  # noqa: B009
        if slot is not None and wait is not None:
            slot.delay = max(slot.delay, min(wait, LONGEST_WAIT))


class ForbiddenByRobots(IgnoreRequest):
    """The site's robots.txt does not want this address fetched."""

    failure_kind = FailureKind.FORBIDDEN


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


class HostBackoff(IgnoreRequest):
    """The host asked, by a Retry-After, not to be asked now."""

    failure_kind = FailureKind.PAUSE


class PatientRetry(RetryMiddleware):
    """As Scrapy's, and it leaves a host in peace for as long as its Retry-After asks."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._backoff_until: dict[str, float] = {}  # by host, in seconds of a monotonic clock

    def process_request(self, request: Request) -> None:
        """Raises HostBackoff while the host wants to be left in peace."""
        left = self._backoff_until.get(target_of(request.url).host, 0.0) - self._seconds()
        if left > 0:
            raise HostBackoff(f"{target_of(request.url).host} asked to be left in peace for {left:.0f} s more")

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,
    ) -> Request | Response:
        if response.status not in (429, 503):
            return super().process_response(request, response)
        pause = retry_after(response.headers.get("Retry-After"), self._now())
        if pause > LONGEST_WAIT:
            self._backoff_until[target_of(request.url).host] = self._seconds() + pause
            self.crawler.stats.max_value(BACKOFF_SECONDS, pause)
            return response
        if pause > 0:
            self._hold(request, pause)
        return super().process_response(request, response)

    def _now(self) -> datetime:
        return datetime.now(UTC)

    def _seconds(self) -> float:
        return monotonic()

    def _hold(self, request: Request, seconds: float) -> None:
        slot = self.crawler.engine.downloader.slots[request.meta["download_slot"]]
        slot.lastseen = monotonic() + seconds
        slot.delay = max(slot.delay, 0.01)  # a slot without a delay does not look when it was last used


def retry_after(value: bytes | None, now: datetime) -> float:
    """The seconds that a Retry-After header asks for; 0 when it is absent or unreadable."""
    if value is None:
        return 0.0
    text = value.decode("ascii", "replace").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text).astimezone(UTC) - now).total_seconds())
    except (ValueError, OverflowError):
        return 0.0

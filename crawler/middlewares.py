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
from tldextract import TLDExtract

from crawler.guard import Refused, Sites, is_this_machine, target
from tracking.sightings import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser
    from scrapy.settings import BaseSettings

MOST_CODINGS = 2  # each may unpack to the size limit, so their number is bounded as well
LONGEST_PAUSE = 60.0  # seconds; a host that asks for more is not asked again in this run
REST = "policywatch/rest"  # the statistic of the longest pause that was asked for and not waited for, in seconds
ROBOTS_TIMEOUT = 10.0  # seconds
ROBOTS_BYTES = 512_000  # what RFC 9309 makes everyone read
# Which names are public suffixes is read from the package: Scrapy's own would ask outside hosts, and wait for them.
cookies._split_domain = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


class OwnHosts:
    """Comes first: a portal fetches from the hosts that it names, on the usual ports unless it names one."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._hosts = Sites(hosts, ports=(80, 443))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OwnHosts:
        return cls(getattr(crawler.spider, "hosts", ()))  # a spider that names none fetches nothing

    def process_request(self, request: Request) -> None:
        """Raises Refused for every other host, redirects and robots.txt included."""
        where = target(request.url)
        if not self._hosts.names(where):
            raise Refused(where.host, request.url, "not one of the portal's own hosts")
        if is_this_machine(where):
            request.meta["proxy"] = None  # to a proxy "this machine" would be another one


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
            raise Forbidden(str(error)) from error

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raises IgnoreRequest for what is forbidden; sets the pause between requests for what is not."""
        super().process_request_2(rp, request)
        slot = self.crawler.engine.downloader.slots.get(target(request.url).host)
        # Scrapy's own interface does not ask for it; the parser that it holds can.
        asked = None if rp is None else getattr(rp, "rp").crawl_delay(self._robotstxt_useragent)  # noqa: B009
        if slot is not None and asked is not None:
            slot.delay = max(slot.delay, min(asked, LONGEST_PAUSE))


class Forbidden(IgnoreRequest):
    """The site's robots.txt does not want this address fetched."""

    trouble = Trouble.FORBIDDEN


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
            raise Refused(target(request.url).host, request.url, "compressed too many times over")
        return super().process_response(request, response)


class Resting(IgnoreRequest):
    """The host asked, by a Retry-After, not to be asked now."""

    trouble = Trouble.PAUSE


class PatientRetry(RetryMiddleware):
    """As Scrapy's, and it leaves a host in peace for as long as its Retry-After asks."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._resting: dict[str, float] = {}  # until when, in seconds of a clock that only runs

    def process_request(self, request: Request) -> None:
        """Raises Resting while the host wants to be left in peace."""
        rest = self._resting.get(target(request.url).host, 0.0) - self._seconds()
        if rest > 0:
            raise Resting(f"{target(request.url).host} asked to be left in peace for {rest:.0f} s more")

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,
    ) -> Request | Response:
        if response.status not in (429, 503):
            return super().process_response(request, response)
        pause = retry_after(response.headers.get("Retry-After"), self._now())
        if pause > LONGEST_PAUSE:
            self._resting[target(request.url).host] = self._seconds() + pause
            self.crawler.stats.max_value(REST, pause)
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

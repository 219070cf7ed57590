"""robots.txt: what it forbids, and the pause between requests that it states (Crawl-delay)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.fetch.backoff import LONGEST_WAIT
from crawler.fetch.guard import target_of
from crawler.fetch.settings import BOT_NAME
from tracking.observation import FailureKind

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.robotstxt import RobotParser


# Seconds to wait for a robots.txt, and bytes of it that are read: RFC 9309 demands 500 KiB at least.
ROBOTS_TIMEOUT, ROBOTS_BYTES = 10.0, 512_000


class Robots(RobotsTxtMiddleware):
    """As Scrapy's, and it honours Crawl-delay; limits keep a slow or huge robots.txt from delaying the crawl."""

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
        wait = None if rp is None else rp.crawl_delay(self._robotstxt_useragent or BOT_NAME)
        if slot is not None and wait is not None:
            slot.delay = max(slot.delay, min(wait, LONGEST_WAIT))


class ForbiddenByRobots(IgnoreRequest):
    """The robots.txt of the site forbids to fetch this address."""

    failure_kind = FailureKind.FORBIDDEN

"""Requests that are tried again later, and Retry-After: how long a busy host is not asked."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest

from crawler.fetch.guard import target_of
from tracking.observation import FailureKind

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response
    from scrapy.settings import BaseSettings


# Seconds that a request waits at most for its host; a host that asks for more is not asked again in this crawl.
LONGEST_WAIT = 60.0
# The name of the statistic with the longest wait, in seconds, that a host asked for and that this crawl did not wait.
BACKOFF_SECONDS = "policywatch/backoff_seconds"


class HostBackoff(IgnoreRequest):
    """A request that is not made, because its host asked by Retry-After for a pause that is not over."""

    failure_kind = FailureKind.PAUSE


class BackoffRetry(RetryMiddleware):
    """As Scrapy's, and it makes no request to a host before the time that its Retry-After names."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._backoff_until: dict[str, float] = {}  # by host, in seconds of a monotonic clock

    def process_request(self, request: Request) -> None:
        """Raises HostBackoff while the time that the host asked for is not over."""
        left = self._backoff_until.get(target_of(request.url).host, 0.0) - self._seconds()
        if left > 0:
            raise HostBackoff(f"{target_of(request.url).host} asked us to wait for {left:.0f} s more")

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
        slot.delay = max(slot.delay, 0.01)  # without a delay Scrapy ignores `lastseen`


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

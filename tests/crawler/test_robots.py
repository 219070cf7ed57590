"""What a robots.txt costs, forbids and slows down; test_fetch_path.py sees it at work on the network."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager
from scrapy.statscollectors import MemoryStatsCollector

from crawler.fetch.backoff import LONGEST_WAIT
from crawler.fetch.errors import failure_kind_of, reason_of
from crawler.fetch.robots import ROBOTS_BYTES, ROBOTS_TIMEOUT, ForbiddenByRobots, Robots
from crawler.fetch.settings import FetchRules, scrapy_settings
from tracking.observation import FailureKind

PAGE = "https://tiny.cn/a/1.html"
OPEN = b"User-agent: *\nDisallow:\n"
CLOSED = b"User-agent: policywatch\nDisallow: /a/\n"


@dataclass
class Slot:
    """Where requests to one host wait for their turn."""

    delay: float = 0.0


@dataclass
class Site:
    """The engine of a crawl: every host has this robots.txt, or an error in place of one."""

    robots: bytes | Exception = OPEN
    slots: dict[str, Slot] = field(default_factory=lambda: {"tiny.cn": Slot()})
    fetched: list[Request] = field(default_factory=list)
    #: What is done to the request of a robots.txt on its way: it passes the middlewares as well.
    on_the_way: Callable[[Request], Awaitable[None]] | None = None

    @property
    def downloader(self) -> Site:
        return self

    async def download_async(self, request: Request) -> Response:
        self.fetched.append(request)
        if self.on_the_way is not None:
            await self.on_the_way(request)
        if isinstance(self.robots, Exception):
            raise self.robots
        return Response(request.url, body=self.robots)


def middleware(site: Site, **rules: Any) -> Robots:
    settings = Settings(scrapy_settings(FetchRules(**rules)))
    crawler: Any = SimpleNamespace(settings=settings, spider=None, engine=site)
    crawler.stats, crawler.signals = MemoryStatsCollector(crawler), SignalManager(crawler)
    made = Robots.from_crawler(crawler)
    site.on_the_way = made.process_request
    return made


def passes(site: Site, url: str = PAGE, **rules: Any) -> None:
    asyncio.run(middleware(site, **rules).process_request(Request(url)))


def asked_for(site: Site) -> Request:
    """The request of the robots.txt, after one page was asked for."""
    (request,) = site.fetched
    return request


# --- what it costs ---


def test_a_robots_txt_is_waited_for_and_read_only_so_far() -> None:
    site = Site()
    passes(site)
    assert asked_for(site).url == "https://tiny.cn/robots.txt"
    assert asked_for(site).meta["download_timeout"] == ROBOTS_TIMEOUT
    assert asked_for(site).meta["download_maxsize"] == ROBOTS_BYTES >= 500 * 1024
    assert asked_for(site).meta["max_retry_times"] == 1


@pytest.mark.parametrize(("timeout", "waited"), [(3.0, 3.0), (60.0, ROBOTS_TIMEOUT)])
def test_no_robots_txt_is_waited_for_longer_than_a_page_would_be(timeout: float, waited: float) -> None:
    site = Site()
    passes(site, timeout=timeout)
    assert asked_for(site).meta["download_timeout"] == waited


def test_the_limits_are_those_of_the_robots_txt_and_not_of_pages() -> None:
    request = Request(PAGE, meta={"depth": 1})
    asyncio.run(middleware(Site()).process_request(request))
    assert request.meta == {"depth": 1}
    assert request.callback is not NO_CALLBACK


def test_a_host_is_asked_once_for_its_robots_txt() -> None:
    site = Site()
    robots = middleware(site)

    async def several() -> None:
        for url in (PAGE, "https://tiny.cn/b", "https://www.tiny.cn/"):
            await robots.process_request(Request(url))

    asyncio.run(several())
    assert [request.url for request in site.fetched] == [
        "https://tiny.cn/robots.txt",
        "https://www.tiny.cn/robots.txt",
    ]


def test_who_does_not_obey_has_no_such_middleware() -> None:
    with pytest.raises(NotConfigured):
        middleware(Site(), obey_robots=False)


# --- what it forbids ---


def test_a_forbidden_page_fails_with_a_kind_of_its_own() -> None:
    with pytest.raises(ForbiddenByRobots, match=r"Forbidden by robots\.txt") as refusal:
        passes(Site(CLOSED))
    failure: Any = SimpleNamespace(value=refusal.value)
    assert failure_kind_of(failure) is FailureKind.FORBIDDEN
    assert reason_of(failure) == "Forbidden by robots.txt"


def test_scrapy_takes_it_for_a_request_that_was_left_out_on_purpose() -> None:
    assert issubclass(ForbiddenByRobots, IgnoreRequest)


@pytest.mark.parametrize(
    "robots",
    [
        OPEN,
        b"",
        b"User-agent: other\nDisallow: /\n",
        b"User-agent: *\nDisallow: /\n\nUser-agent: policywatch\nAllow: /\n",
        b"\xff\xfe\x00 no robots.txt at all",
        "<html><body>页面不存在</body></html>".encode(),
        TimeoutError("took longer than 10 seconds"),
        IgnoreRequest("not one of the portal's own hosts"),
    ],
    ids=["open", "empty", "for others", "for all others", "broken", "an error page", "slow", "refused"],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_page_passes_unless_a_robots_txt_that_can_be_read_forbids_it(robots: bytes | Exception) -> None:
    passes(Site(robots))


def test_only_what_is_named_is_forbidden() -> None:
    passes(Site(CLOSED), "https://tiny.cn/b/1.html")


# --- what it slows down ---


def delay_after(crawl_delay: str, before: float = 0.0) -> float:
    """The pause between requests to a host, after its robots.txt was read."""
    site = Site(f"User-agent: *\nCrawl-delay: {crawl_delay}\n".encode(), {"tiny.cn": Slot(before)})
    passes(site)
    return site.slots["tiny.cn"].delay


@pytest.mark.parametrize(("asked", "kept"), [("5", 5.0), ("0.5", 0.5), ("60", LONGEST_WAIT)])
def test_the_pause_that_a_site_asks_for_is_kept(asked: str, kept: float) -> None:
    assert delay_after(asked) == kept


@pytest.mark.parametrize("asked", ["61", "86400", "1e9"])
def test_no_site_slows_a_crawl_down_without_end(asked: str) -> None:
    assert delay_after(asked) == LONGEST_WAIT


@pytest.mark.parametrize("asked", ["1", "0", "-5", "nan", "inf", "", "很久"])
def test_a_shorter_or_unreadable_pause_leaves_our_own(asked: str) -> None:
    assert delay_after(asked, before=2.0) == 2.0


def test_the_pause_for_us_comes_before_that_for_all() -> None:
    site = Site(b"User-agent: *\nCrawl-delay: 50\n\nUser-agent: policywatch\nCrawl-delay: 3\n")
    passes(site)
    assert site.slots["tiny.cn"].delay == 3.0


def test_another_host_keeps_its_own_pace() -> None:
    site = Site(b"User-agent: *\nCrawl-delay: 5\n", {"tiny.cn": Slot(), "other.cn": Slot(1.0)})
    passes(site)
    assert site.slots["other.cn"].delay == 1.0


def test_a_host_that_nothing_waits_for_needs_no_pause() -> None:
    passes(Site(b"User-agent: *\nCrawl-delay: 5\n", {}))


def test_a_forbidden_page_slows_nothing_down() -> None:
    site = Site(CLOSED + b"Crawl-delay: 5\n")
    with pytest.raises(ForbiddenByRobots):
        passes(site)
    assert site.slots["tiny.cn"].delay == 0.0

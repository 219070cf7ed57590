"""What each middleware decides by itself; test_fetch_path.py sees them at work together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager
from scrapy.utils.spider import DefaultSpider

from crawler.fetch.guard import Refused
from crawler.fetch.middlewares import Decompression, OwnHosts, Redirects
from crawler.fetch.settings import FetchRules, scrapy_settings


def _portal(*hosts: str) -> OwnHosts:
    crawler: Any = SimpleNamespace(spider=SimpleNamespace(hosts=hosts))
    return OwnHosts.from_crawler(crawler)


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example.cn/a.shtml",
        "https://news.example.cn/a?b=1",
        "HTTPS://NEWS.example.cn:443/",
        "http://127.0.0.1:8000/list",
    ],
)
def test_a_portals_own_hosts_pass(url: str) -> None:
    _portal("news.example.cn", "127.0.0.1:8000").process_request(Request(url))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.cn/",
        "http://www.news.example.cn/",
        "http://news.example.cn.evil.test/",
        "http://evil-news.example.cn/",
        "http://news.example.cn./",
        "http://news.example.cn:8080/",
        "http://news.example.cn:22/",
        "http://127.0.0.1/",
        "http://127.0.0.1:8001/",
        "http://user@news.example.cn/",
        "http://user:secret@news.example.cn/",
        "ftp://news.example.cn/",
        "file:///etc/passwd",
        "data:text/html,x",
    ],
)
def test_everything_else_is_refused_with_its_address(url: str) -> None:
    request = Request(url)
    with pytest.raises(Refused) as refusal:
        _portal("news.example.cn", "127.0.0.1:8000").process_request(request)
    assert refusal.value.address == request.url
    assert refusal.value.reason


def test_a_spider_that_names_no_hosts_fetches_nothing() -> None:
    crawler: Any = SimpleNamespace(spider=SimpleNamespace())
    with pytest.raises(Refused):
        OwnHosts.from_crawler(crawler).process_request(Request("http://news.example.cn/"))


def test_scrapys_own_spider_fetches_any_host_since_a_person_names_each_address() -> None:
    crawler: Any = SimpleNamespace(spider=None)
    middleware = OwnHosts.from_crawler(crawler)
    crawler.spider = DefaultSpider()
    middleware.process_request(Request("https://news.example.cn/"))


def test_only_this_machine_is_asked_without_the_proxy() -> None:
    portal = _portal("127.0.0.1:8000", "news.example.cn")
    here, there = Request("http://127.0.0.1:8000/"), Request("http://news.example.cn/")
    portal.process_request(here)
    portal.process_request(there)
    assert here.meta["proxy"] is None
    assert "proxy" not in there.meta


@pytest.mark.parametrize("headers", [["gzip, gzip, gzip"], ["gzip", "br", "gzip"], ["gzip,gzip", "gzip"]])
def test_a_body_in_three_codings_is_refused_however_the_headers_say_it(headers: list[str]) -> None:
    request = Request("http://news.example.cn/")
    response = Response(request.url, headers={"Content-Encoding": headers}, body=b"x")
    with pytest.raises(Refused):
        _decompression().process_response(request, response)


def test_a_body_without_coding_is_left_alone() -> None:
    request = Request("http://news.example.cn/")
    response = Response(request.url, body=b"x")
    assert _decompression().process_response(request, response) is response


def _crawler() -> Any:
    settings = Settings(scrapy_settings(FetchRules()))
    return SimpleNamespace(spider=None, stats=None, settings=settings, signals=SignalManager())


def _decompression() -> Decompression:
    return Decompression.from_crawler(_crawler())


def test_a_redirect_is_followed_without_complaint_about_the_referer_middleware(
    caplog: pytest.LogCaptureFixture,
) -> None:
    redirects = Redirects.from_crawler(_crawler())
    redirects._engine_started()
    request = Request("http://news.example.cn/a", headers={"Referer": "http://news.example.cn/"})
    response = Response(request.url, status=301, headers={"Location": "/b"})
    followed = redirects.process_response(request, response)
    assert isinstance(followed, Request)
    assert followed.url == "http://news.example.cn/b"
    assert "Referer" not in followed.headers
    assert caplog.records == []

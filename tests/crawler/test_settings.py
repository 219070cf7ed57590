"""The settings hold what they promise."""

from __future__ import annotations

from typing import Any

from scrapy.settings import Settings
from scrapy.utils.conf import build_component_list
from scrapy.utils.misc import load_object

from crawler.fetch.settings import FetchRules, scrapy_settings, user_agent


def _components(settings: Settings, name: str) -> list[Any]:
    return build_component_list(settings.get_component_priority_dict_with_base(name))


def test_only_http_is_fetched_and_only_by_the_guarded_handler() -> None:
    handlers = Settings(scrapy_settings(FetchRules())).getwithbase("DOWNLOAD_HANDLERS")
    used = {scheme: handler for scheme, handler in handlers.items() if handler is not None}
    assert used == {"http": "crawler.fetch.guard.GuardedHandler", "https": "crawler.fetch.guard.GuardedHandler"}


def test_every_component_that_is_left_can_be_loaded_and_is_meant() -> None:
    settings = Settings(scrapy_settings(FetchRules()))
    names = [
        load_object(name).__name__
        for kind in ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS")
        for name in _components(settings, kind)
    ]
    assert names == [
        *(
            "OwnHosts",
            "Robots",
            "DownloadTimeoutMiddleware",
            "DefaultHeadersMiddleware",
            "UserAgentMiddleware",
        ),
        *("BackoffRetry", "Decompression", "Redirects", "Cookies", "HttpProxyMiddleware"),
        *("HttpErrorMiddleware", "CoreStats", "AutoThrottle"),
    ]


def test_the_doors_that_scrapy_leaves_open_are_shut() -> None:
    settings = Settings(scrapy_settings(FetchRules()))
    assert not settings.getbool("REMOTE_CONTROL_ENABLED")
    assert not settings.getbool("TELNETCONSOLE_ENABLED")
    assert not settings.getbool("COOKIES_ENABLED")
    assert not settings.getbool("METAREFRESH_ENABLED")
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert settings.getbool("ROBOTSTXT_OBEY")
    assert settings.getint("DOWNLOAD_MAXSIZE") == 10_000_000


def test_the_rules_reach_scrapy() -> None:
    rules = FetchRules(3.0, 4, 5.0, 6000, "me@example.org", ("127.0.0.1",), obey_robots=False)
    settings = Settings(scrapy_settings(rules))
    assert settings.getfloat("DOWNLOAD_DELAY") == settings.getfloat("AUTOTHROTTLE_START_DELAY") == 3.0
    assert settings.getfloat("DOWNLOAD_DELAY_JITTER") == 0  # so the delay is never less than that
    assert settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 4
    assert settings.getfloat("DOWNLOAD_TIMEOUT") == 5.0
    assert settings.getint("DOWNLOAD_MAXSIZE") == 6000
    assert settings.getlist("ALLOW_HOSTS") == ["127.0.0.1"]
    assert settings["USER_AGENT"].endswith(" (+me@example.org)")
    assert not settings.getbool("ROBOTSTXT_OBEY")
    assert settings.getbool("AUTOTHROTTLE_ENABLED")
    assert not Settings(scrapy_settings(FetchRules(delay=0))).getbool("AUTOTHROTTLE_ENABLED")


def test_the_settings_are_the_callers_own() -> None:
    scrapy_settings(FetchRules())["EXTENSIONS"]["crawler.pipeline.Other"] = 1
    assert "crawler.pipeline.Other" not in scrapy_settings(FetchRules())["EXTENSIONS"]


def test_a_contact_cannot_add_a_header() -> None:
    assert user_agent("").startswith("policywatch")
    assert "+" not in user_agent("")
    assert user_agent("a@b.cn\r\nX-Evil: 中").endswith(" (+a@b.cnX-Evil:)")

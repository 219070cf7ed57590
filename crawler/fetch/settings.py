"""Scrapy's settings: safe and polite by default, and without the parts of Scrapy that are not used."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

BOT_NAME = "policywatch"


@dataclass(frozen=True, slots=True)
class FetchRules:
    """What a user decides about fetching."""

    #: Seconds between two requests to one host.
    delay: float = 2.0
    #: Requests to one host at a time.
    concurrency: int = 2
    #: Seconds for one response, from the request to its last byte.
    timeout: float = 20.0
    #: Bytes of one response, unpacked.
    max_bytes: int = 10_000_000
    #: How the owner of a site can reach whoever runs this, part of the User-Agent; "" to say nothing.
    contact: str = ""
    #: Hosts on private addresses that may be fetched, as `host` or `host:port`.
    allow_hosts: tuple[str, ...] = ()
    #: Whether robots.txt decides what may be fetched.
    obey_robots: bool = True


def scrapy_settings(rules: FetchRules) -> dict[str, Any]:
    """All settings of a crawl under these rules, as a plain dictionary that the caller may change."""
    return _spiders() | _safety() | _components() | _politeness() | _quiet() | _ruled(rules)


def portal_settings(rules: FetchRules) -> dict[str, Any]:
    """Only those settings that depend on the rules, as a plain dictionary; they may differ between portals."""
    return _ruled(rules)


def user_agent(contact: str) -> str:
    """The User-Agent header; characters that a header cannot hold are removed from `contact`."""
    try:
        product = f"{BOT_NAME}/{version(BOT_NAME)}"
    except PackageNotFoundError:  # run from a checkout that is not installed
        product = BOT_NAME
    reachable = "".join(char for char in contact if " " < char < "\x7f")
    return f"{product} (+{reachable})" if reachable else product


def _ruled(rules: FetchRules) -> dict[str, Any]:
    return {
        "ALLOW_HOSTS": list(rules.allow_hosts),
        # A delay of 0 is set on purpose, so that nothing is throttled then.
        "AUTOTHROTTLE_ENABLED": rules.delay > 0,
        "AUTOTHROTTLE_START_DELAY": rules.delay,
        # When a crawl is stopped, requests in the downloader are still sent: with fewer of them it ends sooner.
        "CONCURRENT_REQUESTS": rules.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": rules.concurrency,
        "DOWNLOAD_DELAY": rules.delay,
        "DOWNLOAD_MAXSIZE": rules.max_bytes,
        "DOWNLOAD_TIMEOUT": rules.timeout,
        "ROBOTSTXT_OBEY": rules.obey_robots,
        "USER_AGENT": user_agent(rules.contact),
    }


def _spiders() -> dict[str, Any]:
    return {
        "BOT_NAME": BOT_NAME,
        "SPIDER_MODULES": [],
        # For a request that the filter drops, neither callback nor errback is called: an article that is reached
        # by a redirect would be lost. We drop duplicates by the keys of articles.
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    }


def _safety() -> dict[str, Any]:
    return {
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DNSCACHE_ENABLED": False,  # its entries never expire
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "COOKIES_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "REDIRECT_MAX_TIMES": 5,
    }


def _components() -> dict[str, Any]:
    """Everything that is loaded. Scrapy's own lists are emptied, so that a new release cannot add to them."""
    guarded = "crawler.fetch.guard.GuardedHandler"
    stock = "scrapy.downloadermiddlewares"
    return {
        "DOWNLOAD_HANDLERS_BASE": {},
        "DOWNLOAD_HANDLERS": {"http": guarded, "https": guarded},
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.fetch.middlewares.OwnHosts": 10,
            "crawler.fetch.robots.Robots": 100,
            f"{stock}.downloadtimeout.DownloadTimeoutMiddleware": 350,
            f"{stock}.defaultheaders.DefaultHeadersMiddleware": 400,
            f"{stock}.useragent.UserAgentMiddleware": 500,
            "crawler.fetch.backoff.BackoffRetry": 550,
            "crawler.fetch.middlewares.Decompression": 590,
            "crawler.fetch.middlewares.Redirects": 600,
            "crawler.fetch.middlewares.Cookies": 700,
            f"{stock}.httpproxy.HttpProxyMiddleware": 750,
        },
        "SPIDER_MIDDLEWARES_BASE": {},
        "SPIDER_MIDDLEWARES": {"scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": 50},
        "EXTENSIONS_BASE": {},
        "EXTENSIONS": {
            "scrapy.extensions.corestats.CoreStats": 0,
            "scrapy.extensions.throttle.AutoThrottle": 0,
        },
        # For every response Scrapy starts this number of tasks, however few items it has.
        "CONCURRENT_ITEMS": 1,
    }


def _politeness() -> dict[str, Any]:
    return {
        "AUTOTHROTTLE_MAX_DELAY": 60.0,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
        "DOWNLOAD_DELAY_JITTER": 0.0,  # with jitter, a delay could be half of what the user set
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
        },
        "RETRY_TIMES": 2,
        "ROBOTSTXT_USER_AGENT": BOT_NAME,
    }


def _quiet() -> dict[str, Any]:
    return {
        "DOWNLOAD_WARNSIZE": 0,
        "LOG_LEVEL": "WARNING",
        "LOG_VERSIONS": [],
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",  # the crawl reports the failure itself
        "STATS_DUMP": False,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,  # the check reads the source file of every callback
    }

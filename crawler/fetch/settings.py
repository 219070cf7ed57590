"""How Scrapy is set up: safe and polite by default, and nothing loaded that is not used."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

BOT_NAME = "policywatch"


@dataclass(frozen=True, slots=True)
class FetchRules:
    """What a user decides about fetching."""

    delay: float = 2.0  # seconds between two requests to one host
    concurrency: int = 2  # requests to one host at a time
    timeout: float = 20.0  # seconds for one response, from the request to its last byte
    max_bytes: int = 10_000_000  # of one response, unpacked
    contact: str = ""  # where the owner of a site reaches whoever runs this
    allow_hosts: tuple[str, ...] = ()  # hosts on private addresses that may be fetched, host or host:port
    obey_robots: bool = True


def scrapy_settings(rules: FetchRules) -> dict[str, Any]:
    """All settings of a crawl under these rules, as a plain dictionary that the caller may change."""
    return _spiders() | _safety() | _components() | _politeness() | _quiet() | _ruled(rules)


def portal_settings(rules: FetchRules) -> dict[str, Any]:
    """What these rules set that another portal may set otherwise, as a plain dictionary."""
    return _ruled(rules)


def user_agent(contact: str) -> str:
    """Who we are, for the logs of a site; `contact` loses what a header cannot carry."""
    try:
        product = f"{BOT_NAME}/{version(BOT_NAME)}"
    except PackageNotFoundError:  # run from a checkout that is not installed
        product = BOT_NAME
    reachable = "".join(char for char in contact if " " < char < "\x7f")
    return f"{product} (+{reachable})" if reachable else product


def _ruled(rules: FetchRules) -> dict[str, Any]:
    return {
        "ALLOW_HOSTS": list(rules.allow_hosts),
        # Who sets no delay wants none: then nothing is throttled either.
        "AUTOTHROTTLE_ENABLED": rules.delay > 0,
        "AUTOTHROTTLE_START_DELAY": rules.delay,
        # What waits in the downloader is still sent when a crawl is stopped: the fewer, the sooner it ends.
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
        # A request that the filter drops ends in no callback and no errback: an article that is reached by
        # a redirect would vanish without a word. Portals know articles by their keys.
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    }


def _safety() -> dict[str, Any]:
    return {
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DNSCACHE_ENABLED": False,  # Scrapy's never forgets, and the service runs for months
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "COOKIES_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "REDIRECT_MAX_TIMES": 5,
    }


def _components() -> dict[str, Any]:
    """Everything that is loaded: Scrapy's own lists are emptied, so that no release of it adds to ours."""
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
            "crawler.fetch.backoff.PatientRetry": 550,
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
        # Scrapy starts as many tasks for every response, however few items it gave.
        "CONCURRENT_ITEMS": 1,
    }


def _politeness() -> dict[str, Any]:
    return {
        "AUTOTHROTTLE_MAX_DELAY": 60.0,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
        "DOWNLOAD_DELAY_JITTER": 0.0,  # with it a delay would at times be half of what was promised
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
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",  # the portal tells it, once
        "STATS_DUMP": False,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,  # it reads the source of every callback
    }

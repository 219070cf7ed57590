"""How a crawl is set up: what a user decided for all portals, and what for one of them."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy.settings import Settings

from crawler.fetch.settings import FetchRules
from policywatch.app.fetch import PIPELINES, crawl_settings, fetch_rules, portal_config
from policywatch.config import CrawlerConfig, PortalConfig

ALL = CrawlerConfig(
    delay=3.0, concurrency=4, timeout=5.0, max_bytes=6000, contact="me@example.org", allow_hosts=("127.0.0.1:8000",)
)


class Recording:
    """Changes the settings of a crawl, as recordings do."""

    def settings(self, settings: dict[str, Any]) -> dict[str, Any]:
        return settings | {"DOWNLOAD_HANDLERS": {"https": "recorded"}}


def settings(own: PortalConfig, recording: Any = None) -> Settings:
    return Settings(crawl_settings(ALL, own, recording))


def test_what_was_decided_for_all_portals_holds_for_one_without_settings() -> None:
    assert fetch_rules(ALL, PortalConfig()) == FetchRules(
        3.0, 4, 5.0, 6000, "me@example.org", ("127.0.0.1:8000",), obey_robots=True
    )


def test_without_any_settings_the_defaults_of_fetching_hold() -> None:
    assert fetch_rules(CrawlerConfig(), PortalConfig()) == FetchRules()


@pytest.mark.parametrize(("own", "delay"), [(None, 3.0), (9.0, 9.0), (0.5, 0.5), (0.0, 0.0)])
def test_a_delay_of_its_own_wins_and_none_at_all_is_one_too(own: float | None, delay: float) -> None:
    assert fetch_rules(ALL, PortalConfig(delay=own)).delay == delay
    assert settings(PortalConfig(delay=own)).getfloat("DOWNLOAD_DELAY") == delay
    assert settings(PortalConfig(delay=own)).getbool("AUTOTHROTTLE_ENABLED") is (delay > 0)


@pytest.mark.parametrize("obey", [True, False])
def test_whether_a_robots_txt_decides_is_said_for_each_portal(obey: bool) -> None:
    assert settings(PortalConfig(obey_robots=obey)).getbool("ROBOTSTXT_OBEY") is obey


def test_the_settings_of_one_portal_are_found_by_its_name() -> None:
    own = PortalConfig(delay=9.0)
    assert portal_config({"sina": own}, "sina") is own
    assert portal_config({"sina": own}, "cs") == portal_config({}, "sina") == PortalConfig()


def test_what_is_read_goes_into_the_database() -> None:
    assert settings(PortalConfig()).getdict("ITEM_PIPELINES") == PIPELINES


def test_a_recording_has_the_last_word() -> None:
    assert settings(PortalConfig(), Recording()).getdict("DOWNLOAD_HANDLERS") == {"https": "recorded"}
    assert settings(PortalConfig(), Recording()).getdict("ITEM_PIPELINES") == PIPELINES
    assert settings(PortalConfig()).getdict("DOWNLOAD_HANDLERS") != {"https": "recorded"}


def test_two_crawls_share_no_settings() -> None:
    one, other = crawl_settings(ALL, PortalConfig()), crawl_settings(ALL, PortalConfig())
    one["ITEM_PIPELINES"] = {}
    one["DOWNLOADER_MIDDLEWARES"].clear()
    assert other == crawl_settings(ALL, PortalConfig())

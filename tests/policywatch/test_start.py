"""The start of the service: which portals it knows, and what it begins a crawl with."""

from __future__ import annotations

import sys

import pytest

from policywatch.app.portals import all_portals
from policywatch.config import Config, PortalConfig
from policywatch.errors import ConfigProblem
from policywatch.service.start import crawl_command, portal_names


def test_the_shipped_portals_and_the_user_s_own_are_known() -> None:
    own = {"mine": PortalConfig(feed="https://example.cn/rss.xml"), "sina": PortalConfig(delay=5)}
    names = portal_names(Config(portals=own))
    assert sorted(names) == sorted([*all_portals(), "mine"])
    assert portal_names(Config()) == list(all_portals())


def test_a_portal_that_is_neither_is_named() -> None:
    with pytest.raises(ConfigProblem, match=r"^portals\.mine: "):
        portal_names(Config(portals={"mine": PortalConfig(delay=5)}))


def test_a_crawl_is_the_command_that_people_type() -> None:
    assert crawl_command("sina") == [sys.executable, "-m", "policywatch", "crawl", "sina"]

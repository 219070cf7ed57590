"""Scrapy's spider loader: a spider for each portal, shipped or configured; nothing is registered anywhere."""

from __future__ import annotations

import builtins

from scrapy.http import Request
from scrapy.settings import BaseSettings

from crawler.fetch.settings import portal_settings
from crawler.spider import PortalSpider, spider_for
from policywatch import config
from policywatch.app.fetch import fetch_rules, portal_config
from policywatch.app.portals import all_portals


class PortalLoader:
    """Finds the same portals as the command line does."""

    def __init__(self) -> None:
        self._config = config.load()
        self._portals = all_portals(self._config.portals)

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> PortalLoader:
        """The loader; the portals come from the user's configuration, not from Scrapy's settings."""
        return cls()

    def load(self, spider_name: str) -> type[PortalSpider]:
        """The spider of a portal, with the user's settings of that portal; KeyError when there is no such portal."""
        if spider_name not in self._portals:
            raise KeyError(f"there is no portal {spider_name!r}; there are {', '.join(sorted(self._portals))}")
        spider = spider_for(self._portals[spider_name])
        own = portal_config(self._config.portals, spider_name)
        spider.custom_settings = portal_settings(fetch_rules(self._config.crawler, own))
        return spider

    def list(self) -> builtins.list[str]:
        """The names of all portals."""
        return sorted(self._portals)

    def find_by_request(self, request: Request) -> builtins.list[str]:
        """The portals on whose own hosts an address lies."""
        return [name for name, portal in self._portals.items() if spider_for(portal).handles_request(request)]

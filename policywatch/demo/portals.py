"""The portals of the tour's two sites: those of the real sites whose markup they have, at other addresses."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from portals.page import Page
from portals.portal import Portal
from portals.sites.cs import Cs
from portals.sites.sina import Sina
from tracking.article import Categories, Listing


def daily_at(host: str) -> Portal:
    """The portal of 演示财经 at this host, read as 新浪财经 is."""
    article = rf"https://{re.escape(host)}/china/\d{{4}}-\d{{2}}-\d{{2}}/doc-i(?P<key>[a-z0-9]+)\.shtml"

    class DemoDaily(_OnLoopback, Sina):
        name = "demo-daily"
        categories = Categories("金融", "演示财经", "演示财经－国內")
        hosts = (host,)  # type: ignore[assignment]  # the real portal has five
        lists = (f"http://{host}/api/roll/get?lid=1686&num=50&page={{page}}",)
        article_address = re.compile(article, re.ASCII)
        desktop_address = article_address

    return DemoDaily()


def journal_at(host: str) -> Portal:
    """The portal of 演示证券报 at this host, read as the old pages of 中证网 are."""
    article = rf"https://{re.escape(host)}/xwzx/\d{{6}}/t\d{{8}}_(?P<key>\d+)\.html"

    class DemoJournal(_OnLoopback, Cs):
        name = "demo-journal"
        categories = Categories("金融", "演示证券报", "资讯")
        hosts = (host,)
        lists = (f"http://{host}/xwzx/",)
        former_lists = ()
        list_headers = MappingProxyType({})
        article_address = re.compile(article, re.ASCII)

    return DemoJournal()


class _OnLoopback(Portal):
    """Articles are fetched without TLS: the demo's sites have no certificates."""

    def listing(self, row: Any, page: Page) -> Listing | None:
        found = super().listing(row, page)
        return None if found is None else replace(found, url=found.url.replace("https://", "http://", 1))

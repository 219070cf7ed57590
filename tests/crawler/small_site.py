"""A small portal, and answers of its server, for tests of the spider."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from scrapy.http import HtmlResponse, Response

from portals.page import Page, Reading
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.dates import beijing

URL = "https://tiny.cn/a/1.html"
SECOND = "https://tiny.cn/a/1_2.html"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
LISTING = Listing("tiny", "1", URL, "题", datetime(2026, 11, 20, 1, 2, 33, tzinfo=UTC))


class Tiny(Portal):
    name = "tiny"
    categories = Categories("金融", "小站", "要闻")
    hosts = ("tiny.cn",)
    lists = ("https://tiny.cn/list/{page}",)
    article_address = re.compile(r"https://tiny\.cn/a/(?P<key>\w+?)(?:_\d+)?\.html")
    rules = Rules(drop=(), skip=())

    def rows(self, page: Page) -> Sequence[Any]:
        return page.field(page.json(), "rows", list)

    def listing(self, row: Any, page: Page) -> Listing | None:
        key = page.field(row, "key", str)
        return Listing(self.name, key, f"https://tiny.cn/a/{key}.html", key, None)

    def extract(self, page: Page) -> Reading:
        time = page.meta("time")
        return Reading(page.text("h1"), page.one("#body"), None, beijing(time) if time else None)

    def more_pages(self, page: Page) -> tuple[str, ...]:
        return tuple(str(node.attributes["href"]) for node in page.all("a.more"))


def answer(url: str, text: str = "文。", *, more: Sequence[str] = (), time: str = "", etag: str = "") -> Response:
    links = "".join(f'<a class="more" href="{link}">2</a>' for link in more)
    body = f'<meta name="time" content="{time}"><h1>题</h1><div id="body"><p>{text}</p></div>{links}'
    return HtmlResponse(url, body=body.encode(), headers={"ETag": etag} if etag else {}, encoding="utf-8")


def not_modified(url: str) -> Response:
    return Response(url, status=304)

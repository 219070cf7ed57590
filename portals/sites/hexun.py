"""和讯: the JSONP stream of its news; articles of all its channels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Any

from portals.fields import nodes, texts, texts_in
from portals.page import Page, Reading, plain, time_in
from portals.portal import ListPosition, Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import DISCLAIMER, EDITOR_LINE
from tracking.text import clean

# 7x24 小时快讯
_STREAM = "https://opentool.hexun.com/MongodbNewsService/getNewsListByJson.jsp?id=189223574&s=20&cp={page}&callback=cb"

_PAGES = re.compile(r'"totalPage"\s*:\s*"?([0-9]{1,9})')
_MOBILE = re.compile(r"https://m\.hexun\.com/([a-z]+)/", re.ASCII)
_DAY = re.compile(r"/([0-9]{4}-[0-9]{2}-[0-9]{2})/")
_HOUR = re.compile(r"[0-9]{1,2}:[0-9]{2}")
# What follows the time where the source is no link.
_UNLINKED = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\s+(?:来源\s*[:：]\s*)?(\S{1,40})")


class Hexun(Portal):
    """Articles of 和讯; the key is the number that ends the address.

    One stream in JSONP. Articles have three layouts; those before 2016 are guessed.
    """

    name = "hexun"
    categories = Categories("金融", "和讯", "快讯")
    hosts = ("*.hexun.com",)
    lists = (_STREAM,)
    list_headers = MappingProxyType({"Referer": "https://news.hexun.com/"})
    article_address = re.compile(
        r"https://(?:[\w-]+\.){1,2}hexun\.com/(?:[a-z]+/)?\d{4}-\d{2}-\d{2}/(?P<key>\d+)(?:_\d+)?\.html(?=\?|$)",
        re.ASCII,
    )
    later_page = re.compile(r"(/\d+)_\d+(?=\.html$)", re.ASCII)
    guesses = ("the layout before 2016",)
    rules = Rules(
        drop=(
            'div[style*="text-align:right;font-size:12px"]',  # who edited
            '.bottomLayer,.showAll,.showAllImg,[class^="showall_"],.statement',
            ".aImgDl,.appDl,.fttBox",  # the app
        ),
        skip=(
            EDITOR_LINE,
            DISCLAIMER,
            re.compile(r"本文首发于微信公众号[:：].{0,60}(?:文章内容属作者个人观点.*)?"),
            re.compile(r"本文由\s?AI\s?算法生成.{0,80}"),
            re.compile(r"[（(]?(?:文章|本文)来源[:：].{0,60}"),
            re.compile(r"扫码阅读全文|查看全文|看全文"),
        ),
    )

    def rows(self, page: Page) -> Sequence[Any]:
        return page.field(page.json(), "result", list)

    def next_address(self, position: ListPosition, page: Page) -> str | None:
        """None after the last page that the stream says it has."""
        count = _PAGES.search(page.source)
        if count is not None and position.number >= int(count[1]):
            return None
        return super().next_address(position, page)

    def listing(self, row: Any, page: Page) -> Listing | None:
        """Times without a year take the day from the address of the article."""
        url = _MOBILE.sub(r"https://\1.hexun.com/", page.address(page.field(row, "entityurl", str)))
        if self.key_of(url) is None:
            return None
        title, time = plain(page.field(row, "title", str)), page.field(row, "entitytime", str)
        # Some lists leave the year to the address: "07/06 15:32".
        hours = _HOUR.findall(time)
        published_at = time_in((time, *(f"{day} {hour}" for day in _DAY.findall(url) for hour in hours)))
        return self.listed(page, url, title, published_at)

    def extract(self, page: Page) -> Reading:
        title = page.title(".articleName h1", "#artibodyTitle h1")
        body = page.first_of(".art_contextBox", ".art_context", "#artibody")
        times = texts(page, ".articleName .pr20", "#artibodyTitle .gray")
        return Reading(title, body, next(filter(None, _sources(page)), None), time_in(times))


def _sources(page: Page) -> Iterator[str]:
    """The names that may be the source: links first, then what follows the hour."""
    for node in nodes(page, ".articleName .tip", "#artibodyTitle .gray"):
        yield from texts_in(node, "a")
        yield from _UNLINKED.findall(clean(node.text()))

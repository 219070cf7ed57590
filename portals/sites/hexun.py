"""和讯: its news in JSONP; articles of all channels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Any

from portals.fields import nodes, texts, texts_in
from portals.page import Page, Reading, plain, time_in
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import DISCLAIMER, EDITOR_LINE
from tracking.text import clean

# 7x24 小时快讯
_STREAM = "https://opentool.hexun.com/MongodbNewsService/getNewsListByJson.jsp?id=189223574&s=20&cp={page}&callback=cb"

_MOBILE = re.compile(r"https://m\.hexun\.com/([a-z]+)/", re.ASCII)
_DAY = re.compile(r"/([0-9]{4}-[0-9]{2}-[0-9]{2})/")
_HOUR = re.compile(r"[0-9]{1,2}:[0-9]{2}")
# The source after the time, when it is not a link.
_SOURCE_AFTER_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\s+(?:来源\s*[:：]\s*)?(\S{1,40})")


class Hexun(Portal):
    """Articles of 和讯; the key is the number that ends the address.

    One list in JSONP. Articles have three layouts; that before 2016 is a guess.
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
    page_count = re.compile(r'"totalPage"\s*:\s*"?([0-9]{1,9})')
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

    def listing(self, row: Any, page: Page) -> Listing | None:
        """A row; the date of a time without a year is taken from the article's address."""
        url = _MOBILE.sub(r"https://\1.hexun.com/", page.address(page.field(row, "entityurl", str)))
        if self.key_of(url) is None:
            return None
        title, time = plain(page.field(row, "title", str)), page.field(row, "entitytime", str)
        # Some times have no year: "07/06 15:32".
        hours = _HOUR.findall(time)
        published_at = time_in((time, *(f"{day} {hour}" for day in _DAY.findall(url) for hour in hours)))
        return self.listed(page, url, title, published_at)

    def extract(self, page: Page) -> Reading:
        title = page.title(".articleName h1", "#artibodyTitle h1")
        body = page.first_of(".art_contextBox", ".art_context", "#artibody")
        times = texts(page, ".articleName .pr20", "#artibodyTitle .gray")
        return Reading(title, body, next(filter(None, _sources(page)), None), time_in(times))


def _sources(page: Page) -> Iterator[str]:
    """The candidates for the source: links first, then the text after the time."""
    for node in nodes(page, ".articleName .tip", "#artibodyTitle .gray"):
        yield from texts_in(node, "a")
        yield from _SOURCE_AFTER_TIME.findall(clean(node.text()))

"""证券时报: flashes in JSON, columns in HTML; articles of the site of today and of the two before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from selectolax.lexbor import LexborNode

from crawler.families.flashes import unbracketed
from crawler.families.readers import shown, unix_time
from crawler.page import Page, plain, time_in
from crawler.portal import Portal, Reading
from tracking.article import Categories, Listing
from tracking.body import EDITOR_LINE, Rules
from tracking.text import clean_title

_SITE = "https://www.stcn.com/"
_LISTS = _SITE + "article/list"
# 要闻, 股市, 公司, 金融, 产经, 评论
_COLUMNS = ("yw", "gs", "company", "finance", "cj", "comment")
_SECONDS = re.compile(r"[0-9]{1,12}")
_COLUMN = re.compile(r"(?:/|[?&]type=)(\w+)(?:\.html)?$", re.ASCII)

# Who wrote and when: of today's site, and of the former ones.
_INFO = ".detail-info span,.intal_tit .info,.intal_tit .info > span,.xiangxi > span"
_NAMED = re.compile(r"(作者|来源)[:：]\s*(.*?)\s*(?=[0-9]{4}-|作者[:：]|来源[:：]|$)")
_LONGEST_INFO = 300


class Stcn(Portal):
    """Articles of 证券时报; the key is the id, on the former sites with the date: each site counted for itself."""

    name = "stcn"
    categories = Categories("金融", "证券时报网", "快讯")
    hosts = ("*.stcn.com",)
    lists = (f"{_LISTS}.html?type=kx", *(f"{_LISTS}/{column}.html" for column in _COLUMNS))
    # Without the second the flashes come as a page for people.
    list_headers: ClassVar[dict[str, str]] = {
        "Referer": f"{_LISTS}/kx.html",
        "X-Requested-With": "XMLHttpRequest",
    }
    # Its firewall lets through who shows the cookie that it gave.
    cookies = True
    article_address = re.compile(
        r"https://(?:(?:(?:www|m)\.)?stcn\.com/article/detail/(?=\d+\.html)"
        r"|h5\.stcn\.com/pages/detail/detail\?(?:[^&]*&)*?id=(?=\d+(?:&|$))"
        r"|[a-z]+\.stcn\.com/(?:[\w-]+/)*?(?=\d{4}/\d{4}/\d+(?:_\d+)?\.shtml|t\d{8}_\d+(?:_\d+)?\.html))"
        r"(?P<key>\d{4}/\d{4}/\d+|t\d{8}_\d+|\d+)(?:_\d+)?(?:\.s?html)?(?:(?=\?|$)|(?<=\d)(?=&))",
        re.ASCII,
    )
    guesses = ("the columns go on like the flashes", "pages of 2020 to 2022, t20210322_2933456.html")
    rules = Rules(
        drop=(
            ".detail-content-editor,.detail-content-tags,.detail-content-statement,.social-bar",
            ".stock-tags,.fetch-stock-tag-data",  # live prices: each look would be an edit
            ".fenxiang,.shenming,.tuijian,.om",
        ),
        skip=(
            EDITOR_LINE,
            re.compile(r"[（(]?(?:排版|版式设计|制图|值班编委)[:：].{0,24}"),
            re.compile(r"声明[:：]\s*(?:证券时报|数据宝|本文|文章|以上).*"),
            re.compile(r"(?:免责|转载|版权)声明[:：].*"),
            re.compile(r"下载[“\"]?证券时报[”\"]?官方APP.*"),
            re.compile(r"(?:转载|合作).{0,6}(?:可联系|请联系).*"),
            re.compile(r"(?:违法和)?不良信息举报电话.*"),
            re.compile(r"(?:图片来源|图源)[:：].{1,40}"),
        ),
    )

    def next_address(self, list_: str, number: int, page: Page) -> str | None:
        column = _COLUMN.search(list_)
        last = page.json().get("last_time") if _is_json(page) else None
        if column is None:
            return None
        since = f"&last_time={last}" if _SECONDS.fullmatch(str(last)) else ""
        return f"{_LISTS}.html?type={column[1]}&page_time={number + 1}{since}"

    def rows(self, page: Page) -> Sequence[Any]:
        if not _is_json(page):
            page.one("ul.infinite-list")
            return page.all("ul.infinite-list > li")
        answer = page.json()
        if (state := page.field(answer, "state", int)) != 1:
            raise page.changed(f"the list answers with state {state}")
        return page.field(answer, "data", list)

    def listing(self, row: Any, page: Page) -> Listing | None:
        if isinstance(row, LexborNode):
            return self._linked(row, page)
        if isinstance(row, dict) and row.get("isAdd") in (1, "1"):
            return None
        url, title = page.field(row, "url", str), plain(page.field(row, "title", str))
        return self._listing(page, url, title, _shown(row, page))

    def _linked(self, row: LexborNode, page: Page) -> Listing | None:
        if row.css_first('a[href*="/ad/track"]') is not None:
            return None
        links, info = row.css(".tt a[href]"), row.css(".info span")
        if len(links) != 1 or not info:
            raise page.changed(f"a row with {len(links)} links and {len(info)} facts")
        (link,), (*_, time) = links, info
        if not (href := link.attributes["href"]):
            raise page.changed("a row without an address")
        return self._listing(page, href, clean_title(link.text()), page.time(time.text()))

    def _listing(self, page: Page, link: str, title: str, published_at: datetime | None) -> Listing | None:
        url = page.address(link)
        if (key := self.key_of(url)) is None:
            return None
        if published_at is None or not title:
            raise page.changed(f"{url} without title or time")
        address = f"{_SITE}article/detail/{key}.html" if key.isdecimal() else url.partition("?")[0]
        return Listing(self.name, key, address, unbracketed(title), published_at)

    def extract(self, page: Page) -> Reading:
        title = page.title(".detail-title", ".intal_tit h2", ".xiangxi h2")
        body = page.first_of(".detail-content", "#ctrlfscont", ".txt_con")
        info = [text[:_LONGEST_INFO] for text in shown(page, _INFO)]
        named = {kind: name for text in info for kind, name in _NAMED.findall(text) if name}
        # A source may name a day, that of the printed paper: 来源：证券时报 2026-11-20 A004版.
        times = (text for text in reversed(info) if not text.startswith("来源"))
        return Reading(unbracketed(title), body, named.get("作者") or named.get("来源"), time_in(times))


def _is_json(page: Page) -> bool:
    return page.source.lstrip().startswith("{")


def _shown(row: Any, page: Page) -> datetime:
    # `time` has counted milliseconds since 2026, show_time always seconds.
    seconds = row["show_time"] if "show_time" in row else page.field(row, "time", int) // 1000
    return unix_time(page, seconds, "time")

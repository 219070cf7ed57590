"""证券时报: flashes in JSON, columns in HTML; articles of the current site and of two former ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from selectolax.lexbor import LexborNode

from portals.cms.flashes import unbracketed
from portals.fields import texts, unix_time
from portals.page import Page, Reading, plain, time_in
from portals.portal import ListPosition, Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import DISCLAIMER, EDITOR_LINE, PICTURE_CREDIT
from tracking.text import clean_title

_SITE = "https://www.stcn.com/"
_LISTS = _SITE + "article/list"
# 要闻, 股市, 公司, 金融, 产经, 评论
_COLUMNS = ("yw", "gs", "company", "finance", "cj", "comment")
_SECONDS = re.compile(r"[0-9]{1,12}")
_COLUMN = re.compile(r"(?:/|[?&]type=)(\w+)(?:\.html)?$", re.ASCII)

# Elements with author, source and time: of the current site, and of the former ones.
_INFO = ".detail-info span,.intal_tit .info,.intal_tit .info > span,.xiangxi > span"
_NAMED = re.compile(r"(作者|来源)[:：]\s*(.*?)\s*(?=[0-9]{4}-|作者[:：]|来源[:：]|$)")
# Characters of such an element that are read.
_LONGEST_INFO = 300


class Stcn(Portal):
    """Articles of 证券时报; the key is the id, on the former sites with the date, since each site has its own ids.

    Flashes in JSON and columns in HTML, whose later pages are alike. The firewall requires its cookie. Articles of the
    current site and of two former ones are read.
    """

    name = "stcn"
    categories = Categories("金融", "证券时报网", "快讯")
    hosts = ("*.stcn.com",)
    lists = (f"{_LISTS}.html?type=kx", *(f"{_LISTS}/{column}.html" for column in _COLUMNS))
    # Without X-Requested-With the flashes are returned as HTML.
    list_headers = MappingProxyType({"Referer": f"{_LISTS}/kx.html", "X-Requested-With": "XMLHttpRequest"})
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
            ".stock-tags,.fetch-stock-tag-data",  # live prices: each fetch would be an edit
            ".fenxiang,.shenming,.tuijian,.om",
        ),
        skip=(
            EDITOR_LINE,
            DISCLAIMER,
            PICTURE_CREDIT,
            re.compile(r"[（(]?(?:排版|版式设计|制图|值班编委)[:：].{0,24}"),
            re.compile(r"声明[:：]\s*(?:证券时报|数据宝|本文|文章|以上).*|转载声明[:：].*"),
            re.compile(r"下载[“\"]?证券时报[”\"]?官方APP.*"),
            re.compile(r"(?:转载|合作).{0,6}(?:可联系|请联系).*"),
            re.compile(r"(?:违法和)?不良信息举报电话.*"),
        ),
    )

    def next_address(self, position: ListPosition, page: Page) -> str | None:
        """From the second page on lists are JSON; the next flashes are those before the time of the last one."""
        column = _COLUMN.search(position.list_)
        last = page.json().get("last_time") if _is_json(page) else None
        if column is None:
            return None
        since = f"&last_time={last}" if _SECONDS.fullmatch(str(last)) else ""
        return f"{_LISTS}.html?type={column[1]}&page_time={position.number + 1}{since}"

    def rows(self, page: Page) -> Sequence[Any]:
        if not _is_json(page):
            page.one("ul.infinite-list")
            return page.all("ul.infinite-list > li")
        answer = page.json()
        if (state := page.field(answer, "state", int)) != 1:
            raise page.changed(f"the list answers with state {state}")
        return page.field(answer, "data", list)

    def listing(self, row: Any, page: Page) -> Listing | None:
        """None for an advertisement."""
        if isinstance(row, LexborNode):
            return self._linked(row, page)
        if isinstance(row, dict) and row.get("isAdd") in (1, "1"):
            return None
        url, title = page.field(row, "url", str), plain(page.field(row, "title", str))
        return self.listed(page, page.address(url), unbracketed(title), _flash_time(row, page))

    def _linked(self, row: LexborNode, page: Page) -> Listing | None:
        """The listing in a row of a column; None for an advertisement."""
        if row.css_first('a[href*="/ad/track"]') is not None:
            return None
        links, info = row.css(".tt a[href]"), row.css(".info span")
        if len(links) != 1 or not info:
            raise page.changed(f"a row with {len(links)} links and {len(info)} facts")
        (link,), (*_, time) = links, info
        if not (href := link.attributes["href"]):
            raise page.changed("a row without an address")
        return self.listed(page, page.address(href), unbracketed(clean_title(link.text())), page.time(time.text()))

    def article_url(self, url: str) -> str:
        """The address on the current site for its ids, on whichever host the link is."""
        key = self.key_of(url)
        return f"{_SITE}article/detail/{key}.html" if key and key.isdecimal() else super().article_url(url)

    def extract(self, page: Page) -> Reading:
        title = page.title(".detail-title", ".intal_tit h2", ".xiangxi h2")
        body = page.first_of(".detail-content", "#ctrlfscont", ".txt_con")
        info = [text[:_LONGEST_INFO] for text in texts(page, _INFO)]
        names = {kind: name for text in info for kind, name in _NAMED.findall(text) if name}
        # A source may contain the date of the printed paper: 来源：证券时报 2026-11-20 A004版.
        times = (text for text in reversed(info) if not text.startswith("来源"))
        return Reading(unbracketed(title), body, names.get("作者") or names.get("来源"), time_in(times))


def _is_json(page: Page) -> bool:
    """Whether a page of a list is JSON, not HTML."""
    return page.source.lstrip().startswith("{")


def _flash_time(row: Any, page: Page) -> datetime:
    """The time of a flash, aware UTC: show_time is in seconds, but since 2026 `time` is in milliseconds."""
    seconds = row["show_time"] if "show_time" in row else page.field(row, "time", int) // 1000
    return unix_time(page, seconds, "time")

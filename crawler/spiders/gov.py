"""中国政府网: the JSON files behind its lists; articles of www.gov.cn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import Any

from crawler.families.readers import shown
from crawler.families.trs import CONTROLS, FURNITURE, SIGNED, Trs, unlabelled
from crawler.page import Page, plain, time_in
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.text import clean_title, squeeze

_SITE = "https://www.gov.cn/"
_SOURCE = re.compile(r"来\s*源\s*[:：]")
_FIRST_PAGE = re.compile(r"https://[^?#]+/content_(\d+)\.html?", re.ASCII)
_LATER_PAGE = re.compile(r"https://www\.gov\.cn/[^?#]+/content_\d+_([2-9]|[1-9]\d)\.html?", re.ASCII)


class Gov(Trs):
    """Articles of 中国政府网; the key is the number of the content."""

    name = "gov"
    categories = Categories("政策", "中国政府网", "政策")
    hosts = ("www.gov.cn",)
    # 最新政策, 政策解读, 部门文件, 国务院文件, 要闻
    lists = (
        f"{_SITE}zhengce/zuixin/ZUIXINZHENGCE.json",
        f"{_SITE}zhengce/jiedu/ZCJD_QZ.json",
        f"{_SITE}zhengce/zhengceku/bmwj/TONGYONGGAILAN.json",
        f"{_SITE}zhengce/zhengceku/gwywj/TONGYONGGAILAN.json",
        f"{_SITE}yaowen/liebiao/YAOWENLIEBIAO.json",
    )
    # 国务院公报: some of its rows are whole issues.
    former_lists = (f"{_SITE}gongbao/zuixin/gongbao.json",)
    article_address = re.compile(
        r"https://www\.gov\.cn/(?:[\w/-]+/)?(?:\d{6}|\d{4}-\d{2}/\d{2}|content/\d{4})/content_(?P<key>\d+)(?:_\d+)?"
        r"\.html?(?=\?|$)",
        re.ASCII,
    )
    guesses = ("later pages of an article", "rows of the gazette")
    titles = ("h1#ti", "div.article > h1", "div.share-title", "div.pages-title")
    time_meta = "firstpublishedtime"
    times = (".pages-date",)
    sources = (".pages-date span", "span.font-zyygwj")
    bodies = ("#UCAP-CONTENT", ".pages_content", "div.TRS_UEDITOR", "#Zoom", "td.p1")
    rules = Rules(drop=(*FURNITURE, ".editor"), skip=(SIGNED, CONTROLS))

    def list_address(self, list_: str, number: int) -> str:
        return list_

    def rows(self, page: Page) -> Sequence[Any]:
        rows = page.json()
        if not isinstance(rows, list):
            raise page.changed(f"{type(rows).__name__} instead of a list of articles")
        return rows

    def listing(self, row: Any, page: Page) -> Listing | None:
        url = page.address(page.field(row, "URL", str))
        if (key := self.key_of(url)) is None:
            return None
        published_at = time_in((page.field(row, "DOCRELPUBTIME", str),))
        title = plain(page.field(row, "TITLE", str))
        if published_at is None or not title:
            raise page.changed(f"{url} without title or time")
        return Listing(self.name, key, url.partition("?")[0], title, published_at)

    def title_of(self, page: Page) -> str:
        if any(map(page.all, self.titles)):
            return page.title(*self.titles)
        # Documents are presented by their table alone.
        return next(_told(page, "标题"), None) or page.title("h1")

    def author_of(self, page: Page) -> str | None:
        sources = (unlabelled(text) for text in shown(page, *self.sources) if _SOURCE.match(text))
        told = chain(sources, _told(page, "发文机关"), _told(page, "来源"))
        # The meta element names the editor of the page.
        return next(filter(None, told), None) or page.meta("author")

    def more_pages(self, page: Page) -> tuple[str, ...]:
        first = _FIRST_PAGE.fullmatch(page.url)
        if first is None:
            return ()
        links = page.all(f'a[href*="content_{first[1]}_"]')
        urls = (page.address(str(link.attributes["href"])) for link in links)
        found = {int(later[1]): later[0] for url in urls if (later := _LATER_PAGE.fullmatch(url)) is not None}
        return tuple(found[number] for number in sorted(found))


def _told(page: Page, label: str) -> Iterator[str]:
    """What the table above a document says under a label, in the same cell or in the next one."""
    for cell, following in pairwise(page.all("table.bd1 td")):
        name, colon, value = clean_title(cell.text()).replace(":", "：").partition("：")
        if colon and squeeze(name) == label:
            yield from filter(None, (value.strip(), clean_title(following.text())))

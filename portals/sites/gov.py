"""中国政府网: the JSON files behind its lists; articles of www.gov.cn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, pairwise
from typing import Any

from portals.cms.trs import CONTROLS, FURNITURE, Trs, without_label
from portals.fields import json_array, texts
from portals.page import Page, plain, time_in
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import AUTHORITY_EDITOR_LINE
from tracking.text import clean_title, squeeze

_SITE = "https://www.gov.cn/"
_SOURCE = re.compile(r"来\s*源\s*[:：]")
_FIRST_PAGE = re.compile(r"https://[^?#]+/content_(\d+)\.html?", re.ASCII)
_LATER_PAGE = re.compile(r"https://www\.gov\.cn/[^?#]+/content_\d+_([2-9]|[1-9]\d)\.html?", re.ASCII)


class Gov(Trs):
    """Articles of 中国政府网; the key is the number of the content.

    Each list is one JSON file. Title and source of a document are in a table above its text, those of an article in
    headings.
    """

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
    rows_have_times = True
    guesses = ("later pages of an article", "rows of the gazette")
    titles = ("h1#ti", "div.article > h1", "div.share-title", "div.pages-title")
    time_meta = "firstpublishedtime"
    times = (".pages-date",)
    sources = (".pages-date span", "span.font-zyygwj")
    bodies = ("#UCAP-CONTENT", ".pages_content", "div.TRS_UEDITOR", "#Zoom", "td.p1")
    rules = Rules(drop=(*FURNITURE, ".editor"), skip=(AUTHORITY_EDITOR_LINE, CONTROLS))

    def list_address(self, list_: str, number: int, at: datetime | None) -> str:
        """The address of the file: a list has one page only."""
        return list_

    def rows(self, page: Page) -> Sequence[Any]:
        return json_array(page, "a list of articles")

    def listing(self, row: Any, page: Page) -> Listing | None:
        url = page.address(page.field(row, "URL", str))
        if self.key_of(url) is None:
            return None
        time, title = page.field(row, "DOCRELPUBTIME", str), page.field(row, "TITLE", str)
        return self.listed(page, url, plain(title), time_in((time,)))

    def title_of(self, page: Page) -> str:
        """The heading, or the title in the table above a document."""
        if any(map(page.all, self.titles)):
            return page.title(*self.titles)
        return next(_table_values(page, "标题"), None) or page.title("h1")

    def author_of(self, page: Page) -> str | None:
        """The source, or the authority that issued a document, or else the meta element, which may name the editor."""
        sources = (without_label(text) for text in texts(page, *self.sources) if _SOURCE.match(text))
        names = chain(sources, _table_values(page, "发文机关"), _table_values(page, "来源"))
        return next(filter(None, names), None) or page.meta("author")

    def more_pages(self, page: Page) -> tuple[str, ...]:
        """The later pages that the first one links to, in the order of their numbers."""
        first = _FIRST_PAGE.fullmatch(page.url)
        if first is None:
            return ()
        links = page.all(f'a[href*="content_{first[1]}_"]')
        urls = (page.address(str(link.attributes["href"])) for link in links)
        pages = {int(later[1]): later[0] for url in urls if (later := _LATER_PAGE.fullmatch(url)) is not None}
        return tuple(pages[number] for number in sorted(pages))


def _table_values(page: Page, label: str) -> Iterator[str]:
    """The values with this label in the table above a document, in the same cell or the next one."""
    for cell, following in pairwise(page.all("table.bd1 td")):
        name, colon, value = clean_title(cell.text()).replace(":", "：").partition("：")
        if colon and squeeze(name) == label:
            yield from filter(None, (value.strip(), clean_title(following.text())))

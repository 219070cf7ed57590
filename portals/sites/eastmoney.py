"""东方财富: the JSON lists of its columns, and the JSON of an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from portals.fields import first_text, nested_object, title_text
from portals.page import Page, Reading, plain, time_in
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import DISCLAIMER, EDITOR_LINE, ORIGINAL_TITLE
from tracking.text import clean

_SITE = "https://finance.eastmoney.com/"
# The API requires req_trace, with any value.
_COLUMN = (
    "https://np-listapi.eastmoney.com/comm/web/getNewsByColumns?client=web&biz=web_news_col&column={column}&order=1"
    "&needInteractData=0&page_index={{page}}&page_size=50&req_trace=1"
)
# 要闻精华, 国内经济, 宏观研究, 证券聚焦, 产经, 时评, 导读
_COLUMNS = (345, 350, 352, 353, 355, 371, 344)
_ARTICLE = "https://newsinfo.eastmoney.com/kuaixun/v2/api/article/{code}?guid=1"

# The editors' program puts charts between two comments.
_CHART_BEGINS = re.compile(r"<!--\s*EM_StockImg_Start\s*-->")
_CHART_ENDS = re.compile(r"<!--\s*EM_StockImg_End\s*-->")
_TAG = re.compile(r"<[^<>]*>")
# Characters of a chart's caption.
_LONGEST_CAPTION = 40
# Charts without comments, and the picture of an advert at the end of most articles.
_FOREIGN = (
    '.EmImageRemark,img[src*="webquotepic."],img[alt^="K图"],img[alt^="R图"],'
    '.em_handle_adv_close,a[href*="acttg.eastmoney.com"]'
)


class Eastmoney(Portal):
    """Articles of 东方财富; the key is the code, the same on all its hosts and under /a/ and /news/.

    Columns and articles are read from the JSON APIs that the site's own pages use.
    """

    name = "eastmoney"
    categories = Categories("金融", "东方财富", "要闻")
    hosts = ("np-listapi.eastmoney.com", "newsinfo.eastmoney.com", "finance.eastmoney.com")
    lists = tuple(_COLUMN.format(column=column) for column in _COLUMNS)
    list_headers = MappingProxyType({"Referer": _SITE})
    article_headers = MappingProxyType({"Referer": _SITE})
    article_address = re.compile(
        r"https://(?!v\.|video\.)[a-z]+\.eastmoney\.com/(?:a/|news/\d+,)(?P<key>\d{16,24})(?:_\d+)?\.html(?=\?|$)",
        re.ASCII,
    )
    rules = Rules(
        drop=(
            '[id^="quote_"],[id^="bkquote_"]',  # live prices: each fetch would be an edit
            ".abstract,.em_media,.em_xuangu,.res-edit",
        ),
        skip=(
            EDITOR_LINE,
            DISCLAIMER,
            ORIGINAL_TITLE,
            re.compile(r"[（(]?文章来源[:：].{0,100}|郑重声明[:：].*"),
            re.compile(r"在东方财富看资讯行情.{0,60}"),
            re.compile(r"东方财富发布此内容旨在传播更多信息.*"),
        ),
    )

    def source_address(self, url: str) -> str:
        """The address of the API with the article as JSON."""
        code = self.key_of(url)
        return url if code is None else _ARTICLE.format(code=code)

    def rows(self, page: Page) -> Sequence[Any]:
        answer = page.json()
        if (code := page.field(answer, "code", str)) != "1":
            raise page.changed(f"the list answers with code {code!r}")
        return page.field(nested_object(page, answer, "data"), "list", list)

    def listing(self, row: Any, page: Page) -> Listing | None:
        url = page.address(page.field(row, "uniqueUrl", str))
        if (key := self.key_of(url)) is None:
            return None
        if not (title := plain(page.field(row, "title", str))):
            raise page.changed(f"{url} has no title")
        if (published_at := time_in((page.field(row, "showTime", str),))) is None:
            raise page.changed(f"{url} has no readable time")
        return Listing(self.name, key, f"{_SITE}a/{key}.html", title, published_at)

    def extract(self, page: Page) -> Reading:
        """From the JSON of the API, without charts, live prices and adverts."""
        article = nested_object(page, page.json(), "data")
        title = title_text(page, page.field(article, "Art_Title", str))
        author = first_text(article.get("Art_Media_Name"), article.get("Art_Author_Name"))
        body = page.fragment(_without_charts(page.field(article, "Art_Content", str)))
        for node in body.css(_FOREIGN):
            node.decompose()
        return Reading(title, body, author, time_in((page.field(article, "Art_ShowTime", str),)))


def _without_charts(markup: str) -> str:
    """The HTML without the charts between two comments."""
    before, *pieces = _CHART_BEGINS.split(markup)
    return before + "".join(map(_after_chart, pieces))


def _after_chart(piece: str) -> str:
    """The HTML after a chart, in a piece that begins with one; the whole piece when there is text instead."""
    # The comments may be nested, overlap or lack their partner, and editors write text between them. Only short texts
    # without a full stop between a comment and the nearest end are charts.
    chart, *rest = _CHART_ENDS.split(piece, maxsplit=1)
    text = clean(_TAG.sub("", chart))
    return "".join(rest) if rest and len(text) <= _LONGEST_CAPTION and "。" not in text else piece

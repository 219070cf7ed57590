"""中国经济网: the columns of www.ce.cn and finance.ce.cn; articles of all its channels, from 2011 on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from portals.cms.trs import FURNITURE, Trs
from portals.fields import counted_pages
from portals.page import Page
from tracking.article import Categories
from tracking.body import Rules
from tracking.boilerplate import EDITOR_LINE
from tracking.text import clean

# In articles: createPageHTML(3, 0, "t20260625_3050287", "shtml"), formerly countPage = 3.
_PAGES = re.compile(r"createPageHTML\(\s*([0-9]{1,9})\s*,\s*[0-9]{1,9}\s*,\s*[\"']t\d{8}_", re.ASCII)
_FORMER_PAGES = re.compile(r"countPage\s*=\s*([0-9]{1,9})\b", re.ASCII)
_FIRST_PAGE = re.compile(r"(https?://[^?#]+/t\d{8}_\d+)(\.s?html)", re.ASCII)


class Ce(Trs):
    """Articles of 中国经济网; the key is date and number, since the numbers once restarted.

    Columns in numbered pages on two hosts; the site only supports http. The number of pages of an article is in a
    script, in one of two forms.
    """

    name = "ce"
    categories = Categories("金融", "中国经济网", "要闻")
    hosts = ("ce.cn", "*.ce.cn")
    plain_http = True
    # 国内滚动, 银行滚动
    lists = ("http://www.ce.cn/xwzx/gnsz/gdxw/", "http://finance.ce.cn/bank12/scroll/")
    # 时政要闻, 宏观, 公司, 财经滚动
    former_lists = (
        "http://www.ce.cn/xwzx/gnsz/szyw/",
        "http://www.ce.cn/macro/more/",
        "http://finance.ce.cn/stock/gsgdbd/",
        "http://finance.ce.cn/rolling/",
    )
    # Until 2025 the day had a folder of its own.
    article_address = re.compile(
        r"https://(?:\w+\.)?ce\.cn/(?:[\w/-]+/)?\d{6}/(?:\d{2}/)?t(?P<key>\d{8}_\d+)(?:_\d+)?\.s?html(?=\?|$)", re.ASCII
    )
    guesses = ("rows of a column", "later pages of columns and articles", "article layouts since 2011")
    generic_fallback = True
    suffix = "shtml"
    # The last selectors are of the mobile site.
    titles = ("#articleTitle", ".news_module h2", ".title h1")
    times = ("#articleTime", ".md_ly .time")
    sources = ("#articleAuthor", "#articleSource", ".media_ly")
    bodies = ("#articleText", ".TRS_Editor", ".trs_editor_view", "article")
    rules = Rules(
        drop=(*FURNITURE, ".bianji", ".fenye", ".page", "#displaypagenum"),
        skip=(
            EDITOR_LINE,
            re.compile(r"[（(]?更多(?:精彩内容，请点击进入|(?:地方|中央)人事(?:报道|任免)请见).*"),
            re.compile(r"[\[\]【】\s0-9]{0,80}(?:上一页|下一页|首页|尾页)[\[\]【】\s0-9上下首尾一页]{0,80}"),
        ),
    )

    def rows(self, page: Page) -> Sequence[Any]:
        """The links to articles: the elements around them differ between channels."""
        # Pictures are links to articles without text.
        links = [link for link in page.all('a[href*="/t2"]') if clean(link.text())]
        if not links:
            raise page.changed("no list of articles")
        return links

    def more_pages(self, page: Page) -> tuple[str, ...]:
        return counted_pages(page, _FIRST_PAGE, _PAGES, _FORMER_PAGES)

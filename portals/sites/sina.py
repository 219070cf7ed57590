"""新浪财经: lists of the roll API; articles of finance, news, tech and stock.finance."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from portals.fields import nested_object, text_of, title_text, unix_time
from portals.page import Page, Reading, time_in
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import DISCLAIMER, EDITOR_LINE, ORIGINAL_TITLE

_ROLL = "https://feed.mix.sina.com.cn/api/roll/get?pageid=155&lid={lid}&k=&num=50&page={{page}}"
# 国内滚动, 宏观经济, 金融新闻, 地方经济, 部委动态
_CHANNELS = (1686, 1687, 1690, 1688, 1689)

_DESKTOP = r"(?:finance|news|tech|stock\.finance)\.sina\.com\.cn/(?:[\w/-]+/)?\d{4}-\d{2}-\d{2}/doc-"
_MOBILE = r"(?:finance|news|tech)\.sina\.cn/(?:[\w/-]+/)?\d{4}-\d{2}-\d{2}/detail-"


class Sina(Portal):
    """Articles of 新浪财经; the key is the docid without "comos:".

    Five channels of the roll API. An address of the mobile site is an error, since its pages have another layout.
    """

    name = "sina"
    categories = Categories("金融", "新浪财经", "新浪财经－国內")
    hosts = (
        "feed.mix.sina.com.cn",
        "finance.sina.com.cn",
        "news.sina.com.cn",
        "tech.sina.com.cn",
        "stock.finance.sina.com.cn",
    )
    lists = tuple(_ROLL.format(lid=lid) for lid in _CHANNELS)
    article_address = re.compile(
        rf"https://(?:{_DESKTOP}|{_MOBILE})i?(?P<key>[a-z0-9]+)\.(?:shtml|d\.html)(?=\?|$)", re.ASCII
    )
    desktop_address: re.Pattern[str] = re.compile(rf"https://{_DESKTOP}[^?]+", re.ASCII)
    rules = Rules(
        drop=(
            '[id^="quote_"]',  # live prices: each fetch would be an edit
            ".appendQr_wrap,.app-kaihu-qr,#left_hzh_ad,.tech-quotation",
            ".img_descr,.article-editor,.show_author,.ori_titlesource",
        ),
        skip=(
            EDITOR_LINE,
            DISCLAIMER,
            ORIGINAL_TITLE,
            re.compile(r"(?:专题|原创)[:：].{0,60}"),
            re.compile(r"(?:新浪声明[:：]|海量资讯、精准解读|视频加载中，请稍候).*"),
        ),
        players=(".artical-player-wrap", ".video-2017"),
    )

    def rows(self, page: Page) -> Sequence[Any]:
        result = nested_object(page, page.json(), "result")
        code = page.field(nested_object(page, result, "status"), "code", int)
        if code != 0:
            raise page.changed(f"the list answers with code {code}")
        return page.field(result, "data", list)

    def listing(self, row: Any, page: Page) -> Listing | None:
        url = page.address(page.field(row, "url", str))
        key = self.key_of(url)
        if key is None:
            return None
        desktop = self.desktop_address.match(url)
        if desktop is None:
            raise page.changed(f"only a mobile address, {url}")
        title = title_text(page, page.field(row, "title", str), url)
        published_at = unix_time(page, row.get("ctime"), f"ctime of {url}")
        return Listing(self.name, key, desktop.group(), title, published_at)

    def extract(self, page: Page) -> Reading:
        """By the layouts of finance, tech and news. A bare h1 is never the title: on pages of news it is the logo."""
        title = page.title("h1.main-title", "h1#artibodyTitle", "h1#main_title")
        body = page.first_of("#artibody", "#article")
        return Reading(title, body, _author(page), time_in(_times(page)))


def _author(page: Page) -> str | None:
    """The visible source, or else that of a meta element; None without both."""
    return text_of(page, ".date-source .source") or page.meta("article:author") or page.meta("mediaid")


def _times(page: Page) -> Iterator[str | None]:
    """Texts with the time of publication; the meta element with the latest publication comes last."""
    yield page.meta("weibo: article:create_at")
    yield text_of(page, ".date-source .date")
    yield page.meta("article:published_time")

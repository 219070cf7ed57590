"""网易财经: lists in JSONP; articles in three layouts, among them that of 网易号."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from portals.fields import json_array, text_of, texts
from portals.page import Page, Reading, plain, time_in
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import DISCLAIMER, EDITOR_LINE, ORIGINAL_TITLE, PICTURE_CREDIT, PLATFORM_NOTICE, REPORTER_LINE

# 财经首页, 商业, 股票
_FLOW = "https://money.163.com/special/00259BVP/news_flow_{name}.js?callback=data_callback"
_LISTS = (
    *(_FLOW.format(name=name) for name in ("index", "biz", "stock")),
    "https://news.163.com/special/cm_guonei/?callback=data_callback",
)
# 首页 and 股票 of the former site
_FORMER_LISTS = (
    "https://money.163.com/special/002557S5/newsdata_idx_index.js?callback=data_callback",
    "https://money.163.com/special/002557S6/newsdata_gp_index.js?callback=data_callback",
)
_NAME_END = re.compile(r"(?=\.js\?|/\?)")
_MOBILE = re.compile(r"https://(?:(?:c\.)?m|3g)\.163\.com/", re.ASCII)
_MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)", re.ASCII)
_SOURCE = re.compile(r"来源[:：]\s*([^\s:：]{1,30})")


class Netease(Portal):
    """Articles of 网易; the key is the docid, 16 letters and digits.

    Lists in JSONP, whose later pages are separate files; lists of the former site may not exist any more. Articles have
    three layouts, among them that of 网易号.
    """

    name = "netease"
    categories = Categories("金融", "网易财经", "财经")
    hosts = ("*.163.com",)
    lists = _LISTS
    former_lists = _FORMER_LISTS
    article_address = re.compile(
        r"https://(?:[\w-]+\.)+163\.com/(?:[\w-]+/)*(?:\d{2}/\d{4}/\d{2}|article(?:/detail)?|a)/"
        r"(?P<key>[0-9A-Z]{16})(?:_\w+)?\.html(?=\?|$)",
        re.ASCII,
    )
    later_page = re.compile(r"(/[0-9A-Z]{16})_\w+(?=\.html$)", re.ASCII)
    rules = Rules(
        drop=(
            ".otitle,.ep-source,.post_author,.post_statement,.statement",
            ".related_article,.special_tag_wrap,.post_recommend,.post_next_post",
            ".post_topshare_wrap,.post_btmshare,.post_comment",
            ".post_end_ad,.gg200x300,.gg300,.gg590,.gg960",
        ),
        skip=(
            EDITOR_LINE,
            REPORTER_LINE,
            DISCLAIMER,
            PLATFORM_NOTICE,
            PICTURE_CREDIT,
            ORIGINAL_TITLE,
            re.compile(r"本文来源[:：].{0,60}"),
            re.compile(r"[（(]本文来[自源].{0,80}[）)]"),
            re.compile(r"[▲△]?(?:图片(?:来源|来自)|图源).{0,40}"),
        ),
        # The last selector matches paragraphs with a picture and its caption.
        players=(".video-wrapper", ".video-inner", ".video-info", "p.f_center:has(> img, > a > img, > span > img)"),
    )

    def list_address(self, list_: str, number: int, at: datetime | None) -> str:
        """From the second page on the file name ends in a number: _02, _03 …"""
        return list_ if number == 1 else _NAME_END.sub(f"_{number:02}", list_, count=1)

    def rows(self, page: Page) -> Sequence[Any]:
        return json_array(page, "a list of rows")

    def listing(self, row: Any, page: Page) -> Listing | None:
        url = page.address(page.field(row, "docurl", str))
        if self.key_of(url) is None:
            return None
        if _MOBILE.match(url):
            raise page.changed(f"only a mobile address, {url}")
        title = plain(page.field(row, "title", str))
        published_at = time_in((_MONTH_FIRST.sub(r"\3-\1-\2", page.field(row, "time", str)),))
        return self.listed(page, url, title, published_at)

    def extract(self, page: Page) -> Reading:
        title = page.title("#epContentLeft h1", "h1.post_title", ".article_title h2", ".post_content h1")
        # In the old layout .post_body also contains the share buttons, so #endText comes first.
        body = page.first_of("#endText", ".post_body", ".article_box #content")
        return Reading(title, body, _author(page), time_in(_times(page)))


def _author(page: Page) -> str | None:
    """The source; None without one."""
    return next(filter(None, _authors(page)), None)


def _authors(page: Page) -> Iterator[str | None]:
    """The candidates for the source, the most reliable first."""
    yield text_of(page, "#ne_article_source")
    for text in texts(page, ".post_info", ".ep-source", ".post_author"):
        yield from _SOURCE.findall(text)
    yield text_of(page, ".article_title .time > span:last-child")


def _times(page: Page) -> Iterator[str | None]:
    """Texts with the time of publication, the most exact first."""
    yield page.one("html").attributes.get("data-publishtime")
    yield page.meta("article:published_time")
    yield from texts(page, ".post_time_source", ".post_info")
    # Pages of 网易号 show the date only.
    frame = page.one_or_none("#contain[data-ptime]")
    yield None if frame is None else frame.attributes["data-ptime"]

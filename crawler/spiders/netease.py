"""网易财经: lists in JSONP; articles of three layouts, of 网易号 as well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from crawler.families.readers import REPORTER_LINE, shown, text_of
from crawler.page import Page, plain, time_in
from crawler.portal import Portal, Reading
from tracking.article import Categories, Listing
from tracking.body import EDITOR_LINE, Rules

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
_LATER_PAGE = re.compile(r"_\w+(?=\.html$)", re.ASCII)
_MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)", re.ASCII)
_SOURCE = re.compile(r"来源[:：]\s*([^\s:：]{1,30})")


class Netease(Portal):
    """Articles of 网易; the key is the docid, 16 letters and digits."""

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
    rules = Rules(
        drop=(
            ".otitle,.ep-source,.post_author,.post_statement,.statement",
            ".related_article,.special_tag_wrap,.post_recommend,.post_next_post",
            ".post_topshare_wrap,.post_btmshare,.post_comment",
            ".post_end_ad,.gg200x300,.gg300,.gg590,.gg960",
        ),
        skip=(
            EDITOR_LINE,
            # Who wrote it, alone on a line.
            REPORTER_LINE,
            re.compile(r"[（(]?原标题[:：].*"),
            re.compile(r"本文来源[:：].{0,60}"),
            re.compile(r"[（(]本文来[自源].{0,80}[）)]"),
            re.compile(r"[▲△]?(?:图片(?:来源|来自)|图源|图片[:：]).{0,40}"),
            re.compile(r"(?:特别声明|免责声明|版权声明)[:：].*"),
            re.compile(r"Notice: The content above .*"),
        ),
        # A picture's caption stands in its paragraph.
        players=(".video-wrapper", ".video-inner", ".video-info", "p.f_center:has(> img, > a > img, > span > img)"),
    )

    def list_address(self, list_: str, number: int) -> str:
        return list_ if number == 1 else _NAME_END.sub(f"_{number:02}", list_, count=1)

    def rows(self, page: Page) -> Sequence[Any]:
        rows = page.json()
        if not isinstance(rows, list):
            raise page.changed(f"{type(rows).__name__} instead of a list of rows")
        return rows

    def listing(self, row: Any, page: Page) -> Listing | None:
        url = page.address(page.field(row, "docurl", str))
        key = self.key_of(url)
        if key is None:
            return None
        if _MOBILE.match(url):
            raise page.changed(f"only a mobile address, {url}")
        title = plain(page.field(row, "title", str))
        published_at = time_in((_MONTH_FIRST.sub(r"\3-\1-\2", page.field(row, "time", str)),))
        if published_at is None or not title:
            raise page.changed(f"{url} without title or time")
        return Listing(self.name, key, _LATER_PAGE.sub("", url.partition("?")[0]), title, published_at)

    def extract(self, page: Page) -> Reading:
        title = page.title("#epContentLeft h1", "h1.post_title", ".article_title h2", ".post_content h1")
        # The old layout's .post_body is the frame around the text and its share boxes.
        body = page.first_of("#endText", ".post_body", ".article_box #content")
        return Reading(title, body, _author(page), time_in(_times(page)))


def _author(page: Page) -> str | None:
    return next(filter(None, _authors(page)), None)


def _authors(page: Page) -> Iterator[str | None]:
    yield text_of(page, "#ne_article_source")
    for text in shown(page, ".post_info", ".ep-source", ".post_author"):
        yield from _SOURCE.findall(text)
    yield text_of(page, ".article_title .time > span:last-child")


def _times(page: Page) -> Iterator[str | None]:
    yield page.one("html").attributes.get("data-publishtime")
    yield page.meta("article:published_time")
    yield from shown(page, ".post_time_source", ".post_info")
    # What a page of 网易号 shows is the day only.
    frame = page.maybe("#contain[data-ptime]")
    yield None if frame is None else frame.attributes["data-ptime"]

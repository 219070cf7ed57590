"""人民网: feeds and columns; articles of all channels, on one page or on several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborNode

from portals.feeds.feed_entry import FeedEntry
from portals.fields import linked_pages, nodes, required, texts, texts_in, title_of
from portals.page import Page, Reading, plain, time_in
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import EDITOR_LINE
from tracking.text import clean

_FEED = "https://www.people.com.cn/rss/{name}.xml"
_FINANCE = "https://finance.people.com.cn/GB/"
_COLUMNS = ("div.ej_list_box", "div.ej_left", "ul.list_16", "ul.list_14")

_FIRST_PAGE = re.compile(r"(?P<stem>https?://[^?#]+/c\d+-(?P<id>\d+))\.html", re.ASCII)
_DAY = re.compile(r"/n1?/([0-9]{4})/([0-9]{2})([0-9]{2})/")
_SHOWS_FILMS = re.compile(r"https://(?:v|tv|pic)\.people\.")

# Layouts since 2021, since 2016, and before.
_TITLES = (".rm_txt h1", ".text_title h1", "#p_title")
_BODIES = ("#rm_txt_zw", ".rm_txt_con", "#rwb_zw", "#p_content")
# Elements with time and source: "2019年06月15日08:18  来源：…".
_STAMPS = ("#newstime", ".rm_txt .col-1-1", ".box01 .fl", "#p_publishtime", "#p_origin")
_CONTROLS = (
    ".voice-wrap,.voice-container,.voice-img-wrap,.share_con,.rm_relevant,.rm_download,.rmw-page-view",
    ".rm_dingy,.rm_qxdingy,.rm_yshouc,.rm_shouc,.rm_type",
)
_SOURCE = re.compile(r"来源\s*[:：]\s*([^\s|｜]{1,40})")


class People(Portal):
    """Articles of 人民网; the key is the number that ends the address, the same in each of its categories.

    Two feeds without times, and columns; the address of an article contains the date. Articles have three layouts, and
    one page or several.
    """

    name = "people"
    categories = Categories("金融", "人民网", "财经")
    hosts = ("*.people.com.cn", "*.people.cn")
    # 财经, 时政; 滚动
    lists = (_FEED.format(name="finance"), _FEED.format(name="politics"), f"{_FINANCE}70846/")
    # 宏观, 部委
    former_lists = tuple(f"{_FINANCE}{column}/" for column in ("153179", "153180", "153522"))
    # Pages of the mobile site (/n4/) and of provinces (/n2/) have other numbers for the same articles.
    article_address = re.compile(
        r"https://(?:[\w-]+\.)+people\.(?:com\.)?cn/(?:[\w-]+/)*n1?/\d{4}/\d{4}/c\d+-(?P<key>\d+)(?:-\d+)?\.html(?=\?|$)",
        re.ASCII,
    )
    later_page = re.compile(r"(/c\d+-\d+)-\d+(?=\.html$)", re.ASCII)
    rows_have_times = False
    guesses = ("layouts before 2016, and of channels other than 财经",)
    rules = Rules(
        # .paper_num names the newspaper, and has share buttons.
        drop=(".paper_num,.edit,#p_editor,.zdfy,.box_pic,#rwb_tjyd", 'img[src*="next_page"]', *_CONTROLS),
        skip=(
            EDITOR_LINE,
            re.compile(r"分享让更多人看到|上一页|下一页"),
            re.compile(r"(?:【\s?[0-9]{1,3}\s?】\s?){1,40}"),
            re.compile(r"点击播报本文.{0,20}"),
        ),
        players=('div[id^="q_v_"]', ".video-js"),
    )

    def list_address(self, list_: str, number: int, at: datetime | None) -> str:
        """The pages of a column are numbered files; a feed has one page only."""
        if not list_.endswith("/"):
            return list_
        return f"{list_}index.html" if number == 1 else f"{list_}index{number}.html"

    def rows(self, page: Page) -> Sequence[Any]:
        if page.url.partition("?")[0].endswith(".xml"):
            return page.feed()
        for column in _COLUMNS:
            if page.all(column):
                return page.all(f"{column} li")
        raise page.changed("no list of articles")

    def listing(self, row: Any, page: Page) -> Listing | None:
        if isinstance(row, FeedEntry):
            title = plain(required(page, row.title, "title"))
            return self.listed(page, page.address(required(page, row.url, "url")), title, row.published_at)
        return self._linked(row, page)

    def _linked(self, row: LexborNode, page: Page) -> Listing | None:
        """The listing of the first link with text in a row of a column; None without such a link."""
        link = next((link for link in row.css('a[href*="/n1/"]') if clean(link.text())), None)
        if link is None:
            if clean(row.text()) and not row.css("a[href]"):
                raise page.changed("a row without a link")
            return None
        times = (node.text() for node in row.css("em, i"))
        return self.listed(page, page.address(str(link.attributes["href"])), title_of(link), page.time(*times))

    def listed(self, page: Page, url: str, title: str, published_at: datetime | None) -> Listing | None:
        if _SHOWS_FILMS.match(url):
            return None
        return super().listed(page, url, title, published_at or time_in(map("-".join, _DAY.findall(url))))

    def extract(self, page: Page) -> Reading:
        """By the site's layouts; by general rules for an article without any of their bodies."""
        if page.meta("contentid") is not None and not any(map(page.all, _BODIES)):
            return self.read_generically(page)
        title, body = page.title(*_TITLES), page.first_of(*_BODIES)
        return Reading(title, body, next(filter(None, _sources(page)), None), time_in(texts(page, *_STAMPS)))

    def more_pages(self, page: Page) -> tuple[str, ...]:
        return linked_pages(page, _FIRST_PAGE, 'a[href*="-{id}-"]', "{stem}-{number}.html")


def _sources(page: Page) -> Iterator[str]:
    """The candidates for the source: links, then names after a label, then the meta element."""
    for node in nodes(page, *_STAMPS):
        yield from texts_in(node, "a")
        yield from _SOURCE.findall(clean(node.text()))
    declared = page.meta("source")
    yield from () if declared is None else _SOURCE.findall(declared)

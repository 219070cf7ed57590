"""中新网: feeds and the rolling list, whose times have no year; articles in the layouts of 2012, 2020 and today."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborNode

from portals.feeds.feed_entry import FeedEntry
from portals.fields import joined_text, linked_pages, one_in, required, texts
from portals.page import Page, Reading, plain, time_in
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import EDITOR_LINE
from tracking.text import clean_title

_SITE = "https://www.chinanews.com.cn/"

_FOLDER = re.compile(r"[a-z]+/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})-(?P<day>[0-9]{2})/(?=[0-9]+[._])")
_FIRST_PAGE = re.compile(r"(?P<stem>https?://[^?#]+/(?P<id>\d+))\.shtml", re.ASCII)

_BODIES = ("div.left_zw", "div.content_desc", "div.t3")
_STAMPS = ("#source_baidu", ".left-t", ".content_left_time")
# "2020年07月04日 12:10　来源：求是网参与互动": the text of the link to the comments follows the name without a blank.
_SOURCE = re.compile(r"来源\s*[:：]\s*(\S{1,40}?)(?=参与互动|[\s(（]|$)")


class Chinanews(Portal):
    """Articles of 中新网; the key is the number that ends the address.

    Two feeds, and the rolling list, whose times have no year. An address of the mobile site without a date is an error.
    Articles have the layouts of 2012, of 2020, and of today.
    """

    name = "chinanews"
    categories = Categories("金融", "中新网", "财经")
    hosts = ("*.chinanews.com.cn", "*.chinanews.com")
    # 财经, 要闻; 滚动
    lists = (f"{_SITE}rss/finance.xml", f"{_SITE}rss/importnews.xml", f"{_SITE}scroll-news/news{{page}}.html")
    # The provincial sites have shorter numbers of their own, which are not unique.
    article_address = re.compile(
        r"https://(?:[a-z]+\.)?chinanews\.com(?:\.cn)?/(?:(?:wap/detail/zw/)?[a-z]+/\d{4}/\d{2}-\d{2}/|wap/detail/ch[st]/zw/(?=\d{7}))"
        r"(?P<key>\d+)(?:_\d+)?\.shtml(?=\?|$)",
        re.ASCII,
    )
    rows_have_times = False
    guesses = ("pages of pictures and films",)
    rules = Rules(
        drop=(
            "table.adInContent,#adhzh,.download_wrapper",
            ".adEditor,.left_name",
            "#function_code_page,.pictext,.channel,#tupian_div",
        ),
        skip=(EDITOR_LINE, re.compile(r"更多精彩内容请进入.{0,20}"), re.compile(r"(?:分享到|字号)[:：].{0,12}")),
        players=(".videojsObj", "video"),
    )

    def rows(self, page: Page) -> Sequence[Any]:
        if page.url.partition("?")[0].endswith(".xml"):
            return page.feed()
        if not page.all(".content_list"):
            raise page.changed("no list of articles")
        # Other items are separators and picture galleries.
        return [row for row in page.all(".content_list li") if row.css(".dd_bt")]

    def listing(self, row: Any, page: Page) -> Listing | None:
        if isinstance(row, FeedEntry):
            url = page.address(required(page, row.url, "url"))
            return self.listed(page, url, plain(required(page, row.title, "title")), row.published_at)
        return self._from_list(row, page)

    def _from_list(self, row: LexborNode, page: Page) -> Listing | None:
        """The listing in a row of the rolling list; None for a row without an article."""
        link = one_in(page, row, ".dd_bt a[href]")
        url = page.address(str(link.attributes["href"]))
        at = _with_year_of_address(joined_text(row, ".dd_time"), url)
        if at is None and self.key_of(url) is not None and _FOLDER.search(url) is not None:
            raise page.changed(f"{url} has no readable time")
        return self.listed(page, url, clean_title(link.text()), at)

    def listed(self, page: Page, url: str, title: str, published_at: datetime | None) -> Listing | None:
        if self.key_of(url) is not None and _FOLDER.search(url) is None:
            raise page.changed(f"only a mobile address, {url}")
        return super().listed(page, url, title, published_at)

    def article_url(self, url: str) -> str:
        """The address of the article's first page on the main host."""
        folder = _FOLDER.search(url)
        return url if folder is None else f"{_SITE}{folder.group()}{self.key_of(url)}.shtml"

    def extract(self, page: Page) -> Reading:
        """By the site's layouts; by general rules for an article without any of their bodies."""
        if page.all("#newsid") and not any(map(page.all, _BODIES)):
            return self.read_generically(page)
        # A bare h1 comes last: a fixed bar at the top repeats the title.
        title = page.title("h1.content_left_title", "h1.left-title", "#cont_1_1_2 h1", ".content h1", "h1")
        times = texts(page, "#pubtime_baidu", *_STAMPS)
        return Reading(title, page.first_of(*_BODIES), next(_sources(page), None), time_in(times))

    def more_pages(self, page: Page) -> tuple[str, ...]:
        return linked_pages(page, _FIRST_PAGE, 'a[href*="/{id}_"]', "{stem}_{number}.shtml")


def _with_year_of_address(text: str, url: str) -> datetime | None:
    """The time, aware UTC, of a text such as "9-27 22:20", in the year nearest to the date in the address."""
    folder = _FOLDER.search(url)
    day = None if folder is None else time_in(("-".join(folder.groups()),))
    if day is None:
        return None
    times = (time_in((f"{year}-{text.strip()}",)) for year in range(day.year - 1, day.year + 3))
    return min(filter(None, times), key=lambda at: abs(at - day), default=None)


def _sources(page: Page) -> Iterator[str]:
    """The candidates for the source, links first."""
    yield from filter(None, texts(page, ".content_left_time a.source"))
    yield from (match[1] for text in texts(page, *_STAMPS) if (match := _SOURCE.search(text)))

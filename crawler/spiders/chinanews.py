"""中新网: feeds and the roll, whose times have no year; articles of the layouts of 2012, 2020 and since."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborNode

from crawler.families.readers import linked, only, shown, words_in
from crawler.page import Page, plain, time_in
from crawler.portal import Portal, Reading
from tracking.article import Categories, Listing
from tracking.body import EDITOR_LINE, Rules
from tracking.text import clean_title

_SITE = "https://www.chinanews.com.cn/"

_FOLDER = re.compile(r"[a-z]+/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})-(?P<day>[0-9]{2})/(?=[0-9]+[._])")
_FIRST_PAGE = re.compile(r"(?P<stem>https?://[^?#]+/(?P<id>\d+))\.shtml", re.ASCII)
_NUMBERED = re.compile(r"_(\d{1,3})\.shtml$", re.ASCII)

_BODIES = ("div.left_zw", "div.content_desc", "div.t3")
_STAMPS = ("#source_baidu", ".left-t", ".content_left_time")
# "2020年07月04日 12:10　来源：求是网参与互动": the link to the comments is glued to the name.
_SOURCE = re.compile(r"来源\s*[:：]\s*(\S{1,40}?)(?=参与互动|[\s(（]|$)")


class Chinanews(Portal):
    """Articles of 中新网; the key is the number that ends the address."""

    name = "chinanews"
    categories = Categories("金融", "中新网", "财经")
    hosts = ("*.chinanews.com.cn", "*.chinanews.com")
    # 财经, 要闻; 滚动
    lists = (f"{_SITE}rss/finance.xml", f"{_SITE}rss/importnews.xml", f"{_SITE}scroll-news/news{{page}}.html")
    # The offices in the provinces have numbers of their own, shorter ones.
    article_address = re.compile(
        r"https://(?:[a-z]+\.)?chinanews\.com(?:\.cn)?/(?:(?:wap/detail/zw/)?[a-z]+/\d{4}/\d{2}-\d{2}/|wap/detail/ch[st]/zw/(?=\d{7}))"
        r"(?P<key>\d+)(?:_\d+)?\.shtml(?=\?|$)",
        re.ASCII,
    )
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
        # Other items are gaps and strips of pictures.
        return [row for row in page.all(".content_list li") if row.css(".dd_bt")]

    def listing(self, row: Any, page: Page) -> Listing | None:
        if isinstance(row, LexborNode):
            return self._rolled(row, page)
        at = row["published_at"]
        listed_at = None if at is None else datetime.fromisoformat(at)
        url = page.address(page.field(row, "url", str))
        return self._listing(page, url, plain(page.field(row, "title", str)), listed_at)

    def _rolled(self, row: LexborNode, page: Page) -> Listing | None:
        link = only(page, row, ".dd_bt a[href]")
        url = page.address(str(link.attributes["href"]))
        at = _near_its_address(words_in(row, ".dd_time"), url)
        if at is None and self.key_of(url) is not None and _FOLDER.search(url) is not None:
            raise page.changed(f"{url} has no readable time")
        return self._listing(page, url, clean_title(link.text()), at)

    def _listing(self, page: Page, url: str, title: str, at: datetime | None) -> Listing | None:
        if (key := self.key_of(url)) is None:
            return None
        if (folder := _FOLDER.search(url)) is None:
            raise page.changed(f"only a mobile address, {url}")
        if not title:
            raise page.changed(f"{url} has no title")
        return Listing(self.name, key, f"{_SITE}{folder.group()}{key}.shtml", title, at)

    def extract(self, page: Page) -> Reading:
        if page.all("#newsid") and not any(map(page.all, _BODIES)):
            return self.read_generically(page)
        # Never a bare h1 first: a bar that stays on top repeats the title.
        title = page.title("h1.content_left_title", "h1.left-title", "#cont_1_1_2 h1", ".content h1", "h1")
        times = shown(page, "#pubtime_baidu", *_STAMPS)
        return Reading(title, page.first_of(*_BODIES), next(_sources(page), None), time_in(times))

    def more_pages(self, page: Page) -> tuple[str, ...]:
        first = _FIRST_PAGE.fullmatch(page.url)
        if first is None:
            return ()
        later = linked(page, f'a[href*="/{first["id"]}_"]', _NUMBERED)
        return tuple(f"{first['stem']}_{number}.shtml" for number in later)


def _near_its_address(text: str, url: str) -> datetime | None:
    """The instant that "9-27 22:20" means, in the year that is nearest to the day in the address."""
    folder = _FOLDER.search(url)
    day = None if folder is None else time_in(("-".join(folder.groups()),))
    if day is None:
        return None
    found = (time_in((f"{year}-{text.strip()}",)) for year in range(day.year - 1, day.year + 3))
    return min(filter(None, found), key=lambda at: abs(at - day), default=None)


def _sources(page: Page) -> Iterator[str]:
    yield from filter(None, shown(page, ".content_left_time a.source"))
    yield from (found[1] for text in shown(page, *_STAMPS) if (found := _SOURCE.search(text)))

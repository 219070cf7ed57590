"""界面: the API of its flashes and the channels of its articles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import Any

from selectolax.lexbor import LexborNode

from portals.fields import has_layout, texts, unix_time
from portals.page import Page, Reading, plain, time_in
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import EDITOR_LINE
from tracking.dates import from_unix

_FLASHES = "https://papi.jiemian.com/page/api/kuaixun/getLastest?cid=1323kb&tagid=1323"
_SECONDS_PER_DAY = 86400
# 财经, 宏观, 金融, 中国, 科技
_CHANNELS = (800, 174, 9, 71, 65)
_ARTICLE = "https://www.jiemian.com/article/{}.html"

_PAID = re.compile(r"is_pay\s*=\s*[\"']([01])[\"']")
# Elements that hide the rest of an article from readers who are not members.
_MASKS = '.vip-mask,.jm-mask-vip,.article-vip,[class*="paywall"]'
_NAME = r"[^\s，。；：！？]{2,4}"


class Jiemian(Portal):
    """Articles and flashes of 界面; the key is the number in the address.

    Flashes come from an API whose address contains a time, in no order; articles from the pages of channels. Articles
    for members are never read.
    """

    name = "jiemian"
    categories = Categories("金融", "界面新闻", "财经")
    hosts = ("papi.jiemian.com", "www.jiemian.com")
    lists = (_FLASHES, *(f"https://www.jiemian.com/lists/{channel}.html" for channel in _CHANNELS))
    list_headers = MappingProxyType({"Referer": "https://www.jiemian.com/"})
    article_address = re.compile(
        r"https://(?:(?:www|m)\.)?jiemian\.com/article/(?P<key>\d+)(?:_\w+)?\.html(?=\?|$)", re.ASCII
    )
    rows_have_times = False
    guesses = ("the pages of articles", "how a page for members is marked")
    rules = Rules(
        drop=(".report-view", ".article-source", ".vip-mask", 'a[href*="/about/copyright"]'),
        skip=(
            EDITOR_LINE,
            re.compile(r"未经正式授权严禁转载本文.{0,20}"),
            re.compile(r"(?:(?:图片|封面|题图|数据)?来源)\s?[:：|｜丨]\s?.{0,40}"),
            re.compile(
                r"(?:界面新闻)?(?:见习|实习|特约)?(?:记者|编辑|作者|撰文|文|摄影|制图|翻译)\s?[|｜丨]\s?.{1,40}"
            ),
            # Without a bar only names count: in interviews, questions begin with 记者：.
            re.compile(rf"(?:界面新闻)?(?:见习|实习|特约)?(?:记者|作者)[ :：]\s?{_NAME}(?:[ 、]{_NAME}){{0,3}}"),
        ),
        players=("#video-player", ".video-player"),
    )

    def list_address(self, list_: str, number: int, at: datetime | None) -> str:
        """The flashes of the last 24 hours."""
        if list_ != _FLASHES or at is None:
            return list_
        return f"{list_}&end_time={int(at.timestamp()) - _SECONDS_PER_DAY}"

    def rows(self, page: Page) -> Sequence[Any]:
        if "/page/api/" not in page.url:
            if not (cards := page.all("#load-list > li") or page.all(".news-view")):
                raise page.changed("no list of articles")
            return cards
        answer = page.json()
        rows = page.field(answer, "result", list)
        if str(answer.get("code")) != "0":
            raise page.changed(f"the list answers with code {answer.get('code')}")
        return rows

    def listing(self, row: Any, page: Page) -> Listing | None:
        return self._card(row, page) if isinstance(row, LexborNode) else self._flash(row, page)

    def _card(self, card: LexborNode, page: Page) -> Listing | None:
        """The listing in a card of a channel; None for a card without an article, or with one for members."""
        link = card.css_first('a[href*="/article/"]')
        if link is None or card.css_first(".img-vip-icon") is not None:
            return None
        url = page.address(str(link.attributes["href"]))
        date = card.css_first(".news-footer__date,.date")
        return self.listed(page, url, _heading(card), None if date is None else page.time(date.text()))

    def _flash(self, row: Any, page: Page) -> Listing | None:
        """The listing in a row of the API."""
        title = page.field(row, "title", str)
        if (key := self.key_of(_ARTICLE.format(row.get("id")))) is None:
            raise page.changed(f"a flash with the number {row.get('id')!r}")
        published_at = unix_time(page, row.get("publishtime"), f"publishtime of flash {key}")
        return self.listed(page, _ARTICLE.format(key), plain(title), published_at)

    def article_url(self, url: str) -> str:
        """The article's address on the main host."""
        return _ARTICLE.format(self.key_of(url))

    def extract(self, page: Page) -> Reading:
        """By the site's layout; by general rules for a page in another layout."""
        if _is_paid(page):
            raise page.withheld("members only")
        if not has_layout(page, ".article-header h1", ".article-content"):
            return self.read_generically(page)
        title, body = page.title(".article-header h1"), page.one(".article-content")
        author = " ".join(filter(None, texts(page, ".article-info .author > a"))) or page.meta("author")
        return Reading(title, body, author, _published_at(page))


def _is_paid(page: Page) -> bool:
    """Whether an article is for members: its script says so, or the page hides the rest."""
    flag = _PAID.search(page.source)
    return flag[1] == "1" if flag is not None else bool(page.all(_MASKS))


def _published_at(page: Page) -> datetime | None:
    """The time in a data attribute, or else the visible one."""
    marked = page.one_or_none(".article-info [data-article-publish-time]")
    if marked is not None:
        with suppress(ValueError):
            return from_unix(marked.attributes["data-article-publish-time"])
    return time_in(texts(page, ".article-info"))


def _heading(card: LexborNode) -> str:
    """The title in a card; "" without one."""
    heading = card.css_first("h3,h4,.title")
    return "" if heading is None else plain(heading.text())

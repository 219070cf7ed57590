"""第一财经: JSON lists of the newest articles and of whole flashes; pages of articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from selectolax.lexbor import LexborNode

from portals.fields import json_array, texts, title_text
from portals.page import Page, Reading, time_in
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import EDITOR_LINE
from tracking.text import clean_title

_SITE = "https://www.yicai.com"
_API = _SITE + "/api/ajax/"

_TITLES = (".m-title h1", ".title h1", "h1")
_BODIES = (".m-txt", "#multi-text", ".multiText", ".m-text")
# In a script: var _pb = [['actime', '2026-11-20 08:01'], …], not JSON because of its quotes.
_PAGE_TIME = re.compile(r"['\"]actime['\"]\s{0,9},\s{0,9}['\"]([^'\"]{1,40})['\"]")


class Yicai(Portal):
    """Articles and flashes of 第一财经; the key is the number that both share.

    Two lists in JSON; that of flashes has them whole. The layout of articles is a guess: pages in another layout are
    read by general rules.
    """

    name = "yicai"
    categories = Categories("金融", "第一财经", "要闻")
    hosts = ("www.yicai.com",)
    lists = (_API + "getlatest?page={page}&pagesize=30", _API + "getbrieflist?type=0&page={page}&pagesize=30&id=0")
    article_address = re.compile(
        r"https://(?:www\.|m\.)?yicai\.com/(?P<path>(?:news|brief)/(?P<key>\d+)\.html)(?=\?|$)", re.ASCII
    )
    guesses = (
        "where article pages have their title and body",
        "AppID 0 marks all articles for subscribers",
        "LiveContent is the whole text of a flash",
    )
    rules = Rules(
        drop=("h1", ".u-btn6,.m-smallshare,.m-share", ".topic-hot,.copyright"),
        skip=(
            EDITOR_LINE,
            re.compile(r"(?:此内容为第一财经原创|未经第一财经(?:书面)?授权|如需获得授权|第一财经广告合作).*"),
            re.compile(r"举报|文章作者|相关阅读|海报分享"),
        ),
    )

    def rows(self, page: Page) -> Sequence[Any]:
        return json_array(page, "an array of rows")

    def listing(self, row: Any, page: Page) -> Listing | None:
        """None for articles for subscribers and links to other sites."""
        url = page.address(page.field(row, "url", str))
        address = self.article_address.match(url)
        if address is None or row.get("AppID") in (0, "0") or self._leads_away(row.get("OuterUrl")):
            return None
        if (published_at := time_in((page.field(row, "CreateDate", str),))) is None:
            raise page.changed(f"{url} has no readable time")
        return Listing(self.name, address["key"], f"{_SITE}/{address['path']}", _title(row, page), published_at)

    def _leads_away(self, address: object) -> bool:
        """Whether this address of a row is of another site."""
        return isinstance(address, str) and bool(address.strip()) and self.key_of(address) is None

    def inline_article(self, row: Any, page: Page) -> Reading | None:
        """A whole flash, without a time, which is in its row; None for an article."""
        if (name := _filled(row, "LiveContent", "newcontent")) is None:
            return None
        return Reading(_title(row, page), page.fragment(page.field(row, name, str)), None, None)

    def extract(self, page: Page) -> Reading:
        title, body = _single_match(page, _TITLES), _single_match(page, _BODIES)
        if title is None or body is None:
            return self.read_generically(page)
        if not (text := clean_title(title.text())):
            raise page.changed("the title is empty")
        return Reading(text, body, page.meta("author"), time_in(_times(page)))


def _title(row: dict[str, Any], page: Page) -> str:
    """The title of a flash, or else the title of the row."""
    return title_text(page, page.field(row, _filled(row, "LiveTitle", "indexTitle") or "NewsTitle", str))


def _filled(row: dict[str, Any], *names: str) -> str | None:
    """The name of the first of these fields that is not empty; None when all are."""
    return next((name for name in names if row.get(name)), None)


def _single_match(page: Page, selectors: Sequence[str]) -> LexborNode | None:
    """The node of the first selector that matches; None when none does, or when that one matches several."""
    matches = next(filter(None, map(page.all, selectors)), [])
    return next(iter(matches)) if len(matches) == 1 else None


def _times(page: Page) -> Iterator[str]:
    """The time in a script of the page, then the visible one."""
    if (scripted := _PAGE_TIME.search(page.source)) is not None:
        yield scripted[1]
    yield from texts(page, ".m-title h2 > span")

"""第一财经: the JSON of the newest articles and of the flashes, which the list gives whole; pages of articles."""

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
# var _pb = [['actime', '2026-11-20 08:01'], …]: no JSON, for its quotes.
_PAGE_TIME = re.compile(r"['\"]actime['\"]\s{0,9},\s{0,9}['\"]([^'\"]{1,40})['\"]")


class Yicai(Portal):
    """Articles and flashes of 第一财经; the key is the number that both count together.

    Two lists in JSON; the one of flashes gives them whole. Pages of articles have been seen by nobody: one that does
    not look as expected is read by general rules.
    """

    name = "yicai"
    categories = Categories("金融", "第一财经", "要闻")
    hosts = ("www.yicai.com",)
    lists = (
        _API + "getlatest?page={page}&pagesize=30",
        _API + "getbrieflist?type=0&page={page}&pagesize=30&id=0",
    )
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
            re.compile(r"此内容为第一财经原创.*"),
            re.compile(r"未经第一财经(?:书面)?授权.*"),
            re.compile(r"如需获得授权.*"),
            re.compile(r"第一财经广告合作.*"),
            re.compile(r"举报|文章作者|相关阅读|海报分享"),
        ),
    )

    def rows(self, page: Page) -> Sequence[Any]:
        return json_array(page, "an array of rows")

    def listing(self, row: Any, page: Page) -> Listing | None:
        """None for what is for subscribers or leads to another site."""
        url = page.address(page.field(row, "url", str))
        found = self.article_address.match(url)
        if found is None or row.get("AppID") in (0, "0") or self._leads_away(row.get("OuterUrl")):
            return None
        if (published_at := time_in((page.field(row, "CreateDate", str),))) is None:
            raise page.changed(f"{url} has no readable time")
        return Listing(self.name, found["key"], f"{_SITE}/{found['path']}", _title(row, page), published_at)

    def _leads_away(self, address: object) -> bool:
        """Whether a row names an address of another site in its place."""
        return isinstance(address, str) and bool(address.strip()) and self.key_of(address) is None

    def inline_article(self, row: Any, page: Page) -> Reading | None:
        """A flash, without a time of its own; None for an article."""
        if (name := _filled(row, "LiveContent", "newcontent")) is None:
            return None
        return Reading(_title(row, page), page.fragment(page.field(row, name, str)), None, None)

    def extract(self, page: Page) -> Reading:
        title, body = _one_of(page, _TITLES), _one_of(page, _BODIES)
        if title is None or body is None:
            return self.read_generically(page)
        if not (text := clean_title(title.text())):
            raise page.changed("the title is empty")
        return Reading(text, body, page.meta("author"), time_in(_times(page)))


def _title(row: dict[str, Any], page: Page) -> str:
    """The title of a flash, or else of the row."""
    return title_text(page, page.field(row, _filled(row, "LiveTitle", "indexTitle") or "NewsTitle", str))


def _filled(row: dict[str, Any], *names: str) -> str | None:
    """The first of the fields that says something; None for none."""
    return next((name for name in names if row.get(name)), None)


def _one_of(page: Page, selectors: Sequence[str]) -> LexborNode | None:
    """The one node of the first selector that matches; None where it matches several."""
    found = next(filter(None, map(page.all, selectors)), [])
    return next(iter(found)) if len(found) == 1 else None


def _times(page: Page) -> Iterator[str]:
    """The time in a script of the page, then the one that it shows."""
    if (stated := _PAGE_TIME.search(page.source)) is not None:
        yield stated[1]
    yield from texts(page, ".m-title h2 > span")

"""36氪: its feeds, which hold the whole text; its pages are often encrypted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crawler.page import Page, plain, time_in
from crawler.portal import Portal, Reading
from tracking.article import Categories, Listing
from tracking.body import EDITOR_LINE, Rules
from tracking.dates import from_unix
from tracking.text import clean

_SITE = "https://36kr.com/"
_HOST = re.compile(r"https://(?:www\.|m\.)?36kr\.com/")


class Kr36(Portal):
    """Articles and flashes of 36氪; the key is the number that ends the address."""

    name = "kr36"
    categories = Categories("金融", "36氪", "资讯")
    hosts = ("36kr.com", "www.36kr.com")
    lists = (_SITE + "feed",)
    # The same under the other host, which is answered when this one is not, and the two halves of it.
    former_lists = tuple(f"https://www.36kr.com/{feed}" for feed in ("feed", "feed-article", "feed-newsflash"))
    article_address = re.compile(
        r"https://(?:(?:www|m)\.)?36kr\.com/(?:p|newsflashes)/(?P<key>\d+)(?:\.html)?/?(?=\?|$)", re.ASCII
    )
    guesses = ("whether every row of a feed holds the whole text", "pages of articles that are not encrypted")
    rules = Rules(
        drop=(".img-desc",),
        skip=(
            EDITOR_LINE,
            re.compile(r"(?:编者按[:：]\s?)?本文来自.{0,200}36氪[^，。]{0,6}发布.{0,20}"),
            re.compile(r"(?:该文|本文)观点仅代表作者本人.{0,40}"),
            re.compile(r"(?:文|作者|编辑|责编|采访|整理|撰文|出品|来源)\s?[|｜丨]\s?.{1,40}"),
            re.compile(r"(?:封面|题图|头图|图片)(?:来源|来自)\s?[|｜丨:：]?\s?.{0,60}"),
            re.compile(r"[\[【（(]?(?:原文链接|查看原文)[\]】）)]?"),
        ),
    )

    def rows(self, page: Page) -> Sequence[Any]:
        return page.feed()

    def listing(self, row: Any, page: Page) -> Listing | None:
        url = page.address(page.field(row, "url", str))
        if (key := self.key_of(url)) is None:
            return None
        title = plain(page.field(row, "title", str))
        published_at = time_in((page.field(row, "published_at", str),))
        if not title:
            raise page.changed(f"{url} has no title")
        return Listing(self.name, key, _HOST.sub(_SITE, url.partition("?")[0]), title, published_at)

    def given(self, row: Any, page: Page) -> Reading | None:
        texts = [row[name] for name in ("content", "summary") if row[name] is not None]
        text = max(texts, key=len, default="")
        if not plain(text):
            return None
        at = time_in((row["published_at"],))
        return Reading(plain(row["title"]), page.fragment(text), row["author"], at)

    def extract(self, page: Page) -> Reading:
        body = page.maybe("div.articleDetailContent")
        if body is not None:
            author, time = page.maybe(".item-a"), page.maybe(".item-time")
            named = page.meta("author") if author is None else clean(author.text()) or None
            at = None if time is None else page.time(time.text())
            return Reading(page.title("h1.article-title", "h1"), body, named, at)
        if "initialState" in page.source:
            return _from_state(page)
        if not page.all("h1"):  # pages that turn robots away have none
            raise page.changed("no text of an article")
        return self.read_generically(page)


def _from_state(page: Page) -> Reading:
    state = page.assigned("initialState")
    if isinstance(state, dict) and state.get("isEncrypt"):
        raise page.changed("the page is encrypted")
    for name in ("articleDetail", "articleDetailData", "data"):
        state = page.field(state, name, dict)
    author = state.get("author")
    return Reading(
        title=plain(page.field(state, "widgetTitle", str)),
        body=page.fragment(page.field(state, "widgetContent", str)),
        author=clean(author) if isinstance(author, str) and clean(author) else None,
        published_at=_published_at(state, page),
    )


def _published_at(state: Any, page: Page) -> datetime:
    try:
        return from_unix(page.field(state, "publishTime", int) // 1000)
    except ValueError as error:
        raise page.changed("no readable publishTime") from error

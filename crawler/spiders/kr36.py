"""36氪: its feeds, which hold the whole text; its pages are often encrypted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from crawler.families.readers import inside, laid_out, named, text_of, titled, unix_time
from crawler.page import Page, plain, time_in
from crawler.portal import Portal, Reading
from tracking.article import Categories, Listing
from tracking.body import EDITOR_LINE, Rules

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
        title = titled(page, page.field(row, "title", str), url)
        published_at = time_in((page.field(row, "published_at", str),))
        return Listing(self.name, key, _HOST.sub(_SITE, url.partition("?")[0]), title, published_at)

    def given(self, row: Any, page: Page) -> Reading | None:
        texts = [page.field(row, name, str) for name in ("content", "summary") if row[name] is not None]
        text = max(texts, key=len, default="")
        if not plain(text):
            return None
        title, at = titled(page, page.field(row, "title", str)), time_in((row["published_at"],))
        return Reading(title, page.fragment(text), named(row["author"]), at)

    def extract(self, page: Page) -> Reading:
        if "initialState" in page.source and not page.all("div.articleDetailContent"):
            return _from_state(page)
        if not laid_out(page, "h1.article-title", "div.articleDetailContent"):
            return self.read_generically(page)
        title, body = page.title("h1.article-title"), page.one("div.articleDetailContent")
        author = text_of(page, ".item-a") or page.meta("author")
        return Reading(title, body, author, page.time(text_of(page, ".item-time")))


def _from_state(page: Page) -> Reading:
    state = page.assigned("initialState")
    if isinstance(state, dict) and state.get("isEncrypt"):
        raise page.changed("the page is encrypted")
    article = inside(page, state, "articleDetail", "articleDetailData", "data")
    return Reading(
        title=titled(page, page.field(article, "widgetTitle", str)),
        body=page.fragment(page.field(article, "widgetContent", str)),
        author=named(article.get("author")),
        published_at=unix_time(page, page.field(article, "publishTime", int) // 1000, "publishTime"),
    )

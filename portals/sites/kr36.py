"""36氪: its feeds, which contain whole texts; its pages are often encrypted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from portals.feeds.feed_entry import FeedEntry, entry_from_json, entry_to_json
from portals.fields import first_text, has_layout, nested_object, required, text_of, title_text, unix_time
from portals.page import Page, Reading, plain
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import EDITOR_LINE

_SITE = "https://36kr.com/"
_HOST = re.compile(r"https://(?:www\.|m\.)?36kr\.com/")


class Kr36(Portal):
    """Articles and flashes of 36氪; the key is the number that ends the address.

    One feed with whole texts. The page is read when an entry has no text; it is often encrypted, which is an error.
    """

    name = "kr36"
    categories = Categories("金融", "36氪", "资讯")
    hosts = ("36kr.com", "www.36kr.com")
    lists = (_SITE + "feed",)
    # The same feed on the other host, as a substitute, and its two parts.
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

    def rows(self, page: Page) -> Sequence[FeedEntry]:
        return page.feed()

    def listing(self, row: Any, page: Page) -> Listing | None:
        entry: FeedEntry = row
        url = page.address(required(page, entry.url, "url"))
        if self.key_of(url) is None:
            return None
        title = title_text(page, required(page, entry.title, "title"), url)
        return self.listed(page, url, title, required(page, entry.published_at, "published_at"))

    def article_url(self, url: str) -> str:
        return _HOST.sub(_SITE, super().article_url(url))

    def inline_article(self, row: Any, page: Page) -> Reading | None:
        """The article with the longer of the entry's texts; None when it has none."""
        entry: FeedEntry = row
        text = max(filter(None, (entry.content, entry.summary)), key=len, default="")
        if not plain(text):
            return None
        title = title_text(page, required(page, entry.title, "title"))
        return Reading(title, page.fragment(text), first_text(entry.author), entry.published_at)

    def row_to_json(self, row: Any) -> Any:
        return entry_to_json(row)

    def row_from_json(self, value: Any) -> FeedEntry:
        return entry_from_json(value)

    def extract(self, page: Page) -> Reading:
        if "initialState" in page.source and not page.all("div.articleDetailContent"):
            return _from_state(page)
        if not has_layout(page, "h1.article-title", "div.articleDetailContent"):
            return self.read_generically(page)
        title, body = page.title("h1.article-title"), page.one("div.articleDetailContent")
        author = text_of(page, ".item-a") or page.meta("author")
        return Reading(title, body, author, page.time(text_of(page, ".item-time")))


def _from_state(page: Page) -> Reading:
    """An article from the JSON state in its page; LayoutChanged when that is encrypted."""
    state = page.assigned("initialState")
    if isinstance(state, dict) and state.get("isEncrypt"):
        raise page.changed("the page is encrypted")
    article = nested_object(page, state, "articleDetail", "articleDetailData", "data")
    return Reading(
        title=title_text(page, page.field(article, "widgetTitle", str)),
        body=page.fragment(page.field(article, "widgetContent", str)),
        author=first_text(article.get("author")),
        published_at=unix_time(page, page.field(article, "publishTime", int) // 1000, "publishTime"),
    )

"""上海证券报: channels and articles, read from the JSON state in their pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from portals.fields import first_text, nested_object, title_text
from portals.page import Page, Reading, time_in
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import EDITOR_LINE, PICTURE_CREDIT

_SITE = "https://www.cnstock.com/"
# 时政, 公司, 产经, 金融, 证券, A股
_CHANNELS = (10005, 10006, 10007, 10011, 10232, 10233)
# The forwardType of cards that lead to articles.
_ARTICLE = 4
_PARTS = ("year", "month", "day", "hour", "minute")


class Cnstock(Portal):
    """Articles of 上海证券报; the key is the contId.

    Channels and articles have their content as JSON in a script. The firewall requires its cookie.
    """

    name = "cnstock"
    categories = Categories("金融", "上海证券报", "要闻")
    hosts = ("www.cnstock.com",)
    lists = tuple(f"{_SITE}channel/{number}" for number in _CHANNELS)
    article_address = re.compile(
        r"https://(?:(?:www|m)\.)?cnstock\.com/(?:_next/data/[\w-]+/)?commonDetail/(?P<key>\d+)(?:\.json)?(?=\?|$)",
        re.ASCII,
    )
    cookies = True
    rules = Rules(
        drop=(".video-box", ".audio-box", ".share"),
        skip=(
            EDITOR_LINE,
            PICTURE_CREDIT,
            re.compile(r"(?:中国证券网|上海证券报|上证报)?(?:免责|版权|风险提示)?声明[:：].*"),
            re.compile(r"(?:更多|下载).{0,20}(?:上海证券报|上证报).{0,4}(?:APP|App|客户端).{0,20}"),
        ),
    )
    guesses = ("channels show their rows in the page itself", "forwardType 4 marks all articles")

    def rows(self, page: Page) -> Sequence[Any]:
        return list(_cards(page.field(nested_object(page, _state(page), "pageInfo"), "list", list)))

    def listing(self, row: Any, page: Page) -> Listing | None:
        """None for cards that lead to videos, pictures, live reports, topics, channels and other sites."""
        has_type = isinstance(row, dict) and "forwardType" in row
        if has_type and page.field(row, "forwardType", int) != _ARTICLE:
            return None
        url = f"{_SITE}commonDetail/{page.field(row, 'contId', str)}"
        if (key := self.key_of(url)) is None:
            raise page.changed(f"{url} is no address of an article")
        return Listing(self.name, key, url, title_text(page, page.field(row, "name", str), url), _time(row, page))

    def extract(self, page: Page) -> Reading:
        """From the JSON state in the page; a block page has HTTP 200, but no state."""
        article = _state(page)
        title = title_text(page, page.field(article, "title" if article.get("title") else "name", str))
        body = page.fragment(page.field(nested_object(page, article, "textInfo"), "content", str))
        return Reading(title, body, _author(article), time_in((page.field(article, "pubTime", str),)))


def _state(page: Page) -> dict[str, Any]:
    """The data in the JSON state of the page; LayoutChanged without it."""
    return nested_object(page, page.embedded("script#__NEXT_DATA__"), "props", "pageProps", "data")


def _cards(rows: Sequence[Any]) -> Iterator[Any]:
    """The rows, those of nested cards included."""
    for row in rows:
        cards = row.get("childList") if isinstance(row, dict) else None
        if isinstance(cards, list) and cards:
            yield from _cards(cards)
        else:
            yield row


def _time(row: Any, page: Page) -> datetime:
    """The time of a row, aware UTC, from its separate parts: pubTime is a short form such as 08-01 or 1小时前."""
    parts = nested_object(page, row, "shareInfo", "dateInfo")
    year, month, day, hour, minute = (parts.get(name) for name in _PARTS)
    at = time_in((f"{year}-{month}-{day} {hour}:{minute}",))
    if at is None or hour is None or minute is None:
        raise page.changed(f"no readable time: {parts!r:.200}")
    return at


def _author(article: dict[str, Any]) -> str | None:
    """The author, without a label, or else the source; None without both."""
    author = article.get("author")
    without_label = re.sub(r"^\s*作者[:：]", "", author) if isinstance(author, str) else None
    return first_text(without_label, article.get("source"))

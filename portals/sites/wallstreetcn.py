"""华尔街见闻: JSON lists of articles and of whole flashes ("lives"); the JSON of an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any

from portals.cms.flashes import first_sentence
from portals.fields import first_text, nested_object, unix_time
from portals.page import Page, Reading, plain
from portals.portal import ListPosition, Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import EDITOR_LINE

_SITE = "https://wallstreetcn.com/"
_API = "https://api-one-wscn.awtmt.com/apiv1/content/"
# The code of an answer without an error.
_SUCCESS = 20000

_CURSOR = re.compile(r"[0-9,]{1,60}")
# Fields that mark an article for subscribers.
_SOLD = ("is_paid", "is_need_pay", "is_in_vip_privilege")


class Wallstreetcn(Portal):
    """Articles and lives of 华尔街见闻; the key is the id, before which lives have livenews/, since ids overlap.

    Lists and articles are read from a JSON API; the list of lives has them whole. Those for subscribers are left out.
    """

    name = "wallstreetcn"
    categories = Categories("金融", "华尔街见闻", "资讯")
    hosts = ("api-one-wscn.awtmt.com", "wallstreetcn.com")
    lists = (_API + "articles?limit=30", _API + "lives?channel=global-channel&client=pc&limit=50")
    article_address = re.compile(
        r"https://(?:www\.|m\.)?wallstreetcn\.com/(?:(?:premium/|member/)?articles/(?=\d)|(?=livenews/))"
        r"(?P<key>(?:livenews/)?\d+)(?=\?|$)",
        re.ASCII,
    )
    rules = Rules(
        drop=('p[style*="center"] > span[style*="#b3b3b3" i]',),  # captions
        skip=(
            EDITOR_LINE,
            re.compile(r"(?:风险提示及免责条款|市场有风险[，,]投资需谨慎|本文不构成(?:个人)?投资建议).*"),
            re.compile(r"[~～*＊=_-]{3,}|[~～*＊]{0,60}(?:以上精彩内容来自|更(?:加)?详细的?解读[，,].{0,80}请加入).*"),
            re.compile(r".{0,2}星标华尔街见闻.*"),
        ),
    )

    def next_address(self, position: ListPosition, page: Page) -> str | None:
        """The list at the cursor in the page; None without a cursor, or when the cursor stays the same."""
        if not (cursor := _data(page).get("next_cursor")):
            return None
        if not isinstance(cursor, str) or _CURSOR.fullmatch(cursor) is None:
            raise page.changed(f"not a cursor: {cursor!r:.80}")
        address = f"{position.list_}&cursor={cursor}"
        return None if address == page.url else address

    def source_address(self, url: str) -> str:
        """The address of the API with the article or live as JSON."""
        key = self.key_of(url)
        if key is None:
            return url
        live = key.removeprefix("livenews/")
        return f"{_API}articles/{key}?extract=0" if live == key else f"{_API}lives/{live}"

    def rows(self, page: Page) -> Sequence[Any]:
        return page.field(_data(page), "items", list)

    def listing(self, row: Any, page: Page) -> Listing | None:
        key = self.key_of(page.address(page.field(row, "uri", str)))
        if _is_sold(row, page) or key is None:
            return None
        address = _SITE + (key if key.startswith("livenews/") else f"articles/{key}")
        return Listing(self.name, key, address, _title(row, page), _time(row, page))

    def inline_article(self, row: Any, page: Page) -> Reading | None:
        """A whole live; None for an article."""
        return _reading(row, page) if row.get("type") == "live" else None

    def extract(self, page: Page) -> Reading:
        article = _data(page)
        if _is_sold(article, page):
            raise page.withheld("the article is sold: the interface gives its beginning only")
        return _reading(article, page)


def _data(page: Page) -> dict[str, Any]:
    """The data of an answer; LayoutChanged when the answer is an error."""
    answer = page.json()
    if (code := page.field(answer, "code", int)) != _SUCCESS:
        raise page.changed(f"the interface answers with code {code}")
    return nested_object(page, answer, "data")


def _is_sold(row: Any, page: Page) -> bool:
    """Whether an article is for subscribers. `is_priced` is required, so that a teaser never counts as an article."""
    return page.field(row, "is_priced", bool) or any(row.get(mark) for mark in _SOLD)


def _reading(row: dict[str, Any], page: Page) -> Reading:
    """The article in the object of an article or live."""
    return Reading(_title(row, page), page.fragment(_markup(row, page)), _author(row), _time(row, page))


def _title(row: dict[str, Any], page: Page) -> str:
    """The title, or else the first sentence: a third of the lives have no title."""
    if title := plain(page.field(row, "title", str)):
        return title
    if not (title := first_sentence(page.field(row, "content_text", str))):
        raise page.changed("neither a title nor a text")
    return title


def _time(row: dict[str, Any], page: Page) -> datetime:
    return unix_time(page, row.get("display_time"), "display_time")


def _markup(row: dict[str, Any], page: Page) -> str:
    """The text with its continuation and, for a live, its pictures, which are separate."""
    more = page.field(row, "content_more", str) if row.get("content_more") else ""
    # The pictures of articles are in the text; their `images` are for cards.
    pictures = page.field(row, "images", list) if row.get("type") == "live" and row.get("images") else ()
    images = (f'<img src="{escape(page.field(image, "uri", str))}">' for image in pictures)
    return page.field(row, "content", str) + more + "".join(images)


def _author(row: dict[str, Any]) -> str | None:
    """The source, or else the author's name; None without both."""
    author = row.get("author")
    return first_text(row.get("source_name"), author.get("display_name") if isinstance(author, dict) else None)

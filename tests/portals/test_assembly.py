"""From pages to articles: what of several pages counts, whose time is believed, and reading stored bytes again."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portals.assembly import (
    ROW_CONTENT_TYPE,
    Reextractor,
    article_of,
    inline_part,
    part_of,
    published_at,
    reextract,
    row_capture,
)
from portals.page import LayoutChanged, Page, Reading
from portals.portal import Portal
from tracking.article import Article, Categories, Listing
from tracking.body import Rules
from tracking.observation import Capture, StoredCaptures

AT = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
URL = "https://x.cn/a/1.html"
LISTING = Listing("tiny", "1", URL, "列表标题", AT)


class Tiny(Portal):
    name = "tiny"
    categories = Categories("金融", "小站", "要闻")
    hosts = ("x.cn",)
    lists = ("https://x.cn/list.json",)
    article_address = re.compile(r"https://x\.cn/a/(?P<key>\d+)\.html")
    rules = Rules(drop=(".ad",))

    def inline_article(self, row: Any, page: Page) -> Reading | None:
        return Reading("标题", page.fragment(row["text"]), None, None) if "text" in row else None

    def extract(self, page: Page) -> Reading:
        return Reading(page.title("h1"), page.one("#body"), None, None)


TINY = Tiny()


def page(body: str, url: str = URL) -> Page:
    return Page(url, f"<h1>标题</h1><div id=body>{body}</div>", AT)


def article(*pages: Page) -> Article:
    return article_of(TINY, LISTING, [part_of(TINY, page, LISTING) for page in pages])


def kept(body: str, content_type: str = "text/html") -> StoredCaptures:
    return StoredCaptures(article(page("<p>旧。</p>")), (Capture(1, URL, content_type, body.encode()),), AT)


def test_several_pages_make_one_article() -> None:
    found = article(page("<p>一。</p><p class=ad>广告</p>"), page("<p>二。</p><img src=2.jpg>"))
    assert found.content.paragraphs == ("一。", "二。")
    assert (found.content.title, found.published_at, found.categories) == ("标题", AT, TINY.categories)
    assert found.image == "https://x.cn/a/2.jpg"
    assert len(found.body.split("\n")) == 2


def test_without_text_a_picture_is_an_article_and_nothing_is_none() -> None:
    assert article(page("<img src=1.jpg>")).content.paragraphs == ()
    with pytest.raises(LayoutChanged, match="the body has no text"):
        article(page("<p class=ad>广告</p>"))


@pytest.mark.parametrize(
    ("listed", "read", "believed"),
    [
        (None, None, None),
        (AT, None, AT),
        (None, AT, AT),
        (AT + timedelta(seconds=7), AT, AT + timedelta(seconds=7)),
        (AT + timedelta(minutes=1), AT, AT),
    ],
)
def test_the_page_is_believed_and_the_list_only_for_the_seconds(
    listed: datetime | None, read: datetime | None, believed: datetime | None
) -> None:
    assert published_at(listed, read) == believed


def test_relative_addresses_start_where_the_article_is_read() -> None:
    class Interface(Tiny):
        def source_address(self, url: str) -> str:
            return "https://api.x.cn/v1/article?id=1"

    part = part_of(Interface(), page("<img src=1.jpg>", "https://api.x.cn/v1/article?id=1"), LISTING)
    assert part.image == "https://x.cn/a/1.jpg"


def test_a_row_is_kept_as_json_and_read_again() -> None:
    row, list_ = {"text": "<p>数字。</p>", "id": 1}, Page("https://x.cn/list.json", "")
    capture = row_capture(TINY, row, list_)
    assert (capture.content_type, json.loads(capture.body)) == (ROW_CONTENT_TYPE, row)
    part = inline_part(TINY, row, list_, LISTING)
    assert part is not None
    assert reextract(TINY, LISTING, [capture], AT) == article_of(TINY, LISTING, [part])
    assert inline_part(TINY, {}, list_, LISTING) is None
    with pytest.raises(LayoutChanged, match="the row says nothing"):
        reextract(TINY, LISTING, [row_capture(TINY, {}, list_)], AT)


def test_todays_rules_read_what_is_stored() -> None:
    again = Reextractor({"tiny": TINY})
    found = again(kept("<h1>新规则</h1><div id=body><p>正文。</p></div>"))
    assert found is not None
    assert (found.content.title, found.published_at) == ("新规则", AT)
    assert again(kept("<p>另一页</p>")) is None
    assert Reextractor({})(kept("<h1>新规则</h1><div id=body><p>正文。</p></div>")) is None
    sample = kept("")
    assert again(replace(sample, article=replace(sample.article, url=None))) is None

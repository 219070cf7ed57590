"""What an entry of a feed is known by, what it is called, and whether it holds the whole text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portals.feeds.entries import entry_key, title_of, whole_text, without_shared_ids
from portals.feeds.feed_entry import FeedEntry, entry_from_json, entry_to_json
from portals.page import Page

PAGE = Page("https://feeds.cn/rss", "")
LINK = "https://news.cn/1.html"
LONG = "数字经济标杆城市的建设方案今天公布，各区要在年底前报告进展。" * 5


def test_an_id_that_entries_with_different_pages_share_is_no_id() -> None:
    shared = [FeedEntry("n", LINK), FeedEntry("n", "https://news.cn/2.html"), FeedEntry("m", LINK)]
    assert [entry.id for entry in without_shared_ids(shared, PAGE)] == [None, None, "m"]
    same = [FeedEntry("n", LINK), FeedEntry("n", "http://news.cn/1.html?utm_source=rss"), FeedEntry("n", None)]
    assert without_shared_ids(same, PAGE) == same


@pytest.mark.parametrize(
    ("id_", "key"), [("n-1", "n-1"), (None, LINK), ("17", LINK), ("https://news.cn/", LINK), ("a\u202eb", LINK)]
)
def test_an_entry_is_known_by_its_id_where_that_is_its_own(id_: str | None, key: str) -> None:
    assert entry_key(FeedEntry(id_, LINK), LINK) == key


def test_an_entry_without_a_page_has_its_id_only_whatever_that_holds() -> None:
    assert entry_key(FeedEntry("17"), "https://feeds.cn/rss") == "17"
    assert entry_key(FeedEntry("a\u202eb"), "https://feeds.cn/rss") == r"a\u202eb"


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        (FeedEntry(title="<b>数字</b>&amp;经济"), "数字&经济"),
        (FeedEntry(title=" ", summary="<p>第一句。第二句。</p>"), "第一句"),
        (FeedEntry(summary="别的", content="【快讯：数字人民币】正文"), "快讯：数字人民币"),
        (FeedEntry(), ""),
    ],
)
def test_a_title_is_stated_or_is_the_beginning_of_the_text(entry: FeedEntry, title: str) -> None:
    assert title_of(entry) == title


def test_a_whole_text_is_long_and_does_not_break_off() -> None:
    text = f"<p>{LONG}</p><p>{LONG}</p>"
    assert whole_text(FeedEntry(url=LINK, content=text), PAGE) == text
    assert whole_text(FeedEntry(url=LINK, summary=text), PAGE) == text
    assert whole_text(FeedEntry(url=LINK, summary=f"<p>{LONG}</p>"), PAGE) is None
    assert whole_text(FeedEntry(url=LINK, content=text.replace("。</p>", "…</p>")), PAGE) is None
    assert whole_text(FeedEntry(url=LINK, content="Comments"), PAGE) is None
    assert whole_text(FeedEntry(summary="一句话。", content=" "), PAGE) == "一句话。"


def test_an_entry_survives_being_kept() -> None:
    for at in (None, datetime(2026, 11, 20, 0, 30, tzinfo=UTC)):
        entry = FeedEntry("n", LINK, published_at=at, content="<p>一</p>")
        assert entry_from_json(entry_to_json(entry)) == entry
    with pytest.raises((ValueError, TypeError, KeyError)):
        entry_from_json({"id": "n"})

"""What every portal can do, and what it is by default."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from portals.page import LayoutChanged, Page
from portals.portal import ListPosition, Portal
from tracking.article import Categories, Listing
from tracking.body import Rules

AT = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
PAGE = Page("https://x.cn/list/1.html", "", AT)


class Tiny(Portal):
    name = "tiny"
    categories = Categories("金融", "小站", "要闻")
    hosts = ("x.cn",)
    lists = ("https://x.cn/list/{page}.html",)
    article_address = re.compile(r"https://x\.cn/a/(?P<key>\d+)(?:_\d+)?\.html(?=\?|$)", re.ASCII)
    later_page = re.compile(r"(/\d+)_\d+(?=\.html$)", re.ASCII)
    rules = Rules(drop=(".ad",))


class Undated(Tiny):
    plain_http = True
    rows_have_times = False


TINY = Tiny()


def test_a_portal_cannot_be_changed() -> None:
    for name in ("name", "state"):
        with pytest.raises(AttributeError, match="Tiny is frozen"):
            setattr(TINY, name, "other")


def test_a_list_goes_on_while_its_pages_have_addresses_of_their_own() -> None:
    assert TINY.next_address(ListPosition(TINY.lists[0], 3), PAGE) == "https://x.cn/list/4.html"
    assert TINY.next_address(ListPosition("https://x.cn/news.html"), PAGE) is None
    assert (TINY.list_sources(PAGE), TINY.unpack_list(b"a"), TINY.more_pages(PAGE)) == ((), b"a", ())


def test_an_article_has_one_key_whichever_of_its_pages_is_named() -> None:
    assert {TINY.key_of(f"http://X.cn/a/1{end}") for end in (".html", "_2.html", ".html?from=1#top")} == {"1"}
    assert TINY.key_of("https://x.cn/b/1.html") is TINY.key_of("nowhere") is None


def test_a_row_is_listed_under_the_first_page_of_its_article() -> None:
    expected = Listing("tiny", "1", "https://x.cn/a/1.html", "标题", AT)
    assert TINY.listed(PAGE, "https://x.cn/a/1_2.html?a=1", "标题", AT) == expected
    assert TINY.listed(PAGE, "https://x.cn/topic/1.html", "", None) is None


def test_a_row_needs_a_title_and_mostly_a_time() -> None:
    url = "https://x.cn/a/1.html"
    for title, at in (("", AT), ("标题", None)):
        with pytest.raises(LayoutChanged, match="without title or time"):
            TINY.listed(PAGE, url, title, at)
    with pytest.raises(LayoutChanged, match="has no title"):
        Undated().listed(PAGE, url, "", AT)
    assert Undated().listed(PAGE, url, "标题", None) == Listing("tiny", "1", url, "标题", None)


def test_what_is_fetched_may_be_the_article_of_its_listing() -> None:
    listing = Listing("tiny", "1", "https://x.cn/a/1.html", "标题", AT)
    assert TINY.is_article("https://x.cn/a/1.html", listing)
    assert TINY.is_article("https://x.cn/a/1_2.html", listing)
    assert not TINY.is_article("https://x.cn/", listing)
    assert not TINY.is_article("https://x.cn/a/2.html", listing)
    assert Undated().source_address(listing.url) == "http://x.cn/a/1.html"
    assert Undated().is_article("http://x.cn/a/1.html", listing)


def test_a_portal_reads_a_body_by_its_own_rules() -> None:
    assert TINY.paragraphs("<p>正文。</p><p class=ad>广告</p>") == ("正文。",)
    assert TINY.row_from_json(TINY.row_to_json({"a": 1})) == {"a": 1}

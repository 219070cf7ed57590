"""Pages that a list links to: fetched and read as the portal does whose pages they are."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from portals.assembly import article_of, part_of
from portals.feeds.feed_portal import Origin, feed_portal
from portals.feeds.linked_pages import is_front_page, key_for, linked_address, route
from portals.page import LayoutChanged, Page, Reading
from portals.portal import Portal
from tracking.article import Article, Categories, Content, Listing
from tracking.body import Rules

AT = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
LONG = "数字经济标杆城市的建设方案今天公布，各区要在年底前报告进展。" * 5


class Tiny(Portal):
    """A shipped portal: articles come from an interface, which wants to know where from."""

    name = "tiny"
    categories = Categories("金融", "小站", "要闻")
    hosts = ("tiny.cn", "api.tiny.cn")
    lists = ("https://tiny.cn/",)
    article_headers = MappingProxyType({"Referer": "https://tiny.cn/"})
    article_address = re.compile(r"https://(?:m\.)?tiny\.cn/a/(?P<key>\d+)\.html", re.ASCII)
    rules = Rules(drop=(".ad",))

    def source_address(self, url: str) -> str:
        return f"https://api.tiny.cn/{self.key_of(url)}"

    def rows(self, page: Page) -> Sequence[Any]:
        return ()

    def extract(self, page: Page) -> Reading:
        if page.url.startswith("https://api.tiny.cn/"):
            said = page.json()
            return Reading(page.field(said, "title", str), page.fragment(page.field(said, "text", str)), None, AT)
        return Reading(page.title("h1"), page.one("#body"), None, AT)

    def more_pages(self, page: Page) -> tuple[str, ...]:
        return tuple(str(node.attributes["href"]) for node in page.all("a.more"))


FEED = feed_portal(Origin("mine", "https://feeds.cn/rss"), (Tiny(),))


def listing(url: str) -> Listing:
    return Listing("mine", "n-1", url, "", None)


def read(url: str, *pages: Page) -> Article:
    return article_of(FEED, listing(url), [part_of(FEED, page, listing(url)) for page in pages])


def test_a_page_of_a_known_portal_is_fetched_and_read_as_that_portal_would() -> None:
    url = "http://m.tiny.cn/a/1.html"
    assert (FEED.source_address(url), FEED.headers_for(url)) == (
        "https://api.tiny.cn/1",
        {"Referer": "https://tiny.cn/"},
    )
    body = json.dumps({"title": "标题", "text": "<p class='ad'>广告</p><p>正文。</p>"})
    article = read(url, Page("https://api.tiny.cn/1", body, AT))
    assert article.content == Content("标题", ("正文。",))
    assert (article.portal, article.key, article.categories.site) == ("mine", "n-1", "feeds.cn")


def test_all_its_pages_are_read() -> None:
    url = "https://tiny.cn/a/1.html"
    html = "<h1>标题</h1><div id='body'><p>第{}页。</p></div>{}"
    first = Page(url, html.format(1, "<a class='more' href='https://tiny.cn/a/1.html?2'>"), AT)
    (second,) = FEED.more_pages(first)
    assert read(url, first, Page(second, html.format(2, ""), AT)).content.paragraphs == ("第1页。", "第2页。")


def test_what_its_portal_cannot_read_is_not_read_by_other_rules() -> None:
    html = f"<h1>标题</h1><article><p>{LONG}</p><p>{LONG}</p></article>"
    with pytest.raises(LayoutChanged, match="nothing matches #body"):
        FEED.extract(Page("https://tiny.cn/a/1.html", html, AT))


def test_another_page_is_read_by_general_rules() -> None:
    title, url = "各区年底前报告数字经济进展", "http://news.cn/1.html"
    html = f"<title>{title}</title><h1>{title}</h1><div><p>{LONG}</p><p>{LONG}</p></div>"
    assert (FEED.source_address(url), dict(FEED.headers_for(url)), FEED.more_pages(Page(url, html))) == (url, {}, ())
    assert read(url, Page(url, html, AT)).content == Content(title, (LONG, LONG))


def test_an_article_that_leads_to_the_front_page_is_gone() -> None:
    url = "https://news.cn/2026/1.html"
    assert FEED.is_article("https://m.news.cn/1", listing(url))
    assert not FEED.is_article("https://news.cn/", listing(url))
    assert not FEED.is_article("https://news.cn/index.html", listing(url))
    assert FEED.is_article("https://news.cn/", listing("https://news.cn"))


# --- addresses ---


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("http://X.cn/1#top", "http://x.cn/1"),
        ("https://x.cn/1?utm_source=rss", "https://x.cn/1"),
        ("/1", "https://feeds.cn/1"),
        ("//x.cn/1", "https://x.cn/1"),
    ],
)
def test_a_link_keeps_its_http(link: str, address: str) -> None:
    assert linked_address(Page("https://feeds.cn/rss", ""), link) == address


def test_a_key_is_blind_to_http_and_not_too_long() -> None:
    assert key_for("http://x.cn/1") == key_for("https://x.cn/1") == "https://x.cn/1"
    assert key_for("tag:x.cn,2026:1") == "tag:x.cn,2026:1"
    long = [key_for(f"http://x.cn/{'a' * 300}{n}") for n in (1, 2)]
    assert ({len(key) for key in long}, len(set(long))) == ({193}, 2)


@pytest.mark.parametrize(
    ("address", "front"),
    [
        ("https://x.cn", True),
        ("https://x.cn/", True),
        ("https://x.cn/index.html", True),
        ("https://x.cn//default.aspx", True),
        ("https://x.cn/?p=1", False),
        ("https://x.cn/a/", False),
        ("https://[x/", False),
    ],
)
def test_front_pages(address: str, front: bool) -> None:
    assert is_front_page(address) is front


def test_a_fragment_that_names_a_page_is_a_route() -> None:
    assert [route(f"https://x.cn/{end}") for end in ("#/a/1", "#!a", "#top", "")] == ["#/a/1", "#!a", "", ""]

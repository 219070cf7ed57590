"""The RSS feed, read back by feedparser and lxml."""

from __future__ import annotations

import calendar
import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from output_builders import ADDRESS, MORNING, PUBLISHED, article, stored

from outputs.rss import Channel, render
from tracking.article import Content, StoredArticle
from tracking.changes import WITHDRAWN

CHANNEL = Channel("policywatch", "https://feeds.example/", "What <portals> say & do")
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


def fed(articles: Iterable[StoredArticle], channel: Channel = CHANNEL) -> Any:
    parsed = feedparser.parse(io.BytesIO(render(articles, channel, MORNING)))
    assert not parsed.bozo, parsed.bozo_exception
    assert parsed.version == "rss20"
    return parsed


def items(articles: Iterable[StoredArticle]) -> list[Any]:
    return list(etree.fromstring(render(articles, CHANNEL, MORNING)).iter("item"))


def test_an_article_is_an_item_with_everything_that_is_known() -> None:
    programmes = (("benchmark", "全球数字经济标杆城市"), ("ecny", "数字人民币"))
    feed = fed([stored(article=article(author="记者甲"), programmes=programmes)])
    (item,) = feed.entries
    assert item.title == "北京加快建设全球数字经济标杆城市"
    assert item.link == ADDRESS
    assert item.id == "policywatch:sina:ikmxzfmm5064497"
    assert not item.guidislink
    assert calendar.timegm(item.published_parsed) == PUBLISHED.timestamp()
    assert calendar.timegm(item.updated_parsed) == MORNING.timestamp()
    assert item.author == "记者甲"
    assert [(tag.scheme, tag.term) for tag in item.tags] == list(programmes)
    assert item.summary == "到2025年，占比达到50%左右。 数字人民币试点扩大。"
    assert item.content[0].value == "<p>到2025年，占比达到50%左右。</p>"


def test_the_channel_says_what_it_is_and_where() -> None:
    feed = fed([], Channel("题", "https://a.example/?a=1&b=2", "d", self_url="https://a.example/feed?x=1&y=2")).feed
    assert (feed.title, feed.link, feed.language) == ("题", "https://a.example/?a=1&b=2", "zh-cn")
    assert [link.href for link in feed.links if link.rel == "self"] == ["https://a.example/feed?x=1&y=2"]
    assert calendar.timegm(feed.updated_parsed) == MORNING.timestamp()
    assert not [link for link in fed([]).feed.links if link.rel == "self"]


def test_times_are_english_rfc_822_in_gmt() -> None:
    (item,) = items([stored()])
    assert item.findtext("pubDate") == "Fri, 20 Nov 2026 08:30:00 GMT"


def test_an_edited_article_moves_to_the_top_and_stays_one_item() -> None:
    older = [stored(n, article=article(key=f"k{n}"), changed_at=MORNING - timedelta(hours=n)) for n in (1, 2, 3)]
    edited = stored(3, article=article(key="k3", content=Content("改过", ("新",))), changed_at=MORNING)
    before = [entry.id for entry in fed(older).entries]
    after = fed([*older, edited])
    assert before == ["policywatch:sina:k1", "policywatch:sina:k2", "policywatch:sina:k3"]
    assert [entry.id for entry in after.entries] == [before[2], before[0], before[1]]
    assert after.entries[0].title == "改过"


def test_what_is_not_known_is_left_out() -> None:
    (item,) = items([stored(article=article(url=None, published_at=None), programmes=())])
    assert [child.tag for child in item if child.tag in ("link", "pubDate", "category")] == []
    assert item.findtext("{http://purl.org/dc/elements/1.1/}creator") == "新浪财经"


def test_an_article_that_was_taken_down_says_so() -> None:
    assert "[Taken down by the portal" in fed([stored(state=WITHDRAWN)]).entries[0].summary
    assert "Taken down" not in fed([stored()]).entries[0].summary


def test_the_same_articles_give_the_same_bytes() -> None:
    body = "<table align=left summary=x><tr><td rowspan=2 colspan=3 align=left></table><img width=1 alt=a>"
    feeds = {render([stored(article=article(body=body))], CHANNEL, MORNING) for _ in range(5)}
    assert len(feeds) == 1


# Hostile articles

TITLES = [
    "]]>",
    "<![CDATA[x]]>",
    "<script>alert(1)</script>",
    "&lt;b&gt; &amp; &#0;",
    "a\0b\x1b[31mc\ufffe",
    "\ud800",
]


@pytest.mark.parametrize("title", TITLES)
def test_a_hostile_title_neither_breaks_the_feed_nor_becomes_markup(title: str) -> None:
    hostile = article(
        content=Content(title, (title,)),
        body=title,
        key=title,
        author=title,
        url=f"https://a.example/{title}",
    )
    (item,) = items([stored(article=hostile, programmes=((title, title),))])
    assert not set(item.findtext("title")) & set("<>")
    assert "<" not in item.findtext("description")
    assert "<" not in item.findtext(CONTENT)
    fed([stored(article=hostile)])


@settings(database=None, deadline=None)
@given(st.text(), st.text())
def test_any_text_gives_a_feed_that_can_be_read(title: str, body: str) -> None:
    hostile = article(content=Content(title, (body,)), body=f"{title}<p>{body}", key=title, author=body)
    (item,) = items([stored(article=hostile)])
    assert "<script" not in item.findtext(CONTENT).lower()


def test_a_year_that_no_feed_can_hold_does_not_stop_the_feed() -> None:
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    (item,) = items([stored(article=article(published_at=last))])
    assert item.findtext("pubDate") == "Fri, 31 Dec 9999 23:59:00 GMT"

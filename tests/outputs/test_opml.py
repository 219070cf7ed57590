"""OPML of the feeds: what other readers find in it, whatever the titles hold."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from outputs.opml import Outline, render
from portals.feeds import opml

AT = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


def test_the_feeds_stand_in_their_order() -> None:
    document = render([Outline("乙站", "https://b.cn/rss?a=1&b=2"), Outline("甲站", "http://a.cn/feed")], "我的", AT)
    root = etree.fromstring(document)
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert [root.findtext(f"head/{name}") for name in ("title", "dateCreated")] == [
        "我的",
        "Fri, 20 Nov 2026 00:30:00 GMT",
    ]
    assert [dict(outline.items()) for outline in root.findall("body/outline")] == [
        {"type": "rss", "text": "乙站", "title": "乙站", "xmlUrl": "https://b.cn/rss?a=1&b=2"},
        {"type": "rss", "text": "甲站", "title": "甲站", "xmlUrl": "http://a.cn/feed"},
    ]


def test_without_feeds_it_is_empty_and_whole() -> None:
    assert opml.read(render([], "", AT)) == opml.Opml((), ())


@given(st.text(), st.text())
def test_no_title_breaks_it(title: str, name: str) -> None:
    root = etree.fromstring(render([Outline(title, "https://a.cn/feed")], name, AT))
    (outline,) = root.findall("body/outline")
    assert outline.get("xmlUrl") == "https://a.cn/feed"


_ADDRESSES = st.from_regex(r"https?://[a-z]{1,8}\.cn/[a-zA-Z0-9?&=/%_.-]{0,30}", fullmatch=True)


@given(st.lists(_ADDRESSES, unique_by=opml.same_feed, max_size=5))
def test_what_is_written_is_read(addresses: list[str]) -> None:
    document = render([Outline(f"站 <{n}> & 二", address) for n, address in enumerate(addresses)], "我的", AT)
    found = [opml.OpmlFeed(address, f"站 <{n}> & 二") for n, address in enumerate(addresses)]
    assert opml.read(document) == opml.Opml(tuple(found), ())

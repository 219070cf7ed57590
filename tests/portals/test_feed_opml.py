"""The feeds in OPML files that other programs write."""

from __future__ import annotations

import pytest

from portals.feeds.opml import MAX_BYTES, OpmlFeed, read, same_feed


def opml(*outlines: str) -> bytes:
    return f"<?xml version='1.0'?><opml version='2.0'><body>{''.join(outlines)}</body></opml>".encode()


def test_each_feed_is_named_once_and_folders_are_no_feeds() -> None:
    file = opml(
        "<outline text='文件夹'><outline text=' 某 站 ' xmlUrl='https://x.cn/rss?a=1&amp;b=2'/></outline>",
        "<outline title='又是它' xmlUrl='http://x.cn/rss?a=1&amp;b=2'/><outline xmlurl='feed:https://y.cn/rss'/>",
    )
    assert read(file).feeds == (OpmlFeed("https://x.cn/rss?a=1&b=2", "某 站"), OpmlFeed("https://y.cn/rss", ""))
    assert read(file).problems == ()


def test_what_cannot_be_a_feed_is_one_line_and_costs_no_other() -> None:
    found = read(opml("<outline type='rss' text='空'/><outline xmlUrl='ftp://x.cn'/><outline xmlUrl='https://x.cn'/>"))
    assert [feed.feed for feed in found.feeds] == ["https://x.cn"]
    assert [problem.partition(":")[0] for problem in found.problems] == ["空", "an outline without a title"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no OPML"),
        (opml()[:-7], "cut off"),
        (b"<html></html>", "no OPML"),
        (b" " * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_other_files_are_no_opml(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(data)


def test_a_feed_is_the_same_under_http_and_https() -> None:
    assert same_feed("http://x.cn/rss") == same_feed("https://x.cn/rss") != same_feed("https://y.cn/rss")

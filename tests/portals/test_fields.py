"""The small strict helpers of portals: one or none, objects along a path, later pages of an article."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from portals import fields
from portals.page import LayoutChanged, Page

ROW = "<ul><li><a href='/1' title='完整的标题'>完整…</a><span>一</span><b><a>二</a></b></li></ul>"
PAGE = Page("https://x.cn/a.html", f"<h1> 标 题 </h1><p></p>{ROW}")


def test_a_text_that_may_be_missing() -> None:
    assert [fields.text_of(PAGE, css) for css in ("h1", "p", "h3")] == ["标 题", None, None]
    with pytest.raises(LayoutChanged, match="2 nodes match a"):
        fields.text_of(PAGE, "a")


def test_a_page_without_a_heading_is_no_article_at_all() -> None:
    assert fields.has_layout(PAGE, "h1", "li")
    assert not fields.has_layout(PAGE, "h1", ".body")
    with pytest.raises(LayoutChanged, match="no heading"):
        fields.has_layout(Page("https://x.cn", "<p>验证</p>"), "p")


def test_of_a_row_there_is_one_or_an_error() -> None:
    row = PAGE.one("li")
    link = fields.one_child(PAGE, row, "a")
    assert fields.address_of(PAGE, link) == "https://x.cn/1"
    assert (fields.title_of(link), fields.one_in(PAGE, row, "span").text()) == ("完整的标题", "一")
    assert fields.joined_text(row, "span, b") == "一 二"
    with pytest.raises(LayoutChanged, match="a row with 2 a instead of one"):
        fields.one_in(PAGE, row, "a")
    with pytest.raises(LayoutChanged, match="a row without a link"):
        fields.address_of(PAGE, fields.one_in(PAGE, row, "b > a"))


def test_texts_come_in_the_order_of_the_selectors_and_not_without_end() -> None:
    assert list(fields.texts(PAGE, "span", "h1")) == ["一", "标 题"]
    assert len(list(fields.nodes(Page("https://x.cn", "<i>1</i>" * 99), "i"))) == 50


def test_json_along_a_path() -> None:
    assert fields.nested_object(PAGE, {"a": {"b": {"c": 1}}}, "a", "b") == {"c": 1}
    with pytest.raises(LayoutChanged, match="'b' is list, not dict"):
        fields.nested_object(PAGE, {"a": {"b": []}}, "a", "b")
    assert fields.json_array(Page("https://x.cn", "[1]"), "an array of rows") == [1]
    with pytest.raises(LayoutChanged, match="dict instead of an array of rows"):
        fields.json_array(Page("https://x.cn", "{}"), "an array of rows")


def test_names_titles_and_times() -> None:
    assert fields.first_text(None, 7, " ", " 某 报 ", "别处") == "某 报"
    assert fields.first_text() is None
    assert fields.title_text(PAGE, "<b>标题</b>") == "标题"
    with pytest.raises(LayoutChanged, match="the title is empty"):
        fields.title_text(PAGE, "<b></b>")
    assert fields.unix_time(PAGE, "1795134600", "time") == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    with pytest.raises(LayoutChanged, match="no readable time"):
        fields.unix_time(PAGE, "刚刚", "time")
    with pytest.raises(LayoutChanged, match="'url' is NoneType"):
        fields.required(PAGE, None, "url")


def test_later_pages_that_are_counted() -> None:
    first, count = re.compile(r"(https://x\.cn/\w+)(\.html)"), re.compile(r"pages=(\d+)")
    page = Page("https://x.cn/a.html", "pages=3")
    assert fields.counted_pages(page, first, re.compile("none"), count) == (
        "https://x.cn/a_1.html",
        "https://x.cn/a_2.html",
    )
    assert fields.counted_pages(Page(page.url, "pages=0"), first, count) == ()
    assert fields.counted_pages(Page("https://x.cn/a-b.html", "pages=999"), first, count) == ()
    with pytest.raises(LayoutChanged, match="claims to have 101 pages"):
        fields.counted_pages(Page(page.url, "pages=101"), first, count)


def test_later_pages_that_are_linked() -> None:
    first = re.compile(r"(?P<stem>https://x\.cn/(?P<id>\d+))\.html")
    page = Page("https://x.cn/7.html", "<a href='/7_2.html'>2</a><a href='/7_4.html'>4</a><a href='/8_9.html'>9</a>")
    further = fields.linked_pages(page, first, 'a[href*="/{id}_"]', "{stem}_{number}.html")
    assert further == tuple(f"https://x.cn/7_{number}.html" for number in (2, 3, 4))
    assert fields.linked_pages(Page("https://x.cn/7_2.html", page.source), first, "a", "{stem}") == ()

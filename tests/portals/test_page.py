"""Reading a page strictly: exactly what was expected, or LayoutChanged."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portals.page import LayoutChanged, Page, plain, time_in

URL = "https://finance.sina.com.cn/china/2026-11-20/doc-ikmxzfmm0000001.shtml"
TEXT = "陶喆、朱镕基与堃字：数字人民币试点增长 38.0%"


def page(text: str) -> Page:
    return Page(URL, text)


# --- readers ---


def test_one_is_exactly_one() -> None:
    read = page("<h1>甲</h1><p>乙</p><p>丙</p>")
    assert read.one("h1").text() == "甲"
    with pytest.raises(LayoutChanged, match="nothing matches h2"):
        read.one("h2")
    with pytest.raises(LayoutChanged, match="2 nodes match p"):
        read.one("p")


def test_maybe_is_one_or_none_but_never_a_choice() -> None:
    read = page("<h1>甲</h1><p>乙</p><p>丙</p>")
    assert read.one_or_none("h2") is None
    assert read.one_or_none("h1") is not None
    with pytest.raises(LayoutChanged):
        read.one_or_none("p")


def test_first_of_takes_the_first_selector_that_matches_and_is_as_strict() -> None:
    read = page("<h1>甲</h1><p>乙</p><p>丙</p>")
    assert read.first_of("h2", "h1", "p").text() == "甲"
    with pytest.raises(LayoutChanged, match="2 nodes match p"):
        read.first_of("p", "h1")
    with pytest.raises(LayoutChanged, match="nothing matches h2 or h3"):
        read.first_of("h2", "h3")


def test_texts_and_titles_are_cleaned_and_a_title_keeps_its_inner_blanks() -> None:
    read = page("<h1>\n\t甲  <b>乙</b>\u200b\n</h1><h2> \n</h2>")
    assert read.text("h1") == "甲 乙"
    assert read.title("h1") == "甲  乙"
    with pytest.raises(LayoutChanged, match="title is empty"):
        read.title("h2")


def test_a_meta_is_found_by_name_or_property_and_says_one_thing() -> None:
    read = page(
        '<meta name="weibo: article:create_at" content=" 2026-11-20 08:00:00 ">'
        '<meta property="og:url" content="/a">'
        '<meta name="mediaid" content=""><meta name="a" content="1"><meta name="a" content="1">'
        '<meta name="b" content="1"><meta property="b" content="2">'
    )
    assert read.meta("weibo: article:create_at") == "2026-11-20 08:00:00"
    assert read.meta("og:url") == "/a"
    assert read.meta("mediaid") is None
    assert read.meta("none") is None
    assert read.meta("a") == "1"
    with pytest.raises(LayoutChanged, match="2 different values of meta b"):
        read.meta("b")


def test_a_field_is_there_and_of_its_kind() -> None:
    read = page("")
    assert read.field({"url": "x"}, "url", str) == "x"
    with pytest.raises(LayoutChanged, match="'url' is missing, not str"):
        read.field({}, "url", str)
    with pytest.raises(LayoutChanged, match="'url' is NoneType"):
        read.field({"url": None}, "url", str)
    with pytest.raises(LayoutChanged, match="'code' is bool"):
        read.field({"code": False}, "code", int)
    with pytest.raises(LayoutChanged, match="list instead of an object"):
        read.field([], "code", int)


def test_a_link_becomes_a_canonical_address_or_an_error() -> None:
    assert page("").address("../a.shtml#top") == "https://finance.sina.com.cn/china/a.shtml"
    assert page("").address("http://NEWS.sina.com.cn/b") == "https://news.sina.com.cn/b"
    for link in ("javascript:;", "http://[", "http://a b/", "https://u:p@finance.sina.com.cn/"):
        with pytest.raises(LayoutChanged, match="not an address"):
            page("").address(link)


def test_an_error_names_the_address_and_the_reason_on_one_short_line() -> None:
    error = page("").changed("甲\n\x1b[31m" + "乙" * 1000)
    assert (error.url, error.reason[:1]) == (URL, "甲")
    line = str(error)
    assert line.startswith(f"{URL}: 甲 [31m乙")
    assert len(line) < len(URL) + 310
    assert line.isprintable()


def test_the_first_text_that_names_a_time_counts() -> None:
    assert time_in((None, "", "今天", "0000-00-00 00:00:00", "2019年11月25日 18:57", "2020-01-01")) == datetime(
        2019, 11, 25, 10, 57, tzinfo=UTC
    )
    assert time_in(("0001-01-01 00:00:00", "很久以前")) is None


def test_a_title_in_json_loses_its_markup_and_keeps_its_signs() -> None:
    assert plain(' <font color="red">数字</font>人民币&nbsp;&ldquo;试点&rdquo; ') == "数字人民币\xa0“试点”"
    assert plain("A&amp;B：R<0 而 5>3 &lt;b&gt;") == "A&B：R<0 而 5>3 <b>"
    assert plain("S&P500 &copy2026 <EM>甲</EM>") == "S&P500 &copy2026 甲"

"""Reading a page strictly: exactly what was expected, or LayoutChanged; its bytes, whatever they claim."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.charset import decode
from crawler.page import LayoutChanged, Page, plain, time_in

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
    assert read.maybe("h2") is None
    assert read.maybe("h1") is not None
    with pytest.raises(LayoutChanged):
        read.maybe("p")


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


# --- JSON ---


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, "甲"]}',
        ' \n{"a": [1, "甲"]}\n',
        'cb({"a": [1, "甲"]});',
        'cb({"a": [1, "甲"]})',
        'try{cb({"a": [1, "甲"]});}catch(e){};',
        'try { jQuery.cb_12 ( {"a": [1, "甲"]} ) ; } catch ( e ) { }',
        '/**/cb({"a": [1, "甲"]});',
    ],
)
def test_json_and_jsonp_are_read(text: str) -> None:
    assert page(text).json() == {"a": [1, "甲"]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        "{",
        '{"a": 1} {',
        "cb(",
        'cb({"a": 1}',
        'cb({"a": 1}); alert(1)',
        'cb({"a": 1}, 2);',
        "{'a': 1}",
        '{"a": NaN}',
        "[" * 100_000,
        '{"a": ' + "9" * 10_000 + "}",
    ],
)
def test_what_is_neither_is_a_changed_layout(text: str) -> None:
    with pytest.raises(LayoutChanged, match="not JSON"):
        page(text).json()


def test_half_characters_do_not_get_through() -> None:
    value = page(r'{"a": "\ud83d甲\ud83d\ude00 \\ud800"}').json()
    assert value == {"a": "?甲😀 \\ud800"}
    assert value["a"].encode("utf-8")


# --- bytes ---


@pytest.mark.parametrize("content_type", ["text/html; charset=gb2312", 'text/html; charset="GBK"', "text/html", None])
@pytest.mark.parametrize("meta", ['<meta charset="gb2312">', "<meta http-equiv=x content='a; charset=gbk'>", ""])
def test_gbk_is_gb18030_whatever_it_is_called_and_even_when_unnamed(content_type: str | None, meta: str) -> None:
    html = f"<head>{meta}</head><p>{TEXT}</p>"
    assert decode(html.encode("gb18030"), content_type) == html


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "text/html", None])
def test_utf_8_is_read_with_and_without_its_name(content_type: str | None) -> None:
    assert decode(TEXT.encode(), content_type) == TEXT
    assert decode(b"\xef\xbb\xbf" + TEXT.encode(), content_type) == TEXT


def test_a_page_that_lies_about_its_charset_is_read_right() -> None:
    assert decode(f'<meta charset="utf-8">{TEXT}'.encode("gb18030"), "text/html; charset=UTF-8").endswith(TEXT)
    assert decode(f'<meta charset="gb2312">{TEXT}'.encode(), "text/html; charset=gbk").endswith(TEXT)
    assert decode(TEXT.encode("gb18030"), "text/html; charset=iso-8859-1") == TEXT
    assert decode(TEXT.encode(), "text/html; charset=no-such-thing") == TEXT


def test_the_header_comes_before_the_meta() -> None:
    html = '<meta charset="gbk">數位人民幣'
    assert decode(html.encode("big5"), "text/html; charset=big5") == html


def test_utf_16_is_known_by_its_mark() -> None:
    assert decode(TEXT.encode("utf-16"), None) == TEXT


def test_one_bad_byte_costs_one_character_only() -> None:
    body = TEXT.encode() + b"\xff" + TEXT.encode()
    assert decode(body, "text/html; charset=utf-8") == f"{TEXT}\ufffd{TEXT}"
    assert decode(body, None) == f"{TEXT}\ufffd{TEXT}"


def test_a_bad_byte_in_a_page_that_lies_hides_only_itself() -> None:
    body = TEXT.encode("gb18030") + b"\xff" + TEXT.encode("gb18030")
    assert decode(body, "text/html; charset=utf-8") == f"{TEXT}\ufffd{TEXT}"


def test_a_codec_that_is_no_charset_is_not_used() -> None:
    for label in ("utf-7", "unicode_escape", "idna", "rot13", "hex"):
        assert decode(b"+AGE- \\u0041", f"text/html; charset={label}") == "+AGE- \\u0041"


def test_line_ends_are_one_character_and_nul_is_none() -> None:
    assert decode(b"a\r\nb\rc\0d", None) == "a\nb\ncd"
    assert decode("a\r\nb\rc\0d".encode("utf-16"), None) == "a\nb\ncd"


@given(st.binary(max_size=300), st.sampled_from([None, "text/html; charset=gbk", "text/html; charset=utf-8"]))
@settings(deadline=None)
def test_any_bytes_become_a_text_that_can_be_stored(body: bytes, content_type: str | None) -> None:
    text = decode(body, content_type)
    assert text.encode("utf-8")[:0] == b""
    assert "\r" not in text
    assert "\0" not in text


@given(st.text(max_size=200).map(lambda text: text.replace("\r", "").replace("\0", "")))
@settings(deadline=None)
def test_what_is_written_in_utf_8_is_read_as_written(text: str) -> None:
    assert decode(text.encode(), "text/html; charset=utf-8") == text.removeprefix("\ufeff")


# --- hostile pages ---


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "".join(f"<b a{n}><p>" for n in range(4_000)),
        "".join(f"<font c{n}>" for n in range(200)) + "<p>甲" * 10_000,
        "<div>" * 100_000,
        "<div " + " ".join(f"a{n}" for n in range(60_000)) + ">",
        "<div" + "".join(f"/a{n}=''" for n in range(30_000)) + ">",
    ],
    ids=["formatting", "formatting times blocks", "depth", "attributes", "attributes by slash"],
)
def test_a_page_built_to_exhaust_the_parser_is_refused(html: str) -> None:
    began = time.process_time()
    with pytest.raises(LayoutChanged, match=r"tags|formatting|attributes"):
        page(html).one("p")
    assert time.process_time() - began < 1


def test_a_long_table_a_big_picture_and_sloppy_formatting_are_no_attack() -> None:
    picture = '<img src="data:image/png;base64,' + f"{'iVBORw0KGgo+A' * 5}/" * 10_000 + '">'
    table = "<table>" + "<tr><td>1</td><td>2</td></tr>" * 3_000 + "</table>"
    read = page(f"<h1>甲</h1>{picture}{table}<script>{'a < b;' * 5_000}</script>" + "<p><font color=red>乙" * 20)
    assert read.title("h1") == "甲"


def test_hundreds_of_nested_elements_are_read_and_thousands_are_a_trap() -> None:
    assert page("<div>" * 400 + "<h1>甲</h1>").title("h1") == "甲"
    with pytest.raises(LayoutChanged, match="inside each other without end"):
        page("<div>" * 10_000 + "<h1>甲</h1>").title("h1")

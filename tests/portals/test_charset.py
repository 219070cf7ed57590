"""Bytes to text, whatever charset they claim."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portals.charset import decode

TEXT = "陶喆、朱镕基与堃字：数字人民币试点增长 38.0%"


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

"""Flashes: short texts that open with their title, or have none."""

from __future__ import annotations

import re

import pytest

from portals.cms.flashes import as_markup, first_sentence, opening, unbracketed


def test_a_flash_opens_with_its_title() -> None:
    assert opening(" 【甲<b>乙</b>】 正文。") == ("甲乙", "正文。")
    assert opening("正文【甲】") == ("", "正文【甲】")
    assert [unbracketed(title) for title in ("【甲】", "【甲】乙", "甲")] == ["甲", "【甲】乙", "甲"]


@pytest.mark.parametrize(
    ("text", "title"), [("<p>社20日电，第一句。第二句。</p>", "第一句"), ("第一句！", "第一句"), ("。", ""), ("", "")]
)
def test_else_its_first_sentence_is_its_title(text: str, title: str) -> None:
    assert first_sentence(text, re.compile(r"社[0-9]+日电，")) == title


def test_lines_become_paragraphs_and_markup_stays() -> None:
    assert as_markup("一 < 二\n\n 三 ") == "<p>一 &lt; 二</p><p>三</p>"
    assert as_markup("一<br>二") == "一<br>二"

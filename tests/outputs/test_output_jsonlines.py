"""What `new --format json` and `show --format json` print."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from output_builders import ADDRESS, MORNING, article, entry, mention, stored

from outputs.jsonlines import line, render, show_json
from tracking.article import Content
from tracking.events import ArticleNew, MentionNew, PortalBroken

KEYS = "seq kind at run portal article key version url title published_at programme programme_name sentence"
SHOWN = "article portal key url title author published_at section site channel state programmes text versions"


def test_an_entry_is_one_object_with_the_promised_keys_in_order() -> None:
    parsed = json.loads(line(mention(7)))
    assert list(parsed) == KEYS.split()
    assert list(parsed.values()) == [
        *(7, "mention.new", "2026-11-21T03:20:00Z", 4, "sina", 17, "ikmx17", 1, ADDRESS, "第17篇"),
        *("2026-11-20T08:30:00Z", "ecny", "数字人民币", "数字人民币试点扩大到更多城市。"),
    ]


def test_what_a_kind_has_not_is_null() -> None:
    parsed = json.loads(line(entry(1, PortalBroken("x"), None, run=None)))
    assert list(parsed) == KEYS.split()
    assert [key for key, value in parsed.items() if value is not None] == ["seq", "kind", "at", "portal"]


def test_times_are_utc_whatever_zone_they_came_in() -> None:
    beijing = datetime(2026, 11, 21, 11, 20, 0, 999999, timezone(timedelta(hours=8)))
    assert json.loads(line(entry(1, ArticleNew(), at=beijing)))["at"] == "2026-11-21T03:20:00Z"
    assert datetime.fromisoformat("2026-11-21T03:20:00Z") == MORNING


def test_chinese_stays_readable() -> None:
    assert "数字人民币" in line(mention(1))


def test_an_article_is_one_object_with_the_promised_keys_in_order() -> None:
    shown = show_json(stored(article=article(author="记者甲")))
    parsed = json.loads(shown)
    assert "\n" not in shown
    assert list(parsed) == SHOWN.split()
    assert list(parsed.values()) == [
        *(17, "sina", "ikmxzfmm5064497", ADDRESS, "北京加快建设全球数字经济标杆城市", "记者甲"),
        *("2026-11-20T08:30:00Z", "金融", "新浪财经", "新浪财经－国內", "live", ["benchmark"]),
        ["到2025年，占比达到50%左右。", "数字人民币试点扩大。"],
        [
            {"version": 1, "seen_at": "2026-11-20T08:30:00Z", "technical": False},
            {"version": 2, "seen_at": "2026-11-21T03:20:00Z", "technical": True},
        ],
    ]


HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from('\x1b\x9b\x85\u2028\u2029\u202e\u2066\u200f\ufeff\x7f\0\n\r"\\\ud800\udfff'),
    )
)


@settings(database=None, deadline=None)
@given(HOSTILE, HOSTILE)
def test_any_text_stays_on_its_line_steers_nothing_and_comes_back(title: str, sentence: str) -> None:
    shown = line(mention(1, payload=MentionNew("ecny", sentence), title=title))
    parsed = json.loads(shown)
    assert [parsed["title"], parsed["sentence"]] == [_joined(title), _joined(sentence)]
    assert len(shown.splitlines()) == 1
    assert not set(shown) & set("\x1b\x7f\x9b\u200e\u200f\u202a\u202e\u2066\u2069\ufeff")
    shown.encode("utf-8")
    assert json.loads(show_json(stored(article=article(content=Content("", (title,))))))["text"] == [_joined(title)]


@pytest.mark.parametrize("character", "\x00\x1b\x7f\x85\x9b\u061c\u200b\u200f\u2028\u202e\u2066\ufeff\ud800\udfff")
def test_a_character_that_does_harm_is_written_as_its_number(character: str) -> None:
    shown = line(mention(1, title=f"数{character}字"))
    assert f"数\\u{ord(character):04x}字" in shown
    assert json.loads(shown)["title"] == f"数{character}字"


def _joined(text: str) -> str:
    """Two halves of a surrogate pair that stand side by side are one character to a JSON parser."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def test_lines_come_one_by_one_and_not_all_at_once() -> None:
    lines = render(mention(n) for n in iter(int, 1))  # endless
    assert json.loads(next(lines))["seq"] == 0

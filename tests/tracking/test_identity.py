"""Whether an imported article and a crawled one are one article."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.article import Article, Categories, Content
from tracking.identity import same_article, title_key

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = "数字人民币试点扩大到5个区，年底前还将增加场景。\n有关部门表示，商户接入的费用会继续下降，老年人也能方便地使用。"
TEXTS = st.text(st.one_of(st.sampled_from("数字人民币50%，。 \u3000\u200b"), st.characters()), max_size=30)
CONTENTS = st.builds(Content, TEXTS, st.lists(TEXTS, max_size=3).map(tuple))
KEYS = st.frozensets(st.sampled_from("abcdef"))


def article(title: str = "试点扩大", text: str = TEXT, at: datetime | None = AT) -> Article:
    shelves = Categories("金融", "新浪财经", "新浪财经－国內")
    return Article("sina", "a1", None, shelves, Content(title, tuple(text.split("\n"))), None, at, "", None)


# --- decide ---


@settings(deadline=None)
@given(TEXTS)
def test_the_key_of_a_title_survives_the_sample_form_and_fits_its_column(title: str) -> None:
    spoilt = title.replace("：", "_").replace("/", "_").replace("“", "").replace("”", "")
    assert title_key(spoilt) == title_key(title)
    assert title_key(f" {title}\u200b") == title_key(title)
    assert len(title_key(title)) == 32


def test_the_key_of_a_title_sees_its_words_and_figures() -> None:
    assert title_key("试点：扩大") == title_key("试点_扩大") == title_key("“试点”扩大")
    assert title_key("试点扩大到5区") != title_key("试点扩大到6区")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (article(), True),
        (article(text="完全改写了。"), True),  # title and time
        (article(title="另一题"), True),  # time and text
        (article(at=AT + timedelta(days=3)), True),  # title and text
        (article(at=None), True),
        (article(at=AT + timedelta(days=3), text=TEXT.replace("5", "6")), True),
        (article(text="完全改写了。", at=AT + timedelta(seconds=60)), True),
        (article(text="完全改写了。", at=AT - timedelta(seconds=61)), False),
        (article(title="财经早报", text="完全改写了。"), False),  # time alone
        (article(at=AT + timedelta(days=3), text="完全改写了。"), False),  # title alone
        (article(title="财经早报", at=AT + timedelta(days=3)), False),  # text alone
        (article(title="财经早报", at=None), False),
        (article(at=None, text=""), False),
    ],
)
def test_two_of_title_time_and_text_make_one_article(other: Article, same: bool) -> None:
    assert same_article(article(), other) is same
    assert same_article(other, article()) is same


def test_an_excerpt_is_the_same_text() -> None:
    whole = article(text=f"{TEXT}\n{'以下是完全不同的后续报道内容，' * 9}")
    assert same_article(whole, article(title="另一题"))


def test_times_that_are_not_known_agree_with_nothing() -> None:
    assert not same_article(article(at=None, text="甲"), article(at=None, text="乙"))


@settings(deadline=None)
@given(
    st.builds(
        article,
        st.sampled_from(["试点扩大", "试点_扩大", "别的"]),
        st.sampled_from([TEXT, TEXT[:40], "短", ""]),
        st.sampled_from([None, AT, AT + HOUR]),
    )
)
def test_an_article_is_the_same_as_itself_and_sameness_has_no_direction(one: Article) -> None:
    assert same_article(one, replace(one, key="import-1", author="某某"))
    assert same_article(one, article()) == same_article(article(), one)

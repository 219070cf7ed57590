"""What a sighting means, decided without any database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.article import Article, Categories, Content
from tracking.changes import (
    IMPORTED,
    LIVE,
    WITHDRAWN,
    Change,
    Known,
    News,
    Patience,
    back_again,
    decide,
    news_of,
    same_article,
    title_key,
    withdrawn,
)
from tracking.events import Kind
from tracking.programmes import Mention

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = "数字人民币试点扩大到5个区，年底前还将增加场景。\n有关部门表示，商户接入的费用会继续下降，老年人也能方便地使用。"
TEXTS = st.text(st.one_of(st.sampled_from("数字人民币50%，。 \u3000\u200b"), st.characters()), max_size=30)
CONTENTS = st.builds(Content, TEXTS, st.lists(TEXTS, max_size=3).map(tuple))
KEYS = st.frozensets(st.sampled_from("abcdef"))


def known(content: Content, *, state: str = LIVE, missing: tuple[timedelta, int] | None = None) -> Known:
    """What is kept of an article; `missing` = first missed so long before AT, in so many checks."""
    return Known(
        id=1,
        key="a1",
        state=state,
        version=1,
        version_id=1,
        digest=content.digest,
        programmes=frozenset(),
        first_seen_at=AT,
        changed_at=AT,
        missing_since=AT - missing[0] if missing else None,
        missing_checks=missing[1] if missing else 0,
    )


def mention(programme: str, sentence: str = "句。") -> Mention:
    return Mention(programme, 1, 0, 1, "句", sentence)


def article(title: str = "试点扩大", text: str = TEXT, at: datetime | None = AT) -> Article:
    shelves = Categories("金融", "新浪财经", "新浪财经－国內")
    return Article("sina", "a1", None, shelves, Content(title, tuple(text.split("\n"))), None, at, "", None)


# --- decide ---


def test_what_was_never_seen_is_new() -> None:
    assert decide(None, Content("题", ("文",))) == Change((Kind.ARTICLE_NEW,), new_version=True)


@settings(deadline=None)
@given(CONTENTS, st.sampled_from([LIVE, IMPORTED]))
def test_the_same_sight_again_is_no_news(content: Content, state: str) -> None:
    assert decide(known(content, state=state), content) is None


@settings(deadline=None)
@given(CONTENTS, CONTENTS)
def test_an_edit_is_a_new_version_exactly_when_a_reader_sees_it(old: Content, new: Content) -> None:
    change = decide(known(old), new)
    assert (change is None) == (old.digest == new.digest)
    assert change in (None, Change((Kind.ARTICLE_EDITED,), new_version=True))


@pytest.mark.parametrize("spoilt", [f" {TEXT}", TEXT.replace("，", "，\u3000"), TEXT.replace("5", "\u200b5\ufeff")])
def test_white_space_and_invisible_characters_are_no_edit(spoilt: str) -> None:
    assert decide(known(Content("题", (TEXT,))), Content("题", (spoilt,))) is None


@pytest.mark.parametrize("edited", [TEXT.replace("5", "4"), TEXT.replace("5", "50"), TEXT.replace("。", "！"), ""])
def test_a_digit_or_a_mark_that_changed_is_an_edit(edited: str) -> None:
    change = decide(known(Content("题", (TEXT,))), Content("题", (edited,)))
    assert change == Change((Kind.ARTICLE_EDITED,), new_version=True)


def test_what_was_withdrawn_and_is_there_again_is_restored_and_edited_when_it_changed() -> None:
    old = known(Content("题", (TEXT,)), state=WITHDRAWN)
    assert decide(old, Content("题", (TEXT,))) == Change((Kind.ARTICLE_RESTORED,), new_version=False)
    both = (Kind.ARTICLE_RESTORED, Kind.ARTICLE_EDITED)
    assert decide(old, Content("题", ("另一稿。",))) == Change(both, new_version=True)


def test_a_page_that_is_as_it_was_is_news_only_when_it_had_been_withdrawn() -> None:
    content = Content("题", (TEXT,))
    assert back_again(known(content)) is None
    assert back_again(known(content, missing=(HOUR, 1))) is None
    assert back_again(known(content, state=WITHDRAWN)) == Change((Kind.ARTICLE_RESTORED,), new_version=False)


# --- withdrawn ---


@pytest.mark.parametrize(
    ("missing", "gone"),
    [
        (None, False),
        ((timedelta(days=30), 1), False),
        ((23 * HOUR, 99), False),
        ((24 * HOUR, 1), False),
        ((24 * HOUR, 2), True),
        ((24 * HOUR - timedelta(seconds=1), 2), False),
        ((timedelta(days=30), 50), True),
    ],
)
def test_a_page_is_withdrawn_after_three_checks_over_a_day(missing: tuple[timedelta, int] | None, gone: bool) -> None:
    assert withdrawn(known(Content("题", ()), missing=missing), AT, Patience()) is gone


def test_a_page_is_withdrawn_only_once() -> None:
    old = known(Content("题", ()), state=WITHDRAWN, missing=(timedelta(days=9), 9))
    assert not withdrawn(old, AT, Patience())


def test_without_patience_the_first_look_is_enough() -> None:
    assert withdrawn(known(Content("题", ())), AT, Patience(checks=1, over=timedelta(0)))
    assert not withdrawn(known(Content("题", ())), AT, Patience(checks=2, over=timedelta(0)))
    assert not withdrawn(known(Content("题", ())), AT, Patience(checks=1, over=HOUR))


# --- news_of ---

NEW = Change((Kind.ARTICLE_NEW,), new_version=True)
EDITED = Change((Kind.ARTICLE_EDITED,), new_version=True)


def test_a_new_article_tells_each_programme_once_with_its_first_sentence() -> None:
    mentions = [mention("yuan", "首句。"), mention("port", "港。"), mention("yuan", "又一句。")]
    assert news_of(NEW, frozenset(), mentions, frozenset({"yuan", "port"})) == (
        News(Kind.ARTICLE_NEW),
        News(Kind.MENTION_NEW, "yuan", "首句。"),
        News(Kind.MENTION_NEW, "port", "港。"),
    )


def test_an_edit_tells_what_entered_and_what_left() -> None:
    before = frozenset({"yuan", "old"})
    assert news_of(EDITED, before, [mention("yuan"), mention("port")], before) == (
        News(Kind.ARTICLE_EDITED),
        News(Kind.MENTION_NEW, "port", "句。"),
        News(Kind.MENTION_DROPPED, "old"),
    )


def test_a_programme_that_is_no_longer_tracked_leaves_no_article() -> None:
    assert news_of(EDITED, frozenset({"old"}), [], frozenset({"yuan"})) == (News(Kind.ARTICLE_EDITED),)


def test_without_a_new_version_no_programme_enters_or_leaves() -> None:
    restored = Change((Kind.ARTICLE_RESTORED,), new_version=False)
    assert news_of(restored, frozenset({"yuan"}), [], frozenset({"yuan"})) == (News(Kind.ARTICLE_RESTORED),)


@settings(deadline=None)
@given(KEYS, KEYS, KEYS)
def test_what_was_before_and_what_is_told_give_what_is_there(
    before: frozenset[str], there: frozenset[str], tracked: frozenset[str]
) -> None:
    told = news_of(EDITED, before, [mention(key) for key in there], tracked)
    entered = {news.programme for news in told if news.kind is Kind.MENTION_NEW}
    left = {news.programme for news in told if news.kind is Kind.MENTION_DROPPED}
    assert (before | entered) - left == there | (before - tracked)
    assert entered.isdisjoint(before)
    assert left <= before & tracked
    assert len(told) == 1 + len(entered) + len(left)


# --- an import and a crawl of one article ---


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

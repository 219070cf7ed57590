"""What an observation means, decided without any database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.article import Content
from tracking.changes import IMPORTED, LIVE, WITHDRAWN, Change, KnownArticle, decide, events_of
from tracking.differences import Difference
from tracking.events import (
    ArticleEdited,
    ArticleNew,
    ArticleRestored,
    Kind,
    MentionDropped,
    MentionNew,
)
from tracking.mentions import MentionChange
from tracking.programmes import Mention

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = "数字人民币试点扩大到5个区，年底前还将增加场景。\n有关部门表示，商户接入的费用会继续下降，老年人也能方便地使用。"
TEXTS = st.text(st.one_of(st.sampled_from("数字人民币50%，。 \u3000\u200b"), st.characters()), max_size=30)
CONTENTS = st.builds(Content, TEXTS, st.lists(TEXTS, max_size=3).map(tuple))
KEYS = st.frozensets(st.sampled_from("abcdef"))


def known(content: Content, *, state: str = LIVE) -> KnownArticle:
    """What is stored of an article."""
    return KnownArticle(
        id=1,
        key="a1",
        state=state,
        version=1,
        version_id=1,
        digest=content.digest,
        programmes=frozenset(),
        first_seen_at=AT,
        changed_at=AT,
        missing_since=None,
        missing_checks=0,
    )


def mention(programme: str, sentence: str = "句。") -> Mention:
    return Mention(programme, 1, 0, 1, "句", sentence)


def test_what_was_never_read_is_new() -> None:
    assert decide(None, Content("题", ("文",))) == Change((Kind.ARTICLE_NEW,), new_version=True)


@settings(deadline=None)
@given(CONTENTS, st.sampled_from([LIVE, IMPORTED]))
def test_the_same_reading_again_is_no_news(content: Content, state: str) -> None:
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


# --- events_of ---

NEW = Change((Kind.ARTICLE_NEW,), new_version=True)
EDITED = Change((Kind.ARTICLE_EDITED,), new_version=True)


def mentions(before: set[str], after: Sequence[Mention], tracked: set[str]) -> MentionChange:
    return MentionChange(frozenset(before), after, frozenset(tracked))


def test_a_new_article_causes_one_event_for_each_programme_with_its_first_sentence() -> None:
    after = [mention("yuan", "首句。"), mention("port", "港。"), mention("yuan", "又一句。")]
    assert events_of(NEW, mentions(set(), after, {"yuan", "port"})) == (
        ArticleNew(),
        MentionNew("yuan", "首句。"),
        MentionNew("port", "港。"),
    )


def test_an_edit_causes_events_for_what_entered_and_what_left() -> None:
    change = mentions({"yuan", "old"}, [mention("yuan"), mention("port")], {"yuan", "old"})
    assert events_of(EDITED, change) == (ArticleEdited(), MentionNew("port", "句。"), MentionDropped("old"))


def test_an_edit_says_what_stood_there_before_and_what_stands_there_now() -> None:
    (event,) = events_of(EDITED, mentions(set(), [], set()), [Difference("50%。", "45%。"), Difference("", "新句。")])
    assert event == ArticleEdited((("50%。", "45%。"), ("", "新句。")))


def test_an_article_that_returns_with_another_text_is_restored_and_edited() -> None:
    both = Change((Kind.ARTICLE_RESTORED, Kind.ARTICLE_EDITED), new_version=True)
    assert events_of(both, mentions(set(), [], set())) == (ArticleRestored(), ArticleEdited())


def test_a_programme_that_is_no_longer_tracked_leaves_no_article() -> None:
    assert events_of(EDITED, mentions({"old"}, [], {"yuan"})) == (ArticleEdited(),)


def test_without_a_new_version_no_programme_enters_or_leaves() -> None:
    restored = Change((Kind.ARTICLE_RESTORED,), new_version=False)
    assert events_of(restored, mentions({"yuan"}, [], {"yuan"})) == (ArticleRestored(),)


@settings(deadline=None)
@given(KEYS, KEYS, KEYS)
def test_what_was_before_and_the_events_give_what_is_there(
    before: frozenset[str], there: frozenset[str], tracked: frozenset[str]
) -> None:
    events = events_of(EDITED, MentionChange(before, [mention(key) for key in there], tracked))
    entered = {event.programme for event in events if isinstance(event, MentionNew)}
    left = {event.programme for event in events if isinstance(event, MentionDropped)}
    assert (before | entered) - left == there | (before - tracked)
    assert entered.isdisjoint(before)
    assert left <= before & tracked
    assert len(events) == 1 + len(entered) + len(left)


# --- an import and a crawl of one article ---

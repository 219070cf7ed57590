"""What an edit changed, as sentences before and after."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from tracking.article import Content
from tracking.differences import Difference, differences

TEXTS = st.lists(st.text("数字经济50%。；\n ", max_size=30), max_size=6)


def content(*paragraphs: str, title: str = "题") -> Content:
    return Content(title, paragraphs)


def test_one_changed_figure_is_one_sentence_before_and_after() -> None:
    old = content("第一句不变。占比达到50%。最后一句。", "第二段。")
    new = content("第一句不变。占比达到45%。最后一句。", "第二段。")
    assert differences(old, new) == (Difference("占比达到50%。", "占比达到45%。"),)


def test_an_added_and_a_dropped_sentence_have_an_empty_side() -> None:
    assert differences(content("甲。丙。"), content("甲。乙。丙。")) == (Difference("", "乙。"),)
    assert differences(content("甲。乙。丙。"), content("甲。丙。")) == (Difference("乙。", ""),)


def test_a_changed_title_is_a_difference() -> None:
    assert differences(content("文。"), content("文。", title="新题")) == (Difference("题", "新题"),)


def test_only_the_first_places_are_told() -> None:
    old, new = content(*(f"甲{n}。" for n in range(9))), content(*(f"乙{n}。" for n in range(9)))
    assert len(differences(old, new)) == 3
    assert len(differences(old, new, most=9)) == 9


def test_two_texts_of_ten_thousand_sentences_are_compared_at_once() -> None:
    old, new = (content(*(f"{mark}{n}。" for n in range(10_000))) for mark in "甲乙")
    begin = time.process_time()
    assert len(differences(old, new)) == 1
    assert time.process_time() - begin < 5


@given(TEXTS, TEXTS)
def test_there_is_a_difference_exactly_when_the_versions_differ(old: list[str], new: list[str]) -> None:
    former, present = content(*old), content(*new)
    told = differences(former, present)
    if former.digest == present.digest:
        assert all(d.before == "" or d.after == "" or d.before != d.after for d in told)
    else:
        assert told


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(texts: list[str]) -> None:
    assert differences(content(*texts), content(*texts)) == ()

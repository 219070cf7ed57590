"""What makes two states of an article the same to a reader."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tracking.article import Content
from tracking.text import squeeze

BLANK = [" ", "\u3000", "\xa0", "\t", "\r\n", "\u2028"]
INVISIBLE = [*BLANK, "\u200b", "\u200d", "\ufeff", "\u2060", "\xad", "\u202e", "\x00"]
TEXTS = st.text(st.one_of(st.sampled_from("数字人民币50%，。ab "), st.characters()), max_size=40)
CONTENTS = st.builds(Content, TEXTS, st.lists(TEXTS, max_size=4).map(tuple))


@settings(deadline=None)
@given(CONTENTS, st.sampled_from(INVISIBLE), st.integers(0, 200))
def test_the_digest_is_blind_to_what_no_reader_sees(content: Content, invisible: str, at: int) -> None:
    def spoilt(text: str) -> str:
        return text[: at % (len(text) + 1)] + invisible + text[at % (len(text) + 1) :]

    other = Content(spoilt(content.title), tuple(map(spoilt, content.paragraphs)))
    assert other.digest == content.digest


@settings(deadline=None)
@given(CONTENTS)
def test_the_digest_is_blind_to_how_the_text_is_cut_into_paragraphs(content: Content) -> None:
    assert Content(content.title, ("".join(content.paragraphs),)).digest == content.digest
    assert Content(content.title, (*content.paragraphs, "", " ")).digest == content.digest


@settings(deadline=None)
@given(CONTENTS, CONTENTS)
def test_contents_that_read_differently_have_different_digests(one: Content, other: Content) -> None:
    read = [(squeeze(content.title), squeeze("".join(content.paragraphs))) for content in (one, other)]
    assume(read[0] != read[1])
    assert one.digest != other.digest


@settings(deadline=None)
@given(TEXTS, TEXTS, st.integers(0, 9), st.integers(0, 9))
def test_the_digest_sees_every_digit(before: str, after: str, one: int, other: int) -> None:
    same = Content("题", (f"{before}{one}{after}",)).digest == Content("题", (f"{before}{other}{after}",)).digest
    assert same == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("50%", "5.0%"),
        ("50%", "-50%"),
        ("2025年", "2026年"),
        ("增长。", "增长，"),
        ("建成", "基本建成"),
        ("人民币", "人民幣"),
    ],
)
def test_small_differences_that_a_reader_sees_are_seen(one: str, other: str) -> None:
    assert Content("题", (one,)).digest != Content("题", (other,)).digest


def test_a_title_is_not_the_beginning_of_the_text() -> None:
    assert Content("试点扩大", ()).digest != Content("试点", ("扩大",)).digest
    assert Content("题", ("甲", "乙")).digest != Content("题", ("乙", "甲")).digest


def test_a_digest_is_the_same_everywhere_and_fits_its_column() -> None:
    # Digests are kept: with another value every article would look edited once.
    assert Content("试点", ("数字人民币", "扩大到5个区。")).digest == "51100500bcb3b370b11aaa049b09d0a1"
    assert len(Content("", ()).digest) == 32  # tables.py


def test_a_content_cannot_change_and_equal_ones_are_one() -> None:
    content = Content("试点", ("甲",))
    assert {content, Content("试点", ("甲",))} == {content}
    with pytest.raises(FrozenInstanceError):
        content.title = "别的"  # type: ignore[misc]

"""Short forms that an article defines for itself are names from there on, and nowhere else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracking.programme_builders import programme, quotes
from tracking.article import Content
from tracking.matching import Matcher
from tracking.shortforms import short_forms
from tracking.text import fold

NAME = "北京国际大数据交易所"
PIECES = (
    *(
        "数字贸易港",
        "《数字贸易港方案》",
        "《",
        "》",
        "（以下简称“方案”）",
        "（下称《办法》）",
        "(简称:港区，或港)",
        "（",
    ),
    *("（", "方案", "根据方案", "解决方案", "《办法》", "港区", "“", "”", "）", "。", "、以下简称", "建设"),
)


def found_in(text: str, *names: str) -> list[tuple[str, int]]:
    """The short forms of these names, and where they stand in the folded text; each name is a programme."""
    folded = fold(text).text
    hits = {name: [match.span() for match in re.finditer(re.escape(name), folded)] for name in names}
    return [(folded[start:end], start) for _, (start, end) in short_forms(folded, hits)]


@pytest.mark.parametrize(
    "definition",
    [
        "（以下简称“北数所”）",
        "(以下简称北数所)",
        "（以下称“北数所”）",
        "（下称「北数所」）",
        "（简称：北数所）",
        "（以下简称为“北数所”，或“交易所”）",
        "（英文缩写BIDE，以下简称“北数所”）",
        "（ 以下 简称 “北数所” ）",
        "（以下簡稱「北數所」）",
        "”（以下简称北数所，注册地为北京）",
    ],
)
def test_after_its_definition_a_short_form_is_a_name(definition: str) -> None:
    text = f"北数所？{NAME}{definition}成立。北数所开业，北數所上市。"
    assert quotes(text, NAME) == [NAME, "北数所", "北數所"]


def test_two_short_forms_at_once() -> None:
    text = f"{NAME}（以下简称“北数所”或“BIDE”）。北数所即bide，不是BIDEN。"
    assert quotes(text, NAME) == [NAME, "北数所", "bide"]


def test_it_holds_in_later_paragraphs_but_in_no_other_article() -> None:
    matcher = Matcher([programme(NAME)])
    first = matcher.mentions(Content("北数所", (f"{NAME}（以下简称“北数所”）", "北数所")))
    assert [(m.paragraph, m.quote) for m in first] == [(1, NAME), (2, "北数所")]
    assert matcher.mentions(Content("", ("北数所",))) == ()


def test_a_title_that_contains_a_name_is_known_by_its_short_form_in_book_marks() -> None:
    text = "发布《关于建设数字贸易港的实施方案》（以下简称“《实施方案》”）。《实施方案》提出，实施方案要细。"
    assert quotes(text, "数字贸易港") == ["数字贸易港", "《实施方案》"]


def test_an_everyday_word_for_a_title_counts_where_a_word_begins() -> None:
    text = "《数字贸易港行动方案》(下称“方案”)公布。方案提出，根据方案，“方案”称，《方案》说，解决方案很多。"
    assert quotes(text, "数字贸易港") == ["数字贸易港"] + ["方案"] * 4


@pytest.mark.parametrize(
    "title",
    [
        "《关于印发《数字贸易港方案》的通知》",
        "“《数字贸易港方案》”",
        "《数字贸易港方案》（征求意见稿）",
        "《方案——数字贸易港》",
    ],
)
def test_titles_in_titles_quotation_marks_and_asides_are_seen_through(title: str) -> None:
    assert quotes(f"{title}（以下简称《文件》）印发。《文件》要求。", "数字贸易港")[1:] == ["《文件》"]


@pytest.mark.parametrize(
    "text",
    [
        "数字贸易港管委会主任（以下简称“主任”）出席。主任说。",
        "数字贸易港。《城市规划》（以下简称“《规划》”）。《规划》提出。",
        "《数字贸易港方案》和《城市规划》（以下简称“《规划》”）。《规划》提出。",
        "数字贸易港（以下简称“港”）。港口繁忙。",
        "数字贸易港（2021年设立）。设立以来。",
        "数字贸易港（以下简称“一个长得没有人会叫做简称的很长很长很长的说法真的非常长”）。一个长得没有人。",
    ],
)
def test_what_another_thing_is_called_is_no_short_form(text: str) -> None:
    assert quotes(text, "数字贸易港") == ["数字贸易港"]


def test_an_open_book_mark_or_bracket_does_no_harm() -> None:
    assert quotes("数字贸易港》（以下简称《方案》）。《方案》", "数字贸易港") == ["数字贸易港"]
    assert quotes("）（以下简称“方案”）数字贸易港", "数字贸易港") == ["数字贸易港"]
    assert quotes("（以下简称“方案”）数字贸易港，方案", "数字贸易港") == ["数字贸易港"]


def test_the_longest_wins_among_short_forms_and_names() -> None:
    text = f"{NAME}（以下简称“大数据交易所”）。{NAME}就是大数据交易所。"
    assert quotes(text, NAME) == [NAME, NAME, "大数据交易所"]


def test_a_definition_may_serve_several_programmes() -> None:
    matcher = Matcher([programme("数字贸易港", key="a"), programme("数字人民币", key="b")])
    found = matcher.mentions(Content("", ("《数字人民币与数字贸易港办法》（下称《办法》）施行。《办法》共十条。",)))
    assert [(m.programme, m.quote) for m in found[2:]] == [("a", "《办法》"), ("b", "《办法》")]


# --- on its own, without the rules of names ---


def test_without_a_name_before_it_a_definition_defines_nothing() -> None:
    assert found_in("某交易所（以下简称“北数所”）成立。北数所开业。", NAME) == []
    assert found_in(f"{NAME}成立（以下简称“北数所”）。北数所开业。", NAME) == []


def test_the_places_come_in_the_order_of_their_definitions() -> None:
    text = f"{NAME}（下称“交易所”）、数字贸易港（下称“港区”）：港区与交易所。"
    assert [word for word, _ in found_in(text, NAME, "数字贸易港")] == ["交易所", "港区"]


@pytest.mark.parametrize(
    ("form", "counts"), [("港", False), ("港区", True), ("长" * 30, True), ("长" * 31, False), ("《港》", False)]
)
def test_a_short_form_has_two_characters_at_least_and_thirty_at_most(form: str, counts: bool) -> None:
    assert bool(found_in(f"数字贸易港（以下简称“{form}”）成立。{form}开业。", "数字贸易港")) is counts


def test_of_words_without_quotation_marks_the_first_one_is_the_short_form() -> None:
    assert found_in("数字贸易港（下称港区，设在北岸）。港区在北岸，设在水边。", "数字贸易港") == [("港区", 17)]


@pytest.mark.parametrize("before", "据照按该本在从由对将，。“")
def test_an_everyday_word_counts_after_words_that_lead_up_to_it(before: str) -> None:
    text = "《数字贸易港方案》（下称“方案”）公布。" + before
    assert found_in(f"{text}方案", "数字贸易港") == [("方案", len(text))]


@pytest.mark.parametrize("before", ["解决", "新", "A", "2"])
def test_an_everyday_word_at_the_end_of_a_longer_one_is_that_longer_one(before: str) -> None:
    assert found_in(f"《数字贸易港方案》（下称“方案”）公布。{before}方案", "数字贸易港") == []
    assert found_in(f"数字贸易港（下称“方案”）公布。{before}方案", "数字贸易港") != []


def test_a_text_that_defines_without_end_is_listened_to_twenty_times() -> None:
    names = [f"甲{number:02}" for number in range(30)]
    text = "".join(f"数字贸易港（下称“{name}”）" for name in names) + "".join(names)
    assert [word for word, _ in found_in(text, "数字贸易港")] == names[:20]


def test_definitions_of_other_things_take_nothing_from_those_twenty() -> None:
    text = "某地（下称“某某”）" * 40 + "数字贸易港（下称“港区”）。港区"
    assert [word for word, _ in found_in(text, "数字贸易港")] == ["港区"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_a_short_form_is_found_only_after_the_bracket_that_defines_it(text: str) -> None:
    folded = fold(text).text
    for word, start in found_in(text, "数字贸易港"):
        assert folded.startswith(word, start)
        assert re.search(rf"数字贸易港[^\n]*?\([^()]*称[^()]*{re.escape(word)}[^()]*\)", folded[:start])

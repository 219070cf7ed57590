"""A page as a person sees it: where a paragraph begins and ends, and how much of it is links or running text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portals.generic.outline import Block, Outline
from portals.page import Page

URL = "https://www.example.cn/a/1.html"
SENTENCE = "账本按季度更新，扫码就能看到。"
PIECES = (
    *("<div>", "</div>", "<p>", "</p>", "<b>", "</b>", "<a href=x>", "</a>", "<br>", "<img src=a>", "<!-- 注 -->"),
    *(
        "<ul><li>",
        "</ul>",
        "<table><tr><td>",
        "</table>",
        "<span hidden>",
        "</span>",
        SENTENCE,
        "海桥",
        " \n ",
        "\u200b",
    ),
)


def outline(html: str) -> Outline:
    return Outline(Page(URL, html))


def texts(html: str) -> list[str]:
    return [block.text for block in outline(html).blocks]


def one(found: Outline, css: str) -> int:
    (number,) = found.select(css)
    return number


def block(text: str, linked: int = 0) -> Block:
    return Block(text, linked, 1, 1, 0, False)


# --- where a paragraph begins and ends ---


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>一</p><p>二</p>", ["一", "二"]),
        ("<p>一<b>二</b><a href=x>三</a>四</p>", ["一二三四"]),
        ("一<br>二", ["一", "二"]),
        ("<div>一<p>二</p>三</div>", ["一", "二", "三"]),
        ("<table><tr><td>一</td><td>二</td></tr></table>", ["一", "二"]),
        ("<p>一<img src=a>二</p>", ["一", "二"]),
        ("<p>一<script>var a;</script>二</p>", ["一二"]),
        ("<p>一<span hidden>藏</span>二</p>", ["一二"]),
        ("<p> \n\u200b </p><p>　　一 \n 二　</p>", ["一 二"]),
        ("", []),
    ],
)
def test_a_paragraph_is_what_stands_between_block_elements(html: str, expected: list[str]) -> None:
    assert texts(html) == expected


def test_a_block_knows_its_text_nodes_and_the_element_that_holds_it() -> None:
    found = outline("<div><p>一<b>二</b></p></div>")
    (only,) = found.blocks
    assert (only.holder, only.first, only.last) == (one(found, "p"), one(found, "p") + 1, one(found, "b") + 1)


def test_a_picture_is_remembered_by_the_block_after_it_and_by_no_later_one() -> None:
    found = outline("<p>一</p><p><img src=a></p><p> </p><p>二</p><p>三</p>").blocks
    assert [(each.text, each.follows_image) for each in found] == [("一", False), ("二", True), ("三", False)]


def test_what_is_read_is_as_long_as_its_paragraphs() -> None:
    assert outline("<p>一二</p><p>三</p><p hidden>四</p>").length == 3


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_every_character_that_is_seen_stands_in_one_block(html: str) -> None:
    found = outline(html)
    seen = "".join(found.visible_text(0).replace("\u200b", "").split())
    assert "".join("".join(each.text for each in found.blocks).split()) == seen
    places = [(each.first, each.last) for each in found.blocks]
    assert all(first <= last for first, last in places)
    assert all(before[1] < after[0] for before, after in pairwise(places))
    assert all(each.text and 0 <= each.linked <= len(each.text) for each in found.blocks)


# --- links and running text ---


def test_what_links_say_is_counted_however_deep_their_words_stand() -> None:
    (only,) = outline("<p>一<a href=x><b>二三</b></a>四<a href=y> 五 </a></p>").blocks
    assert (only.text, only.linked) == ("一二三四 五", 3)


def test_a_link_around_a_whole_paragraph_is_not_one_in_it() -> None:
    (only,) = outline("<a href=x><p>一二</p></a>").blocks
    assert only.linked == 0


@pytest.mark.parametrize(("linked", "is_link"), [(0, False), (2, False), (3, True), (4, True)])
def test_a_block_is_a_link_when_most_of_it_is(linked: int, is_link: bool) -> None:
    assert block("一二三四", linked).is_link is is_link


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        (SENTENCE, len(SENTENCE)),
        ("账本按季度更新扫码就能看到", 0),
        ("账本更新，扫码。", 0),
        ("Prices rose again. So did", 25),
        ("https://www.example.cn/a.b.c", 0),
        ("增长了5.0个百分点以上的地区", 0),
    ],
)
def test_running_text_is_a_block_of_some_length_with_the_marks_of_sentences(text: str, prose: int) -> None:
    assert block(text).prose == prose


def test_what_is_linked_is_no_running_text() -> None:
    assert block(SENTENCE, 4).prose == len(SENTENCE) - 4


# --- inside elements ---


PAGE = f"<div id=a><h1>标题</h1><p>{SENTENCE}</p></div><div id=b>海桥<p id=c>{SENTENCE}</p><i id=d>青石</i>两地</div>"


def test_the_blocks_of_an_element_are_those_that_begin_inside_it() -> None:
    found = outline(PAGE)
    inside = {css: [each.text for each in found.within(one(found, css))] for css in ("#a", "#b", "#c")}
    assert inside == {"#a": ["标题", SENTENCE], "#b": ["海桥", SENTENCE, "青石两地"], "#c": [SENTENCE]}
    assert found.within(0) == found.blocks


def test_the_running_text_of_an_element_is_that_of_its_blocks() -> None:
    found = outline(PAGE)
    assert found.prose_in(0) == 2 * len(SENTENCE)
    assert [found.prose_in(one(found, css)) for css in ("#a", "#b", "#c", "#d", "h1")] == [len(SENTENCE)] * 3 + [0, 0]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_running_text_is_counted_alike_by_blocks_and_by_elements(html: str) -> None:
    found = outline(html)
    for number in range(len(found.nodes)):
        assert found.prose_in(number) == sum(each.prose for each in found.within(number))


def test_an_element_that_cuts_a_block_in_two_holds_no_whole_blocks() -> None:
    found = outline(PAGE)
    assert [css for css in ("#a", "#b", "#c", "h1", "#d") if found.holds_whole_blocks(one(found, css))] == [
        "#a",
        "#b",
        "#c",
        "h1",
    ]


def test_an_element_that_begins_in_the_middle_of_a_block_holds_no_whole_blocks() -> None:
    found = outline("<p>海桥<i>青石</i></p><p>云川<b></b></p>")
    assert not found.holds_whole_blocks(one(found, "i"))
    assert found.holds_whole_blocks(one(found, "b"))


def test_an_element_holds_only_a_block_when_it_shows_nothing_else() -> None:
    found = outline(f"<div id=a><p>{SENTENCE}</p></div><div id=b><p>{SENTENCE}</p><img src=x></div><p>二</p>")
    first, second, _ = found.blocks
    assert found.holds_only(one(found, "#a"), first)
    assert not found.holds_only(one(found, "#a"), second)
    assert not found.holds_only(one(found, "#b"), second)
    assert not found.holds_only(0, first)


def test_a_comment_inside_a_paragraph_does_not_split_it() -> None:
    assert [block.text for block in outline("<p>海桥<!-- 注 -->青石</p><p>云川</p>").blocks] == ["海桥青石", "云川"]

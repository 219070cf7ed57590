"""A page as numbered nodes: what is inside what, and which of them nobody sees."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portals.generic.nodes import Nodes
from portals.page import LayoutChanged, Page

URL = "https://www.example.cn/a/1.html"
SENTENCE = "账本按季度更新，扫码就能看到。"
PIECES = (
    *("<div>", "</div>", "<p>", "</p>", "<b>", "</b>", "<br>", "<!-- 注 -->", "<img src=a>", "<table><tr><td>"),
    *("<script>var a;</script>", "<span style='display:none'>", "</span>", "<p hidden>", "一。", "二，三。", " "),
)


def nodes(html: str) -> Nodes:
    return Nodes(Page(URL, html))


def seen(html: str) -> str:
    found = nodes(html)
    return "".join(found.visible_text(0).split())


def one(found: Nodes, css: str) -> int:
    (number,) = found.select(css)
    return number


# --- numbers ---


def test_nodes_are_numbered_in_the_order_of_the_page_and_the_first_is_the_body() -> None:
    found = nodes("<div><p>一</p><p>二</p></div>")
    assert found.tags == ["body", "div", "p", "-text", "p", "-text"]
    assert found.parents == [-1, 0, 1, 2, 1, 4]
    assert found.ends == [5, 5, 3, 3, 5, 5]
    assert found.texts == ["", "", "", "一", "", "二"]


def test_what_is_around_a_node_comes_from_the_nearest_on() -> None:
    found = nodes("<div><p><b>一</b></p></div>")
    assert [found.tags[number] for number in found.ancestors(one(found, "b"))] == ["p", "div", "body"]


def test_what_is_inside_an_element_is_it_and_all_below_and_nothing_after() -> None:
    found = nodes("<div><p>一</p></div><p>二</p>")
    assert [found.tags[number] for number in found.inside(one(found, "div"))] == ["div", "p", "-text"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_each_node_lies_inside_all_that_is_around_it_and_inside_nothing_else(html: str) -> None:
    found = nodes(html)
    for number in range(len(found.nodes)):
        around = {0, number, *found.ancestors(number)}
        assert {other for other in range(len(found.nodes)) if number in found.inside(other)} == around


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_whatever_is_inside_something_hidden_is_hidden(html: str) -> None:
    found = nodes(html)
    assert all(found.hidden[n] for n, parent in enumerate(found.parents) if parent >= 0 and found.hidden[parent])


def test_texts_and_remarks_are_no_elements() -> None:
    found = nodes("一<!-- 注 --><p></p>")
    assert [found.tags[n] for n in range(len(found.tags)) if found.is_element(n)] == ["body", "p"]


def test_the_names_of_an_element_are_its_class_and_id_as_single_words() -> None:
    found = nodes('<div class="articleBody main" id="Content"></div><p></p><i class="%s"></i>' % ("a" * 999))
    assert found.class_and_id(one(found, "div")) == "article-body main content"
    assert found.class_and_id(one(found, "p")) == ""
    assert len(found.class_and_id(one(found, "i"))) == 200


def test_a_picture_belongs_to_every_element_around_it() -> None:
    found = nodes("<div><p><img src=a></p></div><ul><li>一</li></ul>")
    assert [css for css in ("body div", "p", "ul", "li") if found.holds_image(one(found, css))] == ["body div", "p"]


# --- what nobody sees ---


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>第二句。</script>",
        "<style>第二句。</style>",
        "<noscript>第二句。</noscript>",
        "<figure><figcaption>第二句。</figcaption></figure>",
        "<button>第二句。</button>",
        "<div hidden><p>第二句。</p></div>",
        "<div style='display:none'><p>第二句。</p></div>",
        "<div style='color:red; DISPLAY : None'>第二句。</div>",
        "<textarea>第二句。</textarea>",
        "<ruby><rt>第二句。</rt></ruby>",
    ],
)
def test_scripts_captions_controls_and_hidden_parts_are_not_seen(unseen: str) -> None:
    assert seen(f"<p>{SENTENCE}</p>{unseen}<p>{SENTENCE}</p>") == SENTENCE * 2


@pytest.mark.parametrize("style", ["display:block", "display:none-of-it", "no-display:nonesuch", ""])
def test_a_style_that_only_looks_like_hiding_hides_nothing(style: str) -> None:
    assert seen(f"<p>{SENTENCE}</p><p style='{style}'>二。</p><p>{SENTENCE}</p>") == f"{SENTENCE}二。{SENTENCE}"


def test_what_a_script_will_show_is_seen_when_it_holds_half_of_all_sentences() -> None:
    hidden = f"<div style='display:none'><p>{SENTENCE}</p></div>"
    assert seen(hidden) == SENTENCE
    assert seen(f"{hidden}<p>{SENTENCE}</p>") == SENTENCE * 2
    assert seen(f"{hidden}<p>{SENTENCE}再多一句。</p>") == f"{SENTENCE}再多一句。"


def test_what_stands_in_a_script_is_no_sentence_of_the_page() -> None:
    script = f"<script>{SENTENCE * 9}</script>"
    assert seen(f"{script}<div style='display:none'>{SENTENCE}</div>") == SENTENCE


def test_only_what_a_script_will_show_loses_the_style_that_hides_it() -> None:
    found = nodes(f"<div id=a style='display:none'>{SENTENCE}</div><div id=b style='display:none'>二。</div>")
    found.remove_display_none()
    assert "style" not in found.nodes[one(found, "#a")].attributes
    assert "style" in found.nodes[one(found, "#b")].attributes


# --- what a page may cost ---


def test_a_page_of_more_nodes_than_news_have_is_refused() -> None:
    assert len(nodes("<br>" * 19_999).nodes) == 20_000
    with pytest.raises(LayoutChanged, match="20001 nodes, more than a page of news has"):
        nodes("<br>" * 20_000)


def test_a_page_that_nests_deeper_than_news_do_is_refused() -> None:
    assert nodes("<div>" * 100).tags[-1] == "div"
    with pytest.raises(LayoutChanged, match="101 elements deep"):
        nodes("<div>" * 101)


def test_text_weighs_more_the_deeper_it_stands() -> None:
    text = "长" * 100_000
    assert len(nodes(f"{'<div>' * 49}{text}").texts[-1]) == 100_000
    with pytest.raises(LayoutChanged, match="with 5100000 characters, unlike a page of news"):
        nodes(f"{'<div>' * 50}{text}")


def test_a_page_at_the_limits_is_numbered_in_no_time() -> None:
    started = perf_counter()
    found = nodes("<div>" * 90 + f"<p style='display:none'>{SENTENCE}</p>" * 3_500)
    assert found.hidden[-1]
    assert perf_counter() - started < 2

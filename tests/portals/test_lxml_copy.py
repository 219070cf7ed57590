"""The bare copy of a page that libraries get: what is seen, numbered, and nothing that could surprise them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml.html import HtmlElement

from portals.generic.lxml_copy import NUMBER, lxml_copy, number_of
from portals.generic.nodes import Nodes
from portals.page import Page

PIECES = (
    *("<div class=a>", "</div>", "<p id='&#1;b'>", "</p>", "<b>", "</b>", "<custom-tag>", "<svg><g>", "</svg>", "<br>"),
    *("<!-- 注 -->", "<?php x ?>", "<span hidden>", "</span>", "<a title=x href=y>", "</a>", "一，", "&#xb;&#xfffe;"),
)


def nodes(html: str) -> Nodes:
    return Nodes(Page("https://www.example.cn/", html))


def copy(html: str) -> HtmlElement:
    return lxml_copy(nodes(html))


def written(html: str) -> str:
    """The copy as markup, without the numbers and the two elements around it."""
    document = copy(html)
    for element in document.iter():
        element.attrib.pop(NUMBER, None)
    return etree.tostring(document[0], encoding="unicode").removeprefix("<body>").removesuffix("</body>")


def test_the_structure_and_the_words_of_a_page_stay() -> None:
    assert written("<div><p>一<b>二</b>三</p>四</div>") == "<div><p>一<b>二</b>三</p>四</div>"


def test_texts_between_two_elements_are_joined_around_what_is_left_out() -> None:
    assert written("<p>一<!-- 注 -->二<i>三</i>四<script>x</script>五</p>") == "<p>一二<i>三</i>四五</p>"


def test_what_nobody_sees_is_left_out_with_all_that_is_in_it() -> None:
    assert written("<p>一</p><div hidden><p>二</p></div>") == "<p>一</p>"


def test_only_the_class_the_id_and_the_kind_of_item_are_copied() -> None:
    html = '<div class="a" id="b" itemprop="c" onclick="d" style="e" title="f"></div>'
    assert written(html) == '<div class="a" id="b" itemprop="c"/>'


def test_a_long_name_is_cut_and_an_empty_one_left_out() -> None:
    (element,) = copy(f'<p class="{"a" * 999}" id=""></p>').iter("p")
    assert (len(element.get("class")), element.get("id")) == (200, None)


def test_an_element_that_no_library_knows_becomes_a_div() -> None:
    assert written("<custom-tag><p>一</p></custom-tag>") == "<div><p>一</p></div>"


def test_chinese_marks_are_written_as_the_libraries_count_them() -> None:
    assert written("<p>甲，乙、丙；丁：戊。己！庚？（辛）</p>") == "<p>甲,乙,丙,丁,戊.己.庚.（辛）</p>"


def test_what_xml_cannot_hold_is_left_out_of_texts_and_names() -> None:
    assert written("<p id='a&#1;b'>一&#1;二<b></b>三&#xfffe;四</p>") == '<p id="ab">一二<b/>三四</p>'


def test_each_element_leads_back_to_its_node() -> None:
    page = nodes("<div><p>一</p><p class=x>二</p></div>")
    (element,) = lxml_copy(page).find_class("x")
    number = number_of(element)
    assert number is not None
    assert page.visible_text(number) == "二"


def test_an_element_that_a_library_made_leads_nowhere() -> None:
    assert number_of(etree.Element("p")) is None
    assert number_of(copy("<p></p>")) is None


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_page_has_a_copy_with_each_visible_element_once(html: str) -> None:
    page = nodes(html)
    numbers = [number_of(element) for element in lxml_copy(page).iter()]
    assert numbers == [None, *(n for n in range(len(page.nodes)) if page.is_element(n) and not page.hidden[n])]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_a_copy_says_what_is_seen_and_nothing_else(html: str) -> None:
    page = nodes(html)
    said = "".join("".join(lxml_copy(page).itertext()).split())
    assert said == "".join(page.visible_text(0).replace("，", ",").replace("\ufffe", "").split())

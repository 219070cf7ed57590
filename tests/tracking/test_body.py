"""The body of an article: kept byte for byte in the form of the samples, and read as a reader reads it."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tracking.body import Rules, first_image, paragraphs, serialise, shows_something
from tracking.boilerplate import EDITOR_LINE

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
SAMPLES = sorted((SHARED / "samples").glob("*.txt"))
PAGES = sorted((SHARED / "pages").glob("*.html"))
URL = "https://finance.sina.com.cn/china/2026-11-20/doc-ikmxzfmm0000001.shtml"
PLAIN = Rules()


def parsed(html: str) -> LexborNode:
    (node,) = LexborHTMLParser(f"<div id=x>{html}</div>").css("#x")
    return node


def kept(html: str, url: str = URL) -> str:
    return serialise(parsed(html), url)


def seen(html: str, rules: Rules = PLAIN) -> tuple[str, ...]:
    return paragraphs(html, rules)


def body_of(sample: Path) -> str:
    text = sample.read_text("utf-8")
    start, end = text.index("<div>   \n") + len("<div>   \n"), text.rindex("  \n</div>")
    return text[start:end].replace("&#123;", "{").replace("&#125;", "}")


# --- serialise ---


@pytest.mark.skipif(not SAMPLES, reason="the samples are not here")
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_the_body_of_a_sample_comes_out_byte_for_byte(sample: Path) -> None:
    body = body_of(sample)
    on_the_page = body.replace(' referrerpolicy="no-referrer"', "")
    assert kept(f"\n\t\t\t{on_the_page}") == body


def test_leading_white_space_is_cut_and_trailing_is_kept() -> None:
    assert kept("\n\t <p>甲</p>\n \n") == "<p>甲</p>\n \n"


def test_empty_attributes_are_bare() -> None:
    assert kept('<span style="">甲</span><p hidden>乙</p>') == "<span style>甲</span><p hidden>乙</p>"


def test_what_looks_like_an_attribute_in_a_text_stays() -> None:
    assert kept('<p>令 a="" b，src="/x"</p>') == '<p>令 a="" b，src="/x"</p>'


def test_comments_and_inline_styles_stay_as_they_are() -> None:
    html = '<!-- <img src="/a.png" alt=""> --><p style="color: red;">甲</p><style>p > b { a: url(//x) }</style>'
    assert kept(html) == html


def test_a_picture_ends_in_its_referrer_policy_whatever_it_had() -> None:
    assert kept('<img referrerpolicy="origin" src="https://a.cn/1.png" alt="">') == (
        '<img src="https://a.cn/1.png" alt referrerpolicy="no-referrer">'
    )
    assert kept("<img>") == '<img referrerpolicy="no-referrer">'


def test_a_value_that_imitates_an_attribute_is_left_in_peace() -> None:
    html = '<img alt=" referrerpolicy=" title=" src=&quot;//b.cn/2.png" src="https://a.cn/1.png">'
    assert kept(html) == html[:-1] + ' referrerpolicy="no-referrer">'


def test_scripts_go_and_only_they() -> None:
    assert kept("<p>甲</p><script>var a = '<p>乙</p>';</script><p>丙</p>") == "<p>甲</p><p>丙</p>"


def test_a_script_that_holds_an_end_tag_goes_as_a_whole() -> None:
    assert kept("甲<script><!--<script></script>--></script>乙") == "甲乙"


def test_scripts_inside_a_template_or_a_drawing_go_as_well() -> None:
    html = "甲<template><script>1</script></template><svg><script>2</script></svg>乙"
    assert "<script" not in kept(html)


def test_removing_scripts_leaves_the_page_itself_alone() -> None:
    node = parsed("甲<script>1</script>")
    serialise(node, URL)
    assert len(node.css("script")) == 1


@pytest.mark.parametrize(
    ("address", "absolute"),
    [
        ("//n.sinaimg.cn/a.png", "https://n.sinaimg.cn/a.png"),
        ("/a.png", "https://finance.sina.com.cn/a.png"),
        ("./b/a.png", "https://finance.sina.com.cn/china/2026-11-20/b/a.png"),
        ("../../a.png", "https://finance.sina.com.cn/a.png"),
        ("?page=2&amp;x=1", f"{URL}?page=2&amp;x=1"),
        (" //n.sinaimg.cn/a.png ", "https://n.sinaimg.cn/a.png"),
    ],
)
def test_relative_addresses_become_absolute(address: str, absolute: str) -> None:
    assert kept(f'<a href="{address}">甲</a>') == f'<a href="{absolute}">甲</a>'
    assert kept(f'<video poster="{address}"></video>') == f'<video poster="{absolute}"></video>'


@pytest.mark.parametrize(
    "address",
    [
        "https://n.sinaimg.cn/a b.png",
        "HTTP://A.cn/",
        "javascript:;",
        "data:image/png;base64,AAAA",
        "mailto:a@b.cn",
        "#top",
        "//[::1",
        "//",
        "https://[",
        "   ",
    ],
)
def test_other_addresses_and_malformed_ones_stay(address: str) -> None:
    assert kept(f'<a href="{address}">甲</a>') == f'<a href="{address}">甲</a>'


def test_the_frame_gets_an_absolute_address_and_keeps_its_content() -> None:
    html = '<iframe src="//v.cn/1"><img src="/a.png" alt=""></iframe>'
    assert kept(html) == '<iframe src="https://v.cn/1"><img src="/a.png" alt=""></iframe>'


def test_a_greater_than_sign_in_an_attribute_ends_no_tag() -> None:
    assert kept('<p title="a > b" class="">甲</p>') == '<p title="a &gt; b" class>甲</p>'


words = st.text(st.sampled_from("数字人民币 AB\n\t\xa0　<>&\"'={}é𠮷"), max_size=8)
escaped = words.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;"))
addresses = st.sampled_from(["", "/a.png", "//n.cn/a.png", "https://n.cn/?a=1&amp;b=2", "data:,x", "#a", "//["])


def _element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inner = st.lists(children, max_size=4).map("".join)
    blocks = st.tuples(st.sampled_from(["p", "div", "span", "font", "b", "li", "blockquote"]), inner)
    rows = st.lists(inner, max_size=3).map(lambda cells: "".join(f"<td>{cell}</td>" for cell in cells))
    return st.one_of(
        blocks.map(lambda pair: f'<{pair[0]} class="" style="a: b">{pair[1]}</{pair[0]}>'),
        rows.map(lambda row: f"<table><tbody><tr>{row}</tr></tbody></table>"),
        st.tuples(addresses, escaped).map(lambda pair: f'<a href="{pair[0]}">{pair[1]}</a>'),
    )


_leaves = st.one_of(
    escaped,
    addresses.map(lambda address: f'<img src="{address}" alt="">'),
    words.map(lambda text: f"<!--{text.replace('>', '')}-->"),
    st.sampled_from(["<br>", "<style>a > b {}</style>", "<script>if (a < b) {}</script>", "<hr>", "<wbr>"]),
)
bodies = st.lists(st.recursive(_leaves, _element, max_leaves=25), max_size=6).map("".join)


@given(bodies)
@settings(deadline=None)
def test_serialising_twice_changes_nothing(html: str) -> None:
    once = kept(html)
    assert kept(once) == once


@given(bodies)
@settings(deadline=None)
def test_the_page_and_what_is_kept_of_it_read_the_same(html: str) -> None:
    assert seen(kept(html)) == seen(html)


@given(bodies)
@settings(deadline=None)
def test_paragraphs_are_clean_and_hold_every_visible_character(html: str) -> None:
    found = seen(html)
    assert all(text == " ".join(text.split()) != "" for text in found)
    assert "".join("".join(found).split()) == "".join(visible_text(html).split())


def visible_text(html: str) -> str:
    tree = LexborHTMLParser("<body>" + html)
    for node in tree.css("script,style"):
        node.decompose()
    assert tree.body is not None
    return tree.body.text()


@pytest.mark.skipif(not PAGES, reason="the saved pages are not here")
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_whole_real_pages_survive_being_serialised_twice(page: Path) -> None:
    tree = LexborHTMLParser(page.read_bytes())
    assert tree.body is not None
    once = serialise(tree.body, URL)
    again = LexborHTMLParser("<body>" + once)
    assert again.body is not None
    assert serialise(again.body, URL) == once


# --- paragraphs ---


def test_inline_tags_join_what_they_split() -> None:
    html = '<p>深化<span id="s"><a class="keyword">数字人</a></span>民币<font>试点</font></p>'
    assert seen(html) == ("深化数字人民币试点",)


def test_blocks_and_line_breaks_separate() -> None:
    html = "开头<div>一<div>二</div>三</div><p>四<br>五<br><br/>六</p><ul><li>七<li>八</ul><h2>九</h2>十"
    assert seen(html) == ("开头", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


def test_line_ends_of_the_markup_are_blanks_but_not_in_preformatted_text() -> None:
    assert seen("<p>　　甲\n  乙</p>") == ("甲 乙",)
    assert seen("<pre>甲\n乙</pre>") == ("甲", "乙")


def test_nothing_invisible_is_text() -> None:
    html = (
        "<style>a{}</style><script>b</script><noscript>c</noscript><iframe>d</iframe><template>e</template>"
        "<!-- f --><p hidden>g</p><p style='color:red; DISPLAY : none'>h</p><textarea>i</textarea><p>见</p>"
        "<svg><title>j</title><text>k</text></svg><select><option>l</select><?m n?>"
    )
    assert seen(html) == ("见",)


def test_a_style_that_only_sounds_like_hiding_hides_nothing() -> None:
    assert seen('<p style="display:block">甲</p><p style="--x-display:none-such">乙</p>') == ("甲", "乙")


def test_captions_and_what_the_rules_drop_are_not_text() -> None:
    html = '<p>甲<span id="quote_sz1">(1.2)</span></p><figcaption>图</figcaption><i class="ad">乙</i>'
    assert seen(html, Rules(drop=('[id^="quote_"]', ".ad"))) == ("甲",)


def test_a_paragraph_is_skipped_only_when_it_matches_as_a_whole() -> None:
    rules = Rules(skip=(re.compile(r"原标题：.*"), EDITOR_LINE))
    html = "<p>原标题：甲</p><p>本文原标题：乙</p><p>责任编辑：张三 SF014</p><p>编辑 李四</p><p>编辑部说，丙</p>"
    assert seen(html, rules) == ("本文原标题：乙", "编辑部说，丙")


def test_character_references_are_read_once() -> None:
    assert seen("<p>A&amp;B&nbsp;&lt;数字&gt; &amp;lt;b&amp;gt;</p>") == ("A&B <数字> &lt;b&gt;",)


def test_a_row_of_figures_is_one_paragraph() -> None:
    html = (
        "<table><caption>表1</caption><tr><th rowspan=2><p>指标</p></th><th>2025年</th></tr>"
        "<tr><td>增加值<br>（亿元）</td><td><p>50643.2</p></td></tr></table>"
    )
    assert seen(html) == ("表1", "指标 2025年", "增加值 （亿元） 50643.2")


def test_a_table_that_arranges_the_page_keeps_its_paragraphs() -> None:
    html = "<table><tr><td><img src=a></td><td><p>甲</p><p>乙</p></td></tr><tr><td><p>丙</p>丁</td></tr></table>"
    assert seen(html) == ("甲", "乙", "丙", "丁")


def test_tables_inside_tables_are_read_row_by_row() -> None:
    inner = "<table><tr><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr></table>"
    assert seen(f"<table><tr><td>左</td><td>{inner}</td></tr></table>") == ("左", "a 1", "b 2")


def test_broken_tags_hide_no_text() -> None:
    assert seen("<span<p>甲</p>乙") == ("甲", "乙")
    assert seen("<p <!-- 丙 --> class=a>甲</p><p>乙</p><!-- 丁 -->") == ("class=a>甲", "乙")
    assert kept("<x<img>甲</x<img>") == "<x<img>甲</x<img>"


def test_markup_that_never_ends_is_still_read() -> None:
    assert seen("<p>甲<b>乙<table><tr><td>丙") == ("甲乙", "丙")
    assert seen("<p>甲<!-- 乙") == ("甲",)
    assert seen("</div></body>甲") == ("甲",)
    assert seen("<frameset><p>甲") == ("甲",)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 10_000 + "文",
        "<span>" * 10_000 + "文",
        "<table><tr><td>" * 3_000 + "文",
        '<p style="display:none">' * 5_000 + "</p>" * 5_000 + "文",
        '<div class="ad">' * 5_000 + "</div>" * 5_000 + "文",
        "<!--" + "-" * 100_000 + "<p>" * 5 + "-->文",
        "<" * 100_000 + "文",
        "文" + "<tr" * 30_000,
    ],
    ids=["div", "span", "table", "hidden", "dropped", "comment", "less than", "tr"],
)
def test_hostile_depth_and_length_are_read_in_time(html: str) -> None:
    began = time.process_time()
    text = seen(html, Rules(drop=(".ad",)))
    assert "文" in "".join(text)
    assert "文" in kept(html)
    assert time.process_time() - began < 5


# --- pictures ---


def test_the_first_picture_outside_comments_is_the_image() -> None:
    html = '<!-- <img src="/0.png"> --><img alt=""><img src="data:image/gif;base64,R0"><img src="//n.cn/1.png">'
    assert first_image(html, URL) == "https://n.cn/1.png"


def test_a_body_without_a_fetchable_picture_has_no_image() -> None:
    assert first_image('<p>甲</p><img src="">', URL) is None
    assert first_image('<img src="/1.png">', None) is None
    assert first_image("<p>&lt;img src=https://a.cn/1.png&gt;</p>", URL) is None


def test_a_body_without_text_may_still_show_a_picture_or_a_player_of_its_own() -> None:
    rules = Rules(drop=(".footer",), players=(".player",))
    footer = '<div class="footer"><img src="https://a.cn/qr.png"></div>'
    assert not shows_something(footer, rules)
    assert shows_something(footer + '<p><img src="https://a.cn/1.png"></p>', rules)
    assert shows_something(footer + '<div class="player">加载中</div>', rules)
    assert not paragraphs('<div class="player">加载中</div>', rules)

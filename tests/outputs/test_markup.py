"""The body of an article on somebody else's page: nothing in it runs, frames, hides or tells where it stands."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from output_builders import article
from selectolax.lexbor import LexborHTMLParser

from outputs.markup import safe_body
from tracking.article import Content

_HARMFUL = (
    *("<script>", "</script>", "<svg onload=x>", "<img src=x onerror=y>", "<iframe src=z>", "<style>", "</style>"),
    *("<a href='javascript:x'>", "<a href='//own.example/1'>", "<p style='display:none'>", "<div hidden>", "</div>"),
    *("<!--", "-->", "<![CDATA[", "]]>", "<noscript>", "<math>", "<table>", "<td>", "<", '"', "'", "&lt;", "文。"),
)


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<style>p{color:red}</style>",
        "<iframe src='https://evil.example'></iframe>",
        "<object data=x></object><embed src=x>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<form action='https://evil.example'><input name=a><button>b</button></form>",
        "<div style='display:none'>x<p style='display:none'>y</p></div>",
        "<div hidden>x<b hidden>y</b></div>",
        "<p style='VISIBILITY : Hidden'>x</p>",
        "<!-- secret -->",
        "<noscript><p>x</p></noscript><template><p>x</p></template>",
        "<base href='https://evil.example'><meta http-equiv=refresh content=0><link rel=stylesheet href=x>",
    ],
)
def test_what_runs_frames_styles_or_hides_is_gone_with_all_that_is_in_it(body: str) -> None:
    assert safe_body(article(body=f"<p>一</p>{body}<p>二</p>")) == "<p>一</p><p>二</p>"


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("<p style='color:red' onclick='x()' class=c id=i>一</p>", "<p>一</p>"),
        (
            "<img src='https://a.example/b.png' onerror=x alt=图>",
            '<img src="https://a.example/b.png" alt="图"',
        ),
        ("<img src='data:image/png;base64,AA'>", "<img referrerpolicy"),
        ("<a href='javascript:alert(1)'>x</a>", '<a rel="noopener noreferrer">x</a>'),
        ("<a href=' jAva\tscript:alert(1)'>x</a>", '<a rel="noopener noreferrer">x</a>'),
        ("<a href='ftp://a.example/x'>x</a>", '<a rel="noopener noreferrer">x</a>'),
        ("<a href='/relative'>x</a>", '<a rel="noopener noreferrer">x</a>'),
        ("<a href='https://a.example/?b=1&c=2'>x</a>", '<a href="https://a.example/?b=1&amp;c=2" rel'),
        ("<a href='mailto:a@b.example'>x</a>", '<a href="mailto:a@b.example" rel'),
        ("<table><tr><td rowspan=2>1</td></tr></table>", '<table><tbody><tr><td rowspan="2">1'),
        ("]]> &lt;script&gt;", "]]&gt; &lt;script&gt;"),
        ("<font>他说“可以”</font>", "他说“可以”"),
        ("一</body></html><p>二", "一<p>二</p>"),
    ],
)
def test_the_rest_of_a_body_stays_and_loses_what_is_dangerous(body: str, kept: str) -> None:
    assert safe_body(article(body=body)).startswith(kept)


def test_pictures_are_fetched_without_saying_from_where() -> None:
    assert 'referrerpolicy="no-referrer"' in safe_body(article(body="<img src='https://a.example/b.png'>"))


@pytest.mark.parametrize("piece", ["<div>", "<ul><li>", "<p style='display:none'>", "<table><tr><td>", "<a href=x>"])
def test_a_body_nested_beyond_reason_is_shown_as_its_paragraphs_and_in_no_time(piece: str) -> None:
    started = perf_counter()
    deep = article(content=Content("题", ("一 < 二", "三")), body=piece * 50_000)
    assert safe_body(deep) == "<p>一 &lt; 二</p><p>三</p>"
    assert perf_counter() - started < 3


def test_a_long_body_is_not_a_deep_one() -> None:
    assert safe_body(article(body="<p>一<br><img></p>" * 2_000)).count("<p>") == 2_000


def test_what_hides_by_another_style_stays() -> None:
    body = "<p style='display : block'>一</p><p style='visibility:visible'>二</p><p hiddenness=1>三</p>"
    assert safe_body(article(body=body)) == "<p>一</p><p>二</p><p>三</p>"


def test_depth_is_counted_by_what_is_open_at_a_time() -> None:
    deep = "<div>" * 500 + "文" + "</div>" * 500
    assert "<div>" in safe_body(article(body=deep * 2))
    assert "<div>" not in safe_body(article(body=f"<div>{deep}</div>"))


@given(st.lists(st.sampled_from(_HARMFUL), max_size=12).map("".join))
def test_no_body_brings_anything_along_that_runs_or_that_is_fetched_from_here(body: str) -> None:
    tree = LexborHTMLParser(f"<body>{safe_body(article(body=body))}")
    assert not tree.css("script,style,svg,math,iframe,noscript,template,[hidden],[style]")
    names = {name for node in tree.css("*") for name in node.attributes}
    assert not [name for name in names if name.startswith("on")]
    addresses = [node.attributes.get(name) for name in ("href", "src") for node in tree.css(f"[{name}]")]
    assert all(str(address).startswith(("http:", "https:", "mailto:")) for address in addresses)


@given(st.lists(st.sampled_from(_HARMFUL), max_size=12).map("".join))
def test_what_was_made_harmless_stays_as_it_is(body: str) -> None:
    once = safe_body(article(body=body))
    assert safe_body(article(body=once)) == once

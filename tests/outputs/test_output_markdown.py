"""The Markdown digest, read back by a Markdown parser."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from output_builders import ADDRESS, MORNING, complete, entry, mention

from outputs.markdown import escaped, render
from outputs.plain import safe
from tracking.events import (
    ArticleEdited,
    ArticleNew,
    ArticleWithdrawn,
    Entry,
    MentionDropped,
    MentionNew,
    PortalGap,
    PortalState,
)

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def rendered(entries: Iterable[Entry] = (), *states: PortalState) -> str:
    return "\n".join(render(entries, states or [complete()]))


def inline(text: str) -> list[Token]:
    return [child for token in PARSER.parse(text) for child in token.children or [] if child.content or child.attrs]


def test_a_digest_goes_from_programmes_to_articles_to_sentences() -> None:
    benchmark = MentionNew("benchmark", "建设标杆城市。")
    entries = [
        entry(1, ArticleNew(), 1),
        mention(2, 1),
        mention(3, 1, benchmark, programme_name="全球数字经济标杆城市"),
        entry(4, ArticleEdited(), 2, version=2),
        entry(5, MentionDropped("ecny"), 2, programme_name="数字人民币"),
        entry(6, ArticleWithdrawn(), 3, url=None),
        entry(7, PortalGap(5), None, portal="nbd"),
    ]
    published = "sina · published 2026-11-20 16:30 Beijing time"
    assert rendered(entries, PortalState("nbd", MORNING, False, 5.0)) == "\n".join(
        [
            *("# What is new", ""),
            *("## 数字人民币", ""),
            *(f"### [第1篇]({ADDRESS})", "", f"{published} · article 1 · new, seen 2026-11-21 11:20", ""),
            *("> 数字人民币试点扩大到更多城市。", ""),
            f"### [第2篇]({ADDRESS})",
            *("", f"{published} · article 2 · edited, seen 2026-11-21 11:20 (version 2)", ""),
            *("*No longer mentions 数字人民币.*", ""),
            *("## 全球数字经济标杆城市", ""),
            *(f"### [第1篇]({ADDRESS})", "", f"{published} · article 1 · new, seen 2026-11-21 11:20", ""),
            *("> 建设标杆城市。", ""),
            *("## Other changes", ""),
            *("### 第3篇", "", f"{published} · article 3 · taken down, confirmed 2026-11-21 11:20", ""),
            *("## Portals", "", "- nbd: possible gap of 5 hours, found 2026-11-21 11:20", ""),
            *("*News may have been missed:*", "", "- nbd: possible gap of 5 hours"),
        ]
    )


def test_silence_is_as_honest_as_on_the_terminal() -> None:
    assert "*Nothing new as of 2026-11-21 11:20" in rendered()
    assert "Nothing new" not in rendered([], PortalState("cs", MORNING, False, 5.0))
    assert "- cs: possible gap of 5 hours" in rendered([], PortalState("cs", MORNING, False, 5.0))


TRICKY = [
    "[link](https://evil.example)",
    "![image](https://evil.example/a.png)",
    "<script>alert(1)</script>",
    "<https://evil.example>",
    "`code` **bold** _under_ ~~gone~~",
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "2) item",
    "> quote",
    "---",
    "===",
    "***",
    "a | b",
    "&lt;b&gt; &copy; &#60;",
    "back\\slash\\",
    "](https://evil.example)",
    "[a]: https://evil.example",
    "```",
    "    indented",
    "数字\n\n# 人民币",
    "100% 1-6月 3.5（试点）",
]


@pytest.mark.parametrize("text", TRICKY)
def test_hostile_text_is_shown_as_it_is(text: str) -> None:
    for line in (escaped(text), f"> {escaped(text)}", f"### {escaped(text)}", f"- {escaped(text)}"):
        assert "".join(token.content for token in inline(line)) == safe(text)
        assert {token.type for token in inline(line)} <= {"text", "text_special"}


@settings(database=None, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(TRICKY), st.text(max_size=4)), max_size=4).map("".join))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    shown = inline(f"> {escaped(text)}")
    assert "".join(token.content for token in shown) == safe(text)
    assert {token.type for token in shown} <= {"text", "text_special"}


@pytest.mark.parametrize("bare", ["https://evil.example", "www.evil.example", "HTTP://evil.example"])
def test_bare_addresses_in_a_text_do_not_become_links(bare: str) -> None:
    assert "\\" in escaped(bare)
    assert "".join(token.content for token in inline(escaped(bare))) == bare


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://a.example/x?a=1&b=2", "https://a.example/x?a=1&b=2"),
        ("https://a.example/x_(y)_z", "https://a.example/x_%28y%29_z"),
        ("https://a.example/a b<c>[d]`e`\\f", "https://a.example/a%20b%3Cc%3E%5Bd%5D%60e%60%5Cf"),
        ("https://a.example/?x=&lt;b&gt;", "https://a.example/?x=&lt;b&gt;"),
        ("https://a.example/) **evil** [x](https://evil.example", None),
        ("https://a.example/*a*_b_", "https://a.example/*a*_b_"),
    ],
)
def test_an_address_stays_within_its_link(url: str, target: str | None) -> None:
    lines = rendered([mention(1, url=url, title="[题](x)")]).split("\n")
    tokens = [t for line in lines if line.startswith("###") for t in inline(line)]
    links = [t for t in tokens if t.type == "link_open"]
    assert len(links) == 1
    assert str(links[0].attrs["href"]).startswith("https://a.example/")
    assert target is None or links[0].attrs["href"] == target
    assert "".join(t.content for t in tokens) == "[题](x)"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", " https://a.example", "//a.example"])
def test_an_address_that_is_no_web_address_is_no_link(url: str) -> None:
    assert "### 第17篇\n" in rendered([mention(1, url=url)])

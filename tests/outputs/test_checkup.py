"""What `doctor` says of a portal: each field, what is missing, and nothing that steers a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from outputs.checkup import Checkup, render
from tracking.article import Article, Categories, Content, Listing

AT = datetime(2026, 11, 20, 0, 5, tzinfo=UTC)
URL = "https://finance.sina.com.cn/china/2026-11-20/doc-i1.shtml"
ARTICLE = Article(
    portal="sina",
    key="1",
    url=URL,
    categories=Categories("金融", "新浪财经", "国内"),
    content=Content("港口扩容", ("第一段。", "末段。")),
    author="某社",
    published_at=AT,
    body="<p>第一段。</p><p>末段。</p>",
    image=None,
)
GOOD = Checkup("sina", "新浪财经", "https://list.cn/1", 48, Listing("sina", "1", URL, "港口扩容", AT), ARTICLE, (), ())


def rendered(found: Checkup) -> list[str]:
    return list(render(found))


def test_a_portal_that_reads_shows_each_field() -> None:
    assert GOOD.reads
    assert rendered(GOOD) == [
        "sina  新浪财经: reads",
        "    list      https://list.cn/1: 48 articles",
        f"    address   {URL}",
        "    title     港口扩容",
        "    time      2026-11-20 08:05 (list: 2026-11-20 08:05)",
        "    author    某社",
        "    picture   -",
        "    text      2 paragraphs, 7 characters",
        "    first     第一段。",
        "    last      末段。",
    ]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"published_at": None}, "time"),
        ({"content": Content("", ("文。",))}, "title"),
        ({"content": Content("题", ())}, "text"),
    ],
)
def test_a_field_that_does_not_read_is_named(changes: dict[str, object], name: str) -> None:
    found = replace(GOOD, article=replace(ARTICLE, **changes))
    assert not found.reads
    assert f"    problem   {name} does not read" in rendered(found)


def test_an_article_of_pictures_alone_has_something_to_read() -> None:
    assert replace(GOOD, article=replace(ARTICLE, content=Content("题", ()), image="https://x.cn/1.jpg")).reads


def test_another_title_in_the_list_is_shown_beside() -> None:
    found = replace(GOOD, listing=Listing("sina", "1", URL, "港口要扩容", None))
    assert "    title     港口扩容 (list: 港口要扩容)" in rendered(found)
    assert "    time      2026-11-20 08:05 (list: -)" in rendered(found)


def test_problems_and_guesses_are_told() -> None:
    found = replace(
        GOOD, article=None, listing=None, problems=("blocked: https://list.cn/1: HTTP 403",), guesses=("body",)
    )
    assert rendered(found) == [
        "sina  新浪财经: DOES NOT READ",
        "    list      https://list.cn/1: 48 articles",
        "    problem   blocked: https://list.cn/1: HTTP 403",
        "    guess     body: nobody has seen such a page yet",
    ]


def test_nothing_of_a_page_steers_the_terminal() -> None:
    bad = "\x1b[31m题\u202e\n行"
    found = replace(GOOD, article=replace(ARTICLE, content=Content(bad, (bad,)), author=bad), problems=(bad,))
    assert not [line for line in rendered(found) if not line.isprintable()]

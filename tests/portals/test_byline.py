"""Times and authors of pages without a portal: what the page shows, held against what it declares."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from generic_pages import FIRST, TEXT, TITLE, article, page, read, time_of

TITLED = f"<title>{TITLE}_某某网</title>"


def declaring(metas: str, byline: str = "来源：海桥日报") -> str:
    return article(byline=byline, head=TITLED + metas)


@pytest.mark.parametrize(
    "byline",
    [
        "2026-11-20 09:30:15",
        "2026年11月20日09:30:15 来源：海桥日报",
        "发布时间：2026/11/20 09:30:15",
        "2026.11.20 09:30:15 字号：大 中 小",
        "更新时间：2026-11-20 10:45:00 发布时间：2026-11-20 09:30:15",
        "<span>2026-11-20</span> <span>09:30:15</span>",
        "<div>2026</div><div>11/20</div><div>09:30:15</div>",
    ],
)
def test_the_time_that_a_page_shows_is_read_with_its_seconds(byline: str) -> None:
    assert time_of(article(byline=byline)) == "2026-11-20 09:30:15"


@pytest.mark.parametrize(
    "meta",
    [
        '<meta property="article:published_time" content="2026-11-20T09:30:15+08:00">',
        '<meta name="og:time " content="2026-11-20 09:30:15">',
        '<meta name="PubDate" content="2026-11-20 09:30:15">',
        '<meta name="publishdate" content="2026年11月20日09:30:15">',
        '<meta itemprop="datePublished" content="2026-11-20T01:30:15Z">',
        '<script type="application/ld+json">{"datePublished": "2026-11-20T09:30:15+08:00"}</script>',
        '<script type="application/ld+json">{"@graph": [{"pubDate": "2026-11-20T09:30:15"}]}</script>',
        "<script>var publishdate = '2026-11-20 09:30:15';</script>",
        '<script>window.DATA = {"pubtime": "2026-11-20 09:30:15"}</script>',
    ],
)
def test_the_time_that_a_page_declares_is_read(meta: str) -> None:
    assert time_of(declaring(meta)) == "2026-11-20 09:30:15"
    assert time_of(declaring(meta, byline="2026-11-20 09:30")) == "2026-11-20 09:30:15"


def test_what_is_shown_is_believed_rather_than_what_is_declared() -> None:
    republished = '<meta property="article:published_time" content="2026-11-20T12:00:51+08:00">'
    assert time_of(declaring(republished, byline="2026-11-20 09:30")) == "2026-11-20 09:30:00"


def test_a_declared_time_whose_clock_is_shown_is_believed_before_others() -> None:
    metas = '<meta name="apub:time" content="2026-11-20 12:00:50"><meta name="pubtime" content="2026-11-20 09:30:26">'
    assert time_of(declaring(metas, byline="11/20 09:30")) == "2026-11-20 09:30:26"


def test_a_day_alone_gives_way_to_a_time() -> None:
    day = '<meta name="publishdate" content="2026-11-20">'
    assert time_of(declaring(day, byline="2026年11月20日 09:30")) == "2026-11-20 09:30:00"
    assert time_of(declaring('<meta name="PubDate" content="2026-11-20 00:00:00">')) == "2026-11-20 00:00:00"
    assert time_of(declaring(day)) == "2026-11-20 00:00:00"
    assert time_of(article(byline="2026年11月20日")) == "2026-11-20 00:00:00"


def test_a_time_without_a_year_is_seen_from_when_it_was_fetched() -> None:
    assert time_of(article(byline="11-20 09:30 海桥日报")) == "2026-11-20 09:30:00"
    assert time_of(article(byline="3小时前")) == "2026-11-21 09:00:00"
    assert read(article(byline="11-20 09:30 海桥日报"), at=None).published_at is None


def test_times_of_other_articles_are_none_of_this_one() -> None:
    assert time_of(article(byline="来源：海桥日报")) is None


def test_times_in_the_text_are_no_times_of_the_article() -> None:
    body = f"<p>{FIRST}</p><p>去年的账本2025年11月20日 08:00公布，比今年早了两个小时。</p>{TEXT}"
    assert time_of(article(body, byline="来源：海桥日报")) is None


@pytest.mark.parametrize("wrong", ["2099-11-20 09:30", "1970-01-01 08:00", "2026-13-40 09:30", "0001-01-01 00:01"])
def test_impossible_times_are_passed_over(wrong: str) -> None:
    assert time_of(declaring(f'<meta name="pubdate" content="{wrong}">')) is None
    assert (
        time_of(declaring(f'<meta name="pubdate" content="{wrong}">', byline="2026-11-20 09:30"))
        == "2026-11-20 09:30:00"
    )


def test_a_time_before_the_title_counts_as_well() -> None:
    main = f'<div class="time">2026-11-20 09:30</div><h1>{TITLE}</h1><div class="content">{TEXT}</div>'
    assert time_of(page(main)) == "2026-11-20 09:30:00"


def test_a_labelled_time_counts_wherever_it_stands() -> None:
    assert time_of(article(f"{TEXT}<p>发布时间：2026-11-20 09:30</p>", byline="海桥日报")) == "2026-11-20 09:30:00"


def test_times_are_utc() -> None:
    assert read(article()).published_at == datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


# --- authors ---


@pytest.mark.parametrize(
    ("byline", "metas", "author"),
    [
        ("作者：沈某某 来源：海桥日报", "", "沈某某"),
        ("2026-11-20 09:30 来源：海桥日报 责任编辑：柳某", "", "海桥日报"),
        ("来源： <a href='/'>海桥日报</a> 参与互动", "", "海桥日报"),
        ("2026-11-20 09:30", '<meta name="author" content="海桥日报">', "海桥日报"),
        (
            "2026-11-20 09:30",
            '<meta name="author" content="104363"><meta name="source" content="来源：海桥日报">',
            "海桥日报",
        ),
        ("2026-11-20 09:30", '<meta name="author" content="name, email@example.cn">', None),
        ("2026-11-20 09:30", '<script type="application/ld+json">{"author": [{"name": "沈某某"}]}</script>', "沈某某"),
        ("2026-11-20 09:30", '<script type="application/ld+json">{"author": 7}</script>', None),
        ("2026-11-20 09:30", "", None),
    ],
)
def test_the_author_is_who_is_named_or_else_where_it_is_from(byline: str, metas: str, author: str | None) -> None:
    assert read(declaring(metas, byline=byline)).author == author

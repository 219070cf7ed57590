"""Titles of pages without a portal: the heading that the page itself agrees with."""

from __future__ import annotations

import pytest
from generic_pages import TEXT, TITLE, page, read

from portals.generic.title import without_site


def title(headings: str, head: str) -> str:
    return read(page(f"{headings}<div class=content>{TEXT}</div>", head)).title


@pytest.mark.parametrize(
    "declared",
    [
        f"<title>{TITLE}</title>",
        f"<title>{TITLE}_数据频道_某某网</title>",
        f"<title>{TITLE}-要闻-某某网</title>",
        f"<title>{TITLE} - 某某网 - 看见数据</title>",
        f"<title>{TITLE}--经济·科技--某某网 </title>",
        f"<title>{TITLE}|账本|数据_某某新闻</title>",
        f"<title>\n{TITLE}-某某网\n</title>",
        f"<title>某某网：{TITLE}</title>",
        f'<title>某某网</title><meta property="og:title" content="{TITLE}">',
        f'<title>某某网</title><meta name="ArticleTitle" content="{TITLE}">',
        f'<title>{TITLE}_某某网</title><meta property="og:title" content="三座城市公布">',
    ],
)
def test_the_heading_that_the_page_declares_is_the_title(declared: str) -> None:
    others = '<h1 class="logo">某某网</h1><h2>点击排行</h2>'
    assert title(f"{others}<h1>{TITLE}</h1>", declared) == TITLE
    assert title(f"{others}<h2>{TITLE}</h2>", declared) == TITLE
    assert title(f'{others}<div class="h-title"> {TITLE} </div>', declared) == TITLE


def test_a_heading_is_believed_rather_than_a_shortened_title() -> None:
    assert title(f"<h1>{TITLE}</h1>", "<title>三座城市公布数字经济账本_某某网</title>") == TITLE
    assert title(f"<h2>{TITLE}</h2>", "<title>三座城市公布数字经济账本…</title>") == TITLE


def test_a_heading_that_was_changed_later_is_believed() -> None:
    assert title(f"<h1>{TITLE}</h1>", f"<title>{TITLE.replace('首批', '四十二个')}_某某网</title>") == TITLE


def test_a_heading_that_names_the_site_is_no_title() -> None:
    declared = "<title>账本今日公布_通知公告_某某市数据管理局</title>"
    assert title("<h1>某某市数据管理局</h1><div>账本今日公布</div>", declared) == "账本今日公布"


def test_a_declared_title_serves_where_no_heading_shows_it() -> None:
    assert title("<h2>点击排行</h2>", f"<title>{TITLE}_某某网</title>") == TITLE


def test_a_heading_serves_where_the_page_declares_only_its_site() -> None:
    assert title(f"<h1>{TITLE}</h1>", "<title>某某网</title>") == TITLE
    assert title(f"<h1>{TITLE}</h1>", "") == TITLE


def test_blanks_inside_a_title_stay() -> None:
    assert (
        title("<h1>三座城市　公布  数字经济账本</h1>", "<title>三座城市　公布  数字经济账本_某某网</title>")
        == "三座城市　公布  数字经济账本"
    )


@pytest.mark.parametrize(
    ("declared", "alone"),
    [
        ("账本今日公布_某某网", "账本今日公布"),
        ("账本今日公布 | 某某日报", "账本今日公布"),
        ("账本今日公布-某某网", "账本今日公布"),
        ("账本今日公布-国家某某委员会", "账本今日公布"),
        ("账本今日公布_数据频道_某某网", "账本今日公布"),
        ("账本今日公布-某某参考网 _ 某某社《某某参考报》官方网站", "账本今日公布"),
        ("数字账本-三城的第一年", "数字账本-三城的第一年"),
        ("专访丨数据局长：账本要人人看得懂", "专访丨数据局长：账本要人人看得懂"),
        ("A-B", "A-B"),
        ("", ""),
    ],
)
def test_the_names_behind_a_title_are_cut(declared: str, alone: str) -> None:
    assert without_site(declared) == alone

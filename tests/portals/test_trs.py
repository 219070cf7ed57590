"""Sites of the TRS system: rows, the date in an address, the time and the source of an article."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from portals.cms import trs
from portals.page import LayoutChanged, Page
from portals.portal import ListPosition
from tracking.article import Categories, Listing
from tracking.body import Rules

LIST = "https://x.gov.cn/tz/"
URL = "https://x.gov.cn/tz/202611/t20261120_1.html"
ARTICLE = "./202611/t20261120_1.html"


class Bureau(trs.Trs):
    name = "bureau"
    categories = Categories("政策", "某局", "通知")
    hosts = ("x.gov.cn",)
    lists = (LIST,)
    article_address = re.compile(r"https://x\.gov\.cn/tz/\d{6}/(?P<key>t\d{8}_\d+)(?:_\d+)?\.html(?=\?|$)", re.ASCII)
    columns = ("ul.new", "ul.old")
    titles = ("h1",)
    times = (".time",)
    sources = (".source",)
    bodies = (".TRS_Editor", ".text")
    rules = Rules()


BUREAU = Bureau()


def rows(html: str) -> list[Listing | None]:
    page = Page(LIST, html)
    return [BUREAU.listing(row, page) for row in BUREAU.rows(page)]


def test_a_row_has_a_title_and_a_day_beside_it_or_in_its_address() -> None:
    (dated, undated, none) = rows(
        f"<ul class=old><li><a href='javascript:;'>x</a><a href='{ARTICLE}'>甲</a><b>有效</b>"
        "<span>2026-11-21</span></li>"
        f"<li><a href='{ARTICLE}?a=1'>乙</a></li><li><a href='/map'>地图</a></li></ul>"
    )
    assert dated == Listing("bureau", "t20261120_1", URL, "甲", datetime(2026, 11, 20, 16, tzinfo=UTC))
    assert undated == Listing("bureau", "t20261120_1", URL, "乙", datetime(2026, 11, 19, 16, tzinfo=UTC))
    assert none is None


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<p>维护中</p>", "no list of articles"),
        ("<ul class=new><li>只有文字</li></ul>", "a row without a link"),
        (f"<ul class=new><li><a href='{ARTICLE}'></a></li></ul>", "has no title"),
    ],
)
def test_another_list_is_a_changed_layout(html: str, reason: str) -> None:
    with pytest.raises(LayoutChanged, match=reason):
        rows(html)


def test_a_column_ends_where_its_script_says() -> None:
    page = Page(LIST, 'createPageHTML(3, 0, "index", "html")')
    found = [BUREAU.next_address(ListPosition(LIST, number), page) for number in (1, 2, 3)]
    assert found == [f"{LIST}index_1.html", f"{LIST}index_2.html", None]


def test_an_article_says_of_itself_what_it_is() -> None:
    html = (
        "<meta name=PubDate content='2026-11-20 08:05:002026-11-20 08:05:00'><h1>标题</h1>"
        "<p class=source>来源：某报</p><div class=TRS_Editor><div class=TRS_Editor><p>正文。</p></div></div>"
    )
    reading = BUREAU.extract(Page(URL, html))
    assert (reading.title, reading.author, str(reading.published_at)) == ("标题", "某报", "2026-11-20 00:05:00+00:00")
    with pytest.raises(LayoutChanged, match="2 nodes match"):
        trs.only_body(Page(LIST, "<p class=text></p><p class=text></p>"), (".none", ".text"))

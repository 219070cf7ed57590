"""The pages of a list: its rows, its next page, and lists whose rows stand elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from scrapy.http import HtmlResponse, Request, Response

from crawler.article_pages import ArticlePages
from crawler.frontier import MemoryFrontier, NextSteps
from crawler.list_pages import ListPages
from portals.page import Page
from portals.portal import ListPosition, ListSource
from tests.crawler.small_site import NOW, URL, Tiny
from tracking.article import Listing
from tracking.observation import Failed, FailureKind

LIST = Tiny.lists[0]


class TwoPages(MemoryFrontier):
    """Lets every row wait, and reads two pages of each list."""

    def add_page(self, list_: str, number: int, listings: Sequence[Listing], *, ended: bool) -> NextSteps:
        self.listed += listings
        return NextSteps(tuple(listings), go_on=number < 2 and not ended)


class Indexed(Tiny):
    """A portal whose list names two files for each of two series."""

    def list_sources(self, page: Page) -> tuple[ListSource, ...]:
        return (ListSource(("https://tiny.cn/a1", "https://tiny.cn/a2")), ListSource(("https://tiny.cn/b1",), "b"))

    def next_address(self, position: ListPosition, page: Page) -> str | None:
        return next(iter(position.ahead), None)


def parse(response: Response, position: ListPosition, referer: str | None = None, portal: Any = None) -> list[Any]:
    session = TwoPages().session(NOW)
    portal = portal or Tiny()
    return list(ListPages(portal, session, ArticlePages(portal, session)).parse(response, position, referer))


def rows(*keys: str, page: int = 1) -> list[Any]:
    body = '{"rows": [' + ", ".join(f'{{"key": {key}}}' for key in keys) + "]}"
    response = HtmlResponse(f"https://tiny.cn/list/{page}", body=body.encode())
    return parse(response, ListPosition(LIST, page))


def test_a_list_gives_its_articles_and_its_next_page() -> None:
    found = list(rows('"1"', '"2"', '"1"'))
    assert [request.url for request in found] == [URL, "https://tiny.cn/a/2.html", "https://tiny.cn/list/2"]


def test_a_broken_row_and_one_with_an_endless_key_are_failures_and_the_others_are_read() -> None:
    found = list(rows("7", '"' + "k" * 300 + '"', '"1"', page=2))
    assert [type(one) for one in found] == [Failed, Failed, Request]


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (Response("https://tiny.cn/list/1", status=404), FailureKind.LAYOUT),
        (HtmlResponse("https://tiny.cn/list/1", body=b'{"rows": []}'), FailureKind.EMPTY),
        (HtmlResponse("https://tiny.cn/list/1", body=b'{"rows": [7, 8]}'), FailureKind.LAYOUT),
        (HtmlResponse("https://tiny.cn/list/1", body="请完成安全验证".encode()), FailureKind.BLOCKED),
    ],
)
def test_a_list_that_cannot_be_read_is_a_failure_of_its_kind(response: Response, kind: FailureKind) -> None:
    frontier = MemoryFrontier()
    session = frontier.session(NOW)
    list(ListPages(Tiny(), session, ArticlePages(Tiny(), session)).parse(response, ListPosition(LIST)))
    assert [(problem.list_, problem.failure_kind) for problem in frontier.problems] == [(LIST, kind)]


def test_a_later_page_that_is_not_there_is_the_end_of_the_list() -> None:
    assert parse(Response("https://tiny.cn/list/2", status=404), ListPosition(LIST, 2)) == []


def test_a_list_whose_rows_stand_elsewhere_is_read_there_each_series_as_a_list_of_its_own() -> None:
    index = Response("https://tiny.cn/index")
    found = parse(index, ListPosition(LIST), portal=Indexed())
    assert [(request.url, request.cb_kwargs["position"]) for request in found] == [
        ("https://tiny.cn/a1", ListPosition(LIST, 1, ("https://tiny.cn/a2",))),
        ("https://tiny.cn/b1", ListPosition("b", 1, ())),
    ]
    assert [request.headers["Referer"] for request in found] == [b"https://tiny.cn/index"] * 2


def test_the_pages_that_are_known_beforehand_follow_each_other() -> None:
    body = HtmlResponse("https://tiny.cn/a1", body=b'{"rows": [{"key": "1"}]}')
    position = ListPosition(LIST, 1, ("https://tiny.cn/a2", "https://tiny.cn/a3"))
    article, following = parse(body, position, "https://tiny.cn/index", Indexed())
    assert (article.url, following.url) == (URL, "https://tiny.cn/a2")
    assert following.cb_kwargs["position"] == ListPosition(LIST, 2, ("https://tiny.cn/a3",))
    assert following.headers["Referer"] == b"https://tiny.cn/index"

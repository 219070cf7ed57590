"""The plumbing that every portal has: pages of one article, "not modified", times, keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.http import HtmlResponse, Request, Response

from crawler.page import Page
from crawler.portal import Portal, Reading
from crawler.visits import Remembered, Visit
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.dates import beijing
from tracking.sightings import Failed, Gone, Seen, Trouble, Unchanged, Validator

URL = "https://tiny.cn/a/1.html"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
SECOND = "https://tiny.cn/a/1_2.html"
LISTING = Listing("tiny", "1", URL, "题", datetime(2026, 11, 20, 1, 2, 33, tzinfo=UTC))


class Nothing:
    """A memory of nothing that lets every row wait."""

    def remember(self, list_: str, number: int, listings: Sequence[Listing], *, ended: bool) -> Remembered:
        return Remembered(tuple(listings), go_on=number < 2 and not ended)

    def fail_list(self, list_: str, reason: str, trouble: Trouble) -> None:
        raise AssertionError(reason)

    def waiting(self) -> Iterable[Listing]:
        return ()

    def due(self) -> Iterable[Visit]:
        return ()


class Tiny(Portal):
    name = "tiny"
    categories = Categories("金融", "小站", "要闻")
    hosts = ("tiny.cn",)
    lists = ("https://tiny.cn/list/{page}",)
    article_address = re.compile(r"https://tiny\.cn/a/(?P<key>\w+?)(?:_\d+)?\.html")
    rules = Rules(drop=(), skip=())

    def rows(self, page: Page) -> Sequence[Any]:
        return page.field(page.json(), "rows", list)

    def listing(self, row: Any, page: Page) -> Listing | None:
        key = page.field(row, "key", str)
        return Listing(self.name, key, f"https://tiny.cn/a/{key}.html", key, None)

    def extract(self, page: Page) -> Reading:
        time = page.meta("time")
        return Reading(page.text("h1"), page.one("#body"), None, beijing(time) if time else None)

    def more_pages(self, page: Page) -> tuple[str, ...]:
        return tuple(str(node.attributes["href"]) for node in page.all("a.more"))


def answer(url: str, text: str = "文。", *, more: Sequence[str] = (), time: str = "", etag: str = "") -> Response:
    links = "".join(f'<a class="more" href="{link}">2</a>' for link in more)
    body = f'<meta name="time" content="{time}"><h1>题</h1><div id="body"><p>{text}</p></div>{links}'
    return HtmlResponse(url, body=body.encode(), headers={"ETag": etag} if etag else {}, encoding="utf-8")


def not_modified(url: str) -> Response:
    return Response(url, status=304)


def read(response: Response, visit: Visit | None = None) -> Any:
    """The one thing that a response gives."""
    (given,) = Tiny(memory=Nothing(), at=NOW).read_article(response, visit or Visit(LISTING))
    return given


def followed(request: Request, response: Response) -> Any:
    return read(response, request.cb_kwargs["visit"])


def test_the_pages_of_an_article_are_joined_in_order() -> None:
    second = read(answer(URL, "第一页。", more=[SECOND], etag="a"))
    seen = followed(second, answer(SECOND, "第二页。", etag="b"))
    assert isinstance(seen, Seen)
    assert seen.article.content.paragraphs == ("第一页。", "第二页。")
    assert seen.article.body == "<p>第一页。</p>\n<p>第二页。</p>"
    assert [capture.page for capture in seen.captures] == [1, 2]
    assert seen.validators == (Validator(URL, "a", None), Validator(SECOND, "b", None))


def test_an_article_is_unchanged_when_the_server_says_so_of_all_its_pages() -> None:
    visit = Visit(LISTING, (Validator(URL, "a", None), Validator(SECOND, "b", None)))
    second = read(not_modified(URL), visit)
    assert (second.url, second.headers["If-None-Match"]) == (SECOND, b"b")
    assert followed(second, not_modified(SECOND)) == Unchanged("tiny", "1")


def test_a_changed_later_page_makes_the_article_be_read_afresh() -> None:
    visit = Visit(LISTING, (Validator(URL, "a", None), Validator(SECOND, "b", None)))
    again = followed(read(not_modified(URL), visit), answer(SECOND, "改。"))
    assert (again.url, "If-None-Match" in again.headers) == (URL, False)


def test_an_article_whose_later_page_is_missing_is_not_read_in_half() -> None:
    second = read(answer(URL, more=[SECOND]))
    failed = followed(second, Response(SECOND, status=404))
    assert isinstance(failed, Failed)
    assert "HTTP 404" in failed.reason


def test_without_a_validator_for_each_page_none_is_kept() -> None:
    second = read(answer(URL, more=[SECOND], etag="a"))
    assert followed(second, answer(SECOND)).validators == ()


def test_an_article_that_claims_a_thousand_pages_is_a_failure() -> None:
    failed = read(answer(URL, more=[f"https://tiny.cn/a/1_{n}.html" for n in range(2, 1000)]))
    assert isinstance(failed, Failed)


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_not_there_is_gone(status: int) -> None:
    assert read(Response(URL, status=status)) == Gone("tiny", "1", URL, status)


@pytest.mark.parametrize(
    ("written", "stands"),
    [
        ("2026-11-20 09:02", LISTING.published_at),
        ("2026-11-20 09:02:11", LISTING.published_at),
        ("2026-11-20 09:03", datetime(2026, 11, 20, 1, 3, tzinfo=UTC)),
        ("", LISTING.published_at),
    ],
)
def test_the_list_adds_the_seconds_and_the_page_has_the_last_word(written: str, stands: datetime) -> None:
    assert read(answer(URL, time=written)).article.published_at == stands


@pytest.mark.parametrize("body", ["", "<h1>题</h1>", '<h1>题</h1><div id="body"> </div>', "<h1>a</h1><h1>b</h1>"])
def test_a_page_that_is_not_as_expected_is_a_failure_that_names_it(body: str) -> None:
    failed = read(HtmlResponse(URL, body=body.encode()))
    assert isinstance(failed, Failed)
    assert URL in failed.reason


def test_a_page_of_another_article_is_a_failure() -> None:
    failed = read(answer("https://tiny.cn/a/2.html"))
    assert isinstance(failed, Failed)
    assert "another page" in failed.reason


def test_a_portal_whose_own_code_fails_says_so_and_goes_on() -> None:
    failed = read(answer(URL, time="never"))
    assert isinstance(failed, Failed)
    assert "unexpected" in failed.reason


def rows(*keys: str, page: int = 1) -> Iterator[Any]:
    body = '{"rows": [' + ", ".join(f'{{"key": {key}}}' for key in keys) + "]}"
    response = HtmlResponse(f"https://tiny.cn/list/{page}", body=body.encode())
    return Tiny(memory=Nothing(), at=NOW).read_list(response, Tiny.lists[0], page)


def test_a_list_gives_its_articles_and_its_next_page() -> None:
    given = list(rows('"1"', '"2"', '"1"'))
    assert [request.url for request in given] == [URL, "https://tiny.cn/a/2.html", "https://tiny.cn/list/2"]


def test_a_broken_row_and_one_with_an_endless_key_are_failures_and_the_others_are_read() -> None:
    given = list(rows("7", '"' + "k" * 300 + '"', '"1"', page=2))
    assert [type(one) for one in given] == [Failed, Failed, Request]


@pytest.mark.parametrize("etag", ["x" * 5000, '"\x01"'])
def test_a_validator_that_no_honest_server_sends_is_not_kept(etag: str) -> None:
    assert read(answer(URL, etag=etag)).validators == ()

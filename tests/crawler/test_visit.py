"""What is taken from a response: its page, its validators, and the conditions of the next request."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from scrapy.http import Response

from crawler.visit import Visit, conditional_headers, page_of, validator_of
from tests.crawler.small_site import LISTING, NOW, SECOND, URL
from tracking.observation import Validator

HOUR_AGO = "Fri, 20 Nov 2026 23:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        ({"Date": HOUR_AGO}, datetime(2026, 11, 20, 23, tzinfo=UTC)),
        ({"Date": "yesterday"}, NOW),
        ({"Date": "Fri, 20 Nov 2026 23:00:00 GMT" + " " * 600}, NOW),
        ({}, NOW),
    ],
)
def test_a_page_was_fetched_when_its_server_says_or_else_when_the_crawl_began(
    headers: dict[str, str], at: datetime
) -> None:
    assert page_of(Response(URL, headers=headers, body=b"x"), NOW).at == at


def test_a_page_may_be_read_from_other_bytes_than_the_response_has() -> None:
    page = page_of(Response(URL, body=b"packed"), NOW, "文".encode("gb18030"))
    assert (page.url, page.source) == (URL, "文")


def test_a_response_without_validators_gives_none() -> None:
    assert validator_of(Response(URL)) is None
    assert validator_of(Response(URL, headers={"Last-Modified": HOUR_AGO})) == Validator(URL, None, HOUR_AGO)


def test_only_the_pages_that_were_not_fetched_yet_are_asked_for_under_conditions() -> None:
    visit = Visit(LISTING, (Validator(URL, '"a"', HOUR_AGO), Validator(SECOND, '"b"', None)))
    assert conditional_headers(visit) == {"If-None-Match": '"a"', "If-Modified-Since": HOUR_AGO}
    assert conditional_headers(Visit(LISTING, visit.validators, unchanged=1)) == {"If-None-Match": '"b"'}
    assert conditional_headers(Visit(LISTING)) == {}

"""The pages of an article: joined, unchanged, gone, or not what was asked for."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy.http import Response

from crawler.article_pages import ArticlePages
from crawler.frontier import MemoryFrontier
from crawler.visit import Visit
from tests.crawler.small_site import LISTING, NOW, URL, Tiny, answer
from tracking.observation import Unchanged


def read(response: Response, visit: Visit | None = None) -> Any:
    """The one thing that a response gives."""
    pages = ArticlePages(Tiny(), MemoryFrontier().session(NOW))
    (found,) = pages.parse(response, visit or Visit(LISTING))
    return found


@pytest.mark.parametrize("etag", ["x" * 5000, '"\x01"'])
def test_a_validator_that_no_honest_server_sends_is_not_kept(etag: str) -> None:
    assert read(answer(URL, etag=etag)).validators == ()


def test_an_article_is_asked_for_once_in_a_crawl() -> None:
    pages = ArticlePages(Tiny(), MemoryFrontier().session(NOW))
    assert [len(list(pages.request_once(Visit(LISTING)))) for _ in range(2)] == [1, 0]


def test_the_page_of_an_article_that_its_list_gave_only_shows_that_it_is_there() -> None:
    assert read(answer(URL, "别的字。"), Visit(LISTING, inline=True)) == Unchanged("tiny", "1")

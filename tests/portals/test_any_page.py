"""Pages of sites that nobody wrote a portal for: read by general rules, and known by their address."""

from __future__ import annotations

import pytest
from generic_pages import FIRST, LAST, MIDDLE, TITLE, URL, article

from portals.generic.any_page import AnyPage
from portals.page import LayoutChanged, Page
from tracking.article import Listing
from tracking.body import serialise

ANY = AnyPage()
PAGE = Page(URL, article())
SITE = "https://www.example.cn"


def is_article(url: str, listed: str = f"{SITE}/a/1.html") -> bool:
    return ANY.is_article(url, Listing("page", listed, listed, TITLE, None))


def test_the_key_of_a_page_is_its_address_in_the_one_form_that_addresses_have() -> None:
    assert ANY.key_of("http://WWW.example.cn/a/1.html?utm_source=x#top") == f"{SITE}/a/1.html"
    assert ANY.key_of("ftp://www.example.cn/a") is ANY.key_of("somewhere") is None


def test_a_page_is_read_by_general_rules() -> None:
    reading = ANY.extract(PAGE)
    assert (reading.title, reading.author) == (TITLE, "海桥日报")
    assert str(reading.published_at) == "2026-11-20 01:30:00+00:00"
    assert ANY.paragraphs(serialise(reading.body, URL)) == (FIRST, MIDDLE, LAST)


def test_no_list_is_known_of_a_page() -> None:
    assert ANY.lists == ()
    for read in (lambda: ANY.rows(PAGE), lambda: ANY.listing({}, PAGE)):
        with pytest.raises(LayoutChanged, match="no list is known of it"):
            read()


@pytest.mark.parametrize("url", [f"{SITE}/a/1.html", f"{SITE}/b/2.html", f"{SITE}/?id=1", f"{SITE}/index.html?id=1"])
def test_an_article_may_have_moved_to_another_address(url: str) -> None:
    assert is_article(url)


@pytest.mark.parametrize("url", [SITE, f"{SITE}/", f"{SITE}/index.html", f"{SITE}/index.shtml", "https://other.cn/"])
def test_an_article_that_leads_to_a_front_page_is_gone(url: str) -> None:
    assert not is_article(url)


def test_a_front_page_that_was_asked_for_is_what_was_asked_for() -> None:
    assert is_article(f"{SITE}/", listed=f"{SITE}/index.html")

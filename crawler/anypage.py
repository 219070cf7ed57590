"""Pages of sites that nobody wrote a portal for, and where a saved page comes from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from crawler.page import Page
from crawler.portal import Portal, Reading
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.urls import BadAddress, canonical


class AnyPage(Portal):
    """Articles anywhere, read by general rules; the key is the address."""

    name = "page"
    categories = Categories("资讯", "", "")
    hosts: ClassVar[tuple[str, ...]] = ("*",)
    lists: ClassVar[tuple[str, ...]] = ()
    article_address = re.compile(r"(?P<key>https?://.+)", re.ASCII)
    rules = Rules()

    def rows(self, page: Page) -> Sequence[Any]:
        raise page.changed("no list is known of it")

    def listing(self, row: Any, page: Page) -> Listing | None:
        raise page.changed("no list is known of it")

    def extract(self, page: Page) -> Reading:
        return self.read_generically(page)

    def is_article(self, url: str, listing: Listing) -> bool:
        # An article that is gone often leads to the front page, which is no article.
        return _path(url) != "" or _path(listing.url) == ""


def own_address(page: Page) -> str | None:
    """The address that a saved page gives as its own; None when it does not say."""
    links = [node.attributes.get("href") for node in page.all('link[rel="canonical"]')]
    metas = [node.attributes.get("content") for node in page.all('meta[property="og:url"],meta[name="og:url"]')]
    saved = _SAVED_FROM.search(page.source[:2000])
    for address in (*links, *metas, saved and saved.group("address"), *_mobile(page)):
        try:
            return canonical(str(address))
        except BadAddress:
            continue
    return None


# What browsers write into the pages that they save.
_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d+\)(?P<address>\S+) -->")
_URL_IN_AGENT = re.compile(r"url=(?P<address>[^;\s]+)")


def _mobile(page: Page) -> list[str]:
    agents = page.all('meta[name="mobile-agent"],meta[http-equiv="mobile-agent"]')
    found = (_URL_IN_AGENT.search(str(node.attributes.get("content"))) for node in agents)
    return [match["address"] for match in found if match]


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path.strip('/')}{parts.query}".removeprefix("index.html").removeprefix("index.shtml")

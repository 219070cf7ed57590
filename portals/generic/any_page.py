"""Reads pages of sites without a portal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from portals.page import Page, Reading
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules


class AnyPage(Portal):
    """Articles of any site, read by general rules; the key is the address."""

    name = "page"
    categories = Categories("资讯", "", "")
    hosts: tuple[str, ...] = ("*",)
    lists: tuple[str, ...] = ()
    article_address = re.compile(r"(?P<key>https?://.+)", re.ASCII)
    rules = Rules()

    def rows(self, page: Page) -> Sequence[Any]:
        raise page.changed("no list is known of it")

    def listing(self, row: Any, page: Page) -> Listing | None:
        raise page.changed("no list is known of it")

    def extract(self, page: Page) -> Reading:
        return self.read_generically(page)

    def is_article(self, url: str, listing: Listing) -> bool:
        """Whether a page is not a front page, to which sites often redirect the addresses of removed articles."""
        return _path(url) != "" or _path(listing.url) == ""


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path.strip('/')}{parts.query}".removeprefix("index.html").removeprefix("index.shtml")

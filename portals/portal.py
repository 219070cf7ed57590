"""What a portal is: the facts that it states, and pure functions that read its lists and articles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NoReturn

from portals.page import Page, Reading
from tracking import body as bodies
from tracking.article import Categories, Listing
from tracking.urls import BadAddress, canonical

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ListPosition:
    """A page of a list on the way through it."""

    #: The list, as its portal states it (a template of addresses, or an address).
    list_: str
    #: The number of the page, from 1.
    number: int = 1
    #: The addresses of the pages after it, newest first, where a ListSource named them all; empty where each page
    #: tells the next.
    ahead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListSource:
    """Where the rows of a list stand that its own address does not show."""

    #: The addresses of its pages, the newest first; never empty.
    addresses: tuple[str, ...]
    #: The name under which it is known from crawl to crawl; None when it is the list itself.
    name: str | None = None


class Portal:
    """A watched site. A subclass states the facts and writes `rows`, `listing` and `extract`; the rest has defaults.

    A portal is frozen and holds no state: what a method returns depends on its arguments and the facts alone.
    Nothing here fetches. All addresses are absolute; times are aware UTC. A method that reads a page raises
    LayoutChanged when the page is not what the portal's rules were written for.
    """

    #: The name by which people and the database know it: that of its module and of its folder of fixtures.
    name: str
    #: Where its articles stand in the sample format.
    categories: Categories
    #: The hosts that it fetches from; "*.site.cn" means every host below site.cn.
    hosts: tuple[str, ...]
    #: Its lists, each a template of addresses: {page} stands for the number of the page, braces are doubled.
    lists: tuple[str, ...]
    #: Lists of a former site, which may be gone: one that never gave anything is no failure.
    former_lists: tuple[str, ...] = ()
    #: Headers of requests for its lists, and for its articles.
    list_headers: Mapping[str, str] = _NO_HEADERS
    article_headers: Mapping[str, str] = _NO_HEADERS
    #: The canonical addresses of its articles; the group `key` is what an article is known by.
    article_address: re.Pattern[str]
    #: What in the address of a later page of an article is not in that of the first one; the group 1 of it is kept.
    later_page: re.Pattern[str] | None = None
    #: Whether a row of its lists without a readable time is a broken one; otherwise it is a row without a time.
    rows_have_times: bool = True
    #: What of a body is text.
    rules: bodies.Rules
    #: Whether the site knows no https.
    plain_http: bool = False
    #: Whether the site answers only who shows the cookie that it gave; cookies are kept for one crawl.
    cookies: bool = False
    #: What nobody has seen on a page of this portal yet, in words for `doctor`.
    guesses: tuple[str, ...] = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be set")

    # --- lists ---

    def list_address(self, list_: str, number: int, at: datetime | None) -> str:
        """The address of page `number` (from 1) of a list; the first page's for a list that has no other.

        `at` is when the crawl runs, for a list whose address names a span of time; None when nobody knows.
        """
        return list_.format(page=number)

    def unpack_list(self, body: bytes) -> bytes:
        """The bytes of a list page without a packing of the site's own; ValueError when they cannot be unpacked."""
        return body

    def list_sources(self, page: Page) -> tuple[ListSource, ...]:
        """Where the rows stand when a list's own page shows none; () when it shows them itself."""
        return ()

    def rows(self, page: Page) -> Sequence[Any]:
        """The rows of a list page, as its format has them; LayoutChanged when it is no such list."""
        raise NotImplementedError

    def listing(self, row: Any, page: Page) -> Listing | None:
        """One row of a list; None for what is no article of this portal; LayoutChanged when the row is broken."""
        raise NotImplementedError

    def next_address(self, position: ListPosition, page: Page) -> str | None:
        """The address of the page of a list after `page`, which is at `position`; None after the last one."""
        here, following = (self.list_address(position.list_, position.number + more, page.at) for more in (0, 1))
        return None if following == here else following

    def listed(self, page: Page, url: str, title: str, published_at: datetime | None) -> Listing | None:
        """The row that leads to the article at a canonical address; None when that is no article of this portal.

        LayoutChanged when the row has no title, or lacks a time that it should have.
        """
        if (key := self.key_of(url)) is None:
            return None
        if not title or (published_at is None and self.rows_have_times):
            raise page.changed(f"{url} {'without title or time' if self.rows_have_times else 'has no title'}")
        return Listing(self.name, key, self.article_url(url), title, published_at)

    def article_url(self, url: str) -> str:
        """The address under which the article at a canonical address is kept: its first page's, without a query."""
        address = url.partition("?")[0]
        return address if self.later_page is None else self.later_page.sub(r"\1", address)

    # --- rows that hold their whole article ---

    def inline_article(self, row: Any, page: Page) -> Reading | None:
        """What a row itself says of its whole article; None when the article's page is to be read."""
        return None

    def row_to_json(self, row: Any) -> Any:
        """A row as a JSON value, so that it can be kept as evidence."""
        return row

    def row_from_json(self, value: Any) -> Any:
        """The inverse of `row_to_json`."""
        return value

    # --- articles ---

    def source_address(self, url: str) -> str:
        """The address to fetch in order to read the article at `url`."""
        return url.replace("https://", "http://", 1) if self.plain_http else url

    def headers_for(self, url: str) -> Mapping[str, str]:
        """The headers of a request for the article at `url`."""
        return self.article_headers

    def extract(self, page: Page) -> Reading:
        """What an article page says; LayoutChanged when it is no such page."""
        raise NotImplementedError

    def more_pages(self, page: Page) -> tuple[str, ...]:
        """The addresses of the further pages of the article that `page` begins."""
        return ()

    def is_article(self, url: str, listing: Listing) -> bool:
        """Whether what was fetched from `url` can be the article of this listing."""
        return url == self.source_address(listing.url) or self.key_of(url) == listing.key

    # --- what every portal can do ---

    def key_of(self, url: str) -> str | None:
        """The key of the article at an address, in whatever form; None when it is no article of this portal."""
        try:
            found = self.article_address.match(canonical(url))
        except BadAddress:
            return None
        return found["key"] if found else None

    def read_generically(self, page: Page) -> Reading:
        """What a page without rules of its own seems to say; LayoutChanged when that is no article."""
        # Its libraries are heavy, and most portals never need them.
        from portals.generic.extraction import read

        return read(page)

    def paragraphs(self, body_html: str) -> tuple[str, ...]:
        """What a person sees of a body, by this portal's rules."""
        return bodies.paragraphs(body_html, self.rules)

"""The base class of portals: the facts that each of them states, and the methods that read its lists and articles."""

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
    """Which page of a list is being read."""

    #: The list as its portal states it: an address, or a template of addresses.
    list_: str
    #: The number of the page, from 1.
    number: int = 1
    #: The addresses of the pages after it, newest first, when a ListSource named them all; () when each page leads to
    #: the next.
    ahead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListSource:
    """The pages with the rows of a list whose own page shows none."""

    #: The addresses of the pages, newest first; never empty.
    addresses: tuple[str, ...]
    #: The name by which the database knows it, as a list of its own; None when it has the rows of the list itself.
    name: str | None = None


class Portal:
    """A watched site. A subclass states the facts and implements `rows`, `listing` and `extract`.

    A portal is frozen and has no state: results depend on the arguments and the facts only. Nothing is fetched here.
    All addresses are absolute, all times aware UTC. A method that reads a page raises LayoutChanged when the page is
    not what the portal's rules were written for.
    """

    #: The name on the command line and in the database, also that of the module and the folder of fixtures.
    name: str
    #: The categories of its articles in the sample format.
    categories: Categories
    #: The hosts that it fetches from; "*.site.cn" means every host below site.cn.
    hosts: tuple[str, ...]
    #: Its lists, each a template of addresses in which {page} is the number of the page; other braces are doubled.
    lists: tuple[str, ...]
    #: Lists of a former site, which may not exist any more: one that was never readable is no failure.
    former_lists: tuple[str, ...] = ()
    #: Headers of requests for its lists.
    list_headers: Mapping[str, str] = _NO_HEADERS
    #: Headers of requests for its articles.
    article_headers: Mapping[str, str] = _NO_HEADERS
    #: Matches the canonical addresses of its articles; the group `key` is the key of the article.
    article_address: re.Pattern[str]
    #: Matches the part of a later page's address that is replaced by group 1 to get the address of the first page; None
    #: when all pages have one address.
    later_page: re.Pattern[str] | None = None
    #: Matches the number of pages of a list, group 1, in the source of its pages; None when they do not state it.
    page_count: re.Pattern[str] | None = None
    #: Whether a row of its lists without a readable time is an error.
    rows_have_times: bool = True
    #: The rules for which parts of a body are text.
    rules: bodies.Rules
    #: Whether the site only supports http.
    plain_http: bool = False
    #: Whether the site requires its cookies to be sent back; they are kept for one crawl.
    cookies: bool = False
    #: What the rules assume but nobody has seen on a page of this portal yet, for people to read.
    guesses: tuple[str, ...] = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be set")

    # --- lists ---

    def list_address(self, list_: str, number: int, at: datetime | None) -> str:
        """The address of page `number` (from 1) of a list; always the same for a list with one page.

        `at` is the time of the crawl, for a list whose address contains a time; None when unknown.
        """
        return list_.format(page=number)

    def unpack_list(self, body: bytes) -> bytes:
        """The bytes of a list page, unpacked if the site packs its files; ValueError when that is impossible."""
        return body

    def list_sources(self, page: Page) -> tuple[ListSource, ...]:
        """The sources of the rows of a list's page that shows none itself; () when it shows them."""
        return ()

    def rows(self, page: Page) -> Sequence[Any]:
        """The rows of a list page, as its format has them; LayoutChanged when it is no such list."""
        raise NotImplementedError

    def listing(self, row: Any, page: Page) -> Listing | None:
        """The listing in one row; None for a row without an article of this portal; LayoutChanged for a broken row."""
        raise NotImplementedError

    def next_address(self, position: ListPosition, page: Page) -> str | None:
        """The address of the page of a list after `page`, which is at `position`; None after the last one."""
        count = None if self.page_count is None else self.page_count.search(page.source)
        if count is not None and position.number >= int(count[1]):
            return None
        current, following = (self.list_address(position.list_, position.number + more, page.at) for more in (0, 1))
        return None if following == current else following

    def listed(self, page: Page, url: str, title: str, published_at: datetime | None) -> Listing | None:
        """The listing of the article at a canonical address; None when that is no article of this portal.

        LayoutChanged when the row has no title, or lacks a time that it should have.
        """
        if (key := self.key_of(url)) is None:
            return None
        if not title or (published_at is None and self.rows_have_times):
            raise page.changed(f"{url} {'without title or time' if self.rows_have_times else 'has no title'}")
        return Listing(self.name, key, self.article_url(url), title, published_at)

    def article_url(self, url: str) -> str:
        """The address that is stored for the article at a canonical address: its first page's, without a query."""
        address = url.partition("?")[0]
        return address if self.later_page is None else self.later_page.sub(r"\1", address)

    # --- rows that hold their whole article ---

    def inline_article(self, row: Any, page: Page) -> Reading | None:
        """The whole article in a row; None when the article's page has to be read."""
        return None

    def row_to_json(self, row: Any) -> Any:
        """A row as a JSON value, for storing it as a capture."""
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
        """The article on a page; LayoutChanged when it is no article page."""
        raise NotImplementedError

    def more_pages(self, page: Page) -> tuple[str, ...]:
        """The addresses of the later pages of the article whose first page this is."""
        return ()

    def is_article(self, url: str, listing: Listing) -> bool:
        """Whether the page at `url`, maybe after a redirect, can be the article of this listing."""
        return url == self.source_address(listing.url) or self.key_of(url) == listing.key

    # --- the same for every portal ---

    def key_of(self, url: str) -> str | None:
        """The key of the article at an address, canonical or not; None when it is no article of this portal."""
        try:
            match = self.article_address.match(canonical(url))
        except BadAddress:
            return None
        return match["key"] if match else None

    def read_generically(self, page: Page) -> Reading:
        """The article on a page by general rules; LayoutChanged when they find none."""
        # Imported here, since its libraries load slowly and most portals never need them.
        from portals.generic.extraction import read

        return read(page)

    def paragraphs(self, body_html: str) -> tuple[str, ...]:
        """The visible paragraphs of a body, by this portal's rules."""
        return bodies.paragraphs(body_html, self.rules)

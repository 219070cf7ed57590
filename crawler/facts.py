"""What a portal states and writes: its facts, and how its lists and articles are read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

import scrapy

from crawler.page import Page, Reading
from crawler.visits import Memory
from tracking import body as bodies
from tracking.article import Categories, Listing
from tracking.urls import BadAddress, canonical


class Facts(scrapy.Spider):
    """A watched site: the facts that a portal states, and the methods that it writes."""

    name: str
    categories: ClassVar[Categories]
    # What it fetches from; "*.site.cn" means every host below site.cn.
    hosts: ClassVar[tuple[str, ...]]
    lists: ClassVar[tuple[str, ...]]
    # Lists of a former site, which may be gone: one that never gave anything is no failure.
    former_lists: ClassVar[tuple[str, ...]] = ()
    list_headers: ClassVar[dict[str, str]] = {}
    article_headers: ClassVar[dict[str, str]] = {}
    article_address: ClassVar[re.Pattern[str]]
    rules: ClassVar[bodies.Rules]
    # Sites that know no https.
    plain_http: ClassVar[bool] = False
    # Sites that answer only who shows the cookie they gave; kept for one crawl.
    cookies: ClassVar[bool] = False
    # What nobody has seen on a page of this portal yet, in words for `doctor`.
    guesses: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, memory: Memory, at: datetime, **kwargs: Any) -> None:
        """`at` is when the crawl begins."""
        super().__init__(*args, **kwargs)
        self.memory, self.at = memory, at

    # --- what a portal writes ---

    def list_address(self, list_: str, number: int) -> str:
        """The address of page `number` (from 1) of a list; the first page's for a list that has no other."""
        return list_.format(page=number)

    def next_address(self, list_: str, number: int, page: Page) -> str | None:
        """The address of the page after page `number`; None after the last one."""
        address = self.list_address(list_, number + 1)
        return None if address == self.list_address(list_, number) else address

    def leads_to(self, page: Page) -> str | None:
        """Where the rows stand of a list whose address shows none; None when the page shows them itself."""
        return None

    def rows(self, page: Page) -> Sequence[Any]:
        """The rows of a list page; LayoutChanged when it is no such list."""
        raise NotImplementedError

    def listing(self, row: Any, page: Page) -> Listing | None:
        """One row of a list; None for what is no article of this portal; LayoutChanged when the row is broken."""
        raise NotImplementedError

    def given(self, row: Any, page: Page) -> Reading | None:
        """What a row (a JSON value) itself says of its whole article; None when the article's page is to be read."""
        return None

    def source_address(self, url: str) -> str:
        """What is fetched to read the article at `url`."""
        return url.replace("https://", "http://", 1) if self.plain_http else url

    def extract(self, page: Page) -> Reading:
        """What an article page says; LayoutChanged when it is no such page."""
        raise NotImplementedError

    def more_pages(self, page: Page) -> tuple[str, ...]:
        """The addresses of the further pages of the article that `page` begins."""
        return ()

    # --- what every portal can do ---

    def read_generically(self, page: Page) -> Reading:
        """What a page without rules of its own seems to say; LayoutChanged when that is no article."""
        # Its libraries are heavy, and most portals never need them.
        from crawler.generic.reader import read

        return read(page)

    @classmethod
    def paragraphs(cls, body_html: str) -> tuple[str, ...]:
        """What a reader sees of a body, by this portal's rules."""
        return bodies.paragraphs(body_html, cls.rules)

    @classmethod
    def key_of(cls, url: str) -> str | None:
        """The key of the article at an address, in whatever form; None when it is no article of this portal."""
        try:
            found = cls.article_address.match(canonical(url))
        except BadAddress:
            return None
        return found["key"] if found else None

    def is_article(self, url: str, listing: Listing) -> bool:
        """Whether what was fetched from `url` can be the article that was asked for."""
        return url == self.source_address(listing.url) or self.key_of(url) == listing.key

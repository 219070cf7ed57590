"""Portals without code: a feed or a sitemap that a user named, and the pages that it links to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urldefrag, urljoin, urlsplit

from scrapy.http import Request, Response
from w3lib.url import safe_url_string

from crawler.feeds.entries import identity, title_of, told_apart, whole_text
from crawler.feeds.linked import LinkedPages, is_front_page, key_for, linked_address
from crawler.feeds.sitemaps import MOST_ROWS, series_of, sitemap_rows, unpacked
from crawler.feeds.text import next_page
from crawler.generic.lines import GENERIC_RULES
from crawler.guard import Refused, Sites, target
from crawler.page import Page, plain
from crawler.portal import Portal, Reading
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.sightings import Sighting, Trouble
from tracking.urls import canonical

# What the database holds of the name of a list.
_LONGEST_ADDRESS = 500
_MOST_SERIES = 5


@dataclass(frozen=True)
class Origin:
    """Where a portal without code comes from; ValueError when that cannot be.

    `titles` are section, site and channel, "" for the default; `hosts` are those of its pages, () for every one.
    """

    name: str
    url: str
    hosts: tuple[str, ...] = ()
    titles: tuple[str, str, str] = ("", "", "")

    def __post_init__(self) -> None:
        url = self.address
        canonical(url)
        if len(url) > _LONGEST_ADDRESS:
            raise ValueError(f"{url[:80]!r}…: longer than {_LONGEST_ADDRESS} characters")
        try:
            target(safe_url_string(url))
        except Refused as error:
            raise ValueError(str(error)) from error
        for host in self.hosts:
            if host.startswith("*") and host != "*" and not host.startswith("*."):
                raise ValueError(f"not a host, host:port or *.host: {host!r}")
        Sites(self.hosts)

    @property
    def address(self) -> str:
        """What is fetched: scheme and query are the user's."""
        return urldefrag(self.url.strip()).url

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """The hosts of its pages, and its own with the port that it names."""
        parts = urlsplit(safe_url_string(self.address))
        return (*(self.hosts or ("*",)), parts.netloc.lower())

    @property
    def categories(self) -> Categories:
        """The shelves on which its articles stand."""
        section, site, channel = self.titles
        return Categories(section or "资讯", site or urlsplit(self.address).hostname or self.name, channel or self.name)


def feed_portal(origin: Origin, shipped: tuple[type[Portal], ...]) -> type[Portal]:
    """The portal that a feed is; `shipped` are the portals whose pages are read by their own rules."""
    return _made(FeedPortal, origin, shipped)


def sitemap_portal(origin: Origin, shipped: tuple[type[Portal], ...]) -> type[Portal]:
    """The portal that a sitemap, or an index of sitemaps, is."""
    return _made(SitemapPortal, origin, shipped)


def _made(base: type[LinkedPages], origin: Origin, shipped: tuple[type[Portal], ...]) -> type[Portal]:
    facts = {
        "name": origin.name,
        "categories": origin.categories,
        "hosts": origin.own_hosts,
        # A list is a template, in which braces are doubled.
        "lists": (origin.address.replace("{", "{{").replace("}", "}}"),),
        "readers": shipped,
    }
    return type(origin.name, (base,), facts)


# --- feeds ---

_FEED_RULES = Rules(
    drop=GENERIC_RULES.drop,
    skip=(*GENERIC_RULES.skip, re.compile(r"The post .{1,300} (?:appeared first|first appeared) on .{1,100}")),
)


class FeedPortal(LinkedPages):
    """Articles of a feed, from the entry where it holds the whole text, else from the page that it links to.

    The key is the entry's id, or its address where the id is not its own alone: shared by entries that link to
    different pages, the number of a row, the address of the site. An entry without a page is its text.
    """

    # The same address may have a page for browsers as well.
    list_headers: ClassVar[dict[str, str]] = {
        "Accept": "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.8"
    }
    rules = _FEED_RULES

    def rows(self, page: Page) -> Sequence[Any]:
        rows = told_apart(page.feed(), page)
        # What is known is looked for below what is new.
        if all(row["published_at"] is not None for row in rows):
            rows.sort(key=lambda row: str(row["published_at"]), reverse=True)
        return rows

    def listing(self, row: Any, page: Page) -> Listing | None:
        id_, link = row["id"], row["url"]
        if not link and not id_:
            raise page.changed("an entry with neither an id nor a link")
        if not link and whole_text(row, page) is None:
            raise page.changed(f"entry {id_} has neither a link nor a text")
        address = linked_address(page, link) if link else page.url
        return Listing(self.name, identity(row, address), address, title_of(row), _time(row))

    def given(self, row: Any, page: Page) -> Reading | None:
        if (text := whole_text(row, page)) is None:
            return None
        return Reading(title_of(row), page.fragment(text), row["author"], _time(row))

    def next_address(self, list_: str, number: int, page: Page) -> str | None:
        try:
            following = next_page(page.source)
            address = None if following is None else urljoin(page.url, following)
        except ValueError as error:
            raise page.changed(str(error)) from error
        if address is None or address == page.url or urlsplit(address).netloc != urlsplit(page.url).netloc:
            return None
        return address


# --- sitemaps ---

_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|docx?|xlsx?|zip|rar|mp[34]|m4a|avi|apk|xml|gz|rss)$", re.IGNORECASE
)


class SitemapPortal(LinkedPages):
    """Articles of a sitemap; the key is the address.

    An index leads to the newest of its sitemaps, and from there to older ones as long as they show unknown articles.
    Where it has several series of them (one a section), each is a list of its own.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._series: dict[str, tuple[str, ...]] = {}

    def read_list(
        self, response: Response, list_: str, number: int, door: str | None = None
    ) -> Iterator[Request | Sighting]:
        try:
            response = response.replace(body=unpacked(response.body))
        except ValueError as error:
            self.memory.fail_list(list_, f"{response.url}: {error}", Trouble.LAYOUT)
            return
        yield from super().read_list(response, list_, number, door)
        if door is None:
            others = ((name, links) for name, links in self._series.items() if name != list_)
            for name, (newest, *_) in others:
                yield self.ask_for_list(name, 1, newest, door=response.url)

    def leads_to(self, page: Page) -> str | None:
        try:
            found = series_of(page.source)
        except ValueError as error:
            raise page.changed(str(error)) from error
        if found is None:
            return None
        # In an order that stays: a list is known by its name, and the first one by the address of the index.
        chosen = sorted(list(found)[:_MOST_SERIES])
        names = (*self.lists, *(stem[:_LONGEST_ADDRESS] for stem in chosen[1:]))
        self._series = {name: found[stem] for name, stem in zip(names, chosen, strict=True)}
        return next(link for links in self._series.values() for link in links)

    def next_address(self, list_: str, number: int, page: Page) -> str | None:
        # Of a long one only the newest rows were looked at: the next one's are older than those that were not.
        if page.source.count("<loc") >= MOST_ROWS:
            return None
        return next(iter(self._series.get(list_, ())[number : number + 1]), None)

    def rows(self, page: Page) -> Sequence[Any]:
        try:
            return sitemap_rows(page.source)
        except ValueError as error:
            raise page.changed(str(error)) from error

    def listing(self, row: Any, page: Page) -> Listing | None:
        if not row["url"]:
            raise page.changed("a row without an address")
        address = linked_address(page, row["url"])
        if is_front_page(address) or _FILE.search(urlsplit(address).path):
            return None
        return Listing(self.name, key_for(address), address, plain(row["title"] or ""), _time(row))


def _time(row: Mapping[str, Any]) -> datetime | None:
    at = row["published_at"]
    return None if at is None else datetime.fromisoformat(at)

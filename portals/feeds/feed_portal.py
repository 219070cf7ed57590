"""Portals without code: a feed or a sitemap that a user configured, and the pages that it links to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from w3lib.url import safe_url_string

from portals.feeds.entries import entry_key, title_of, whole_text, without_shared_ids
from portals.feeds.feed_entry import FeedEntry, entry_from_json, entry_to_json
from portals.feeds.linked_pages import LinkedPages, is_front_page, key_for, linked_address
from portals.feeds.parsing import next_page
from portals.feeds.sitemaps import MOST_ENTRIES, SitemapEntry, series_of, sitemap_entries, unpacked
from portals.generic.lines import GENERIC_RULES
from portals.page import Page, Reading, plain
from portals.portal import ListPosition, ListSource, Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.hosts import ForbiddenAddress, HostPatterns, target
from tracking.urls import canonical

# Characters; the column of the database for a list.
_LONGEST_ADDRESS = 500
# Series of an index that are read as lists; when there are more, they are years rather than sections.
_MOST_SERIES = 5


@dataclass(frozen=True)
class Origin:
    """The settings of a portal without code; ValueError when they are not valid."""

    #: The name of the portal.
    name: str
    #: The address of the feed or sitemap as the user wrote it.
    url: str
    #: The hosts of its pages; () for all hosts.
    hosts: tuple[str, ...] = ()
    #: Section, site and channel of its articles; "" for the default.
    titles: tuple[str, str, str] = ("", "", "")

    def __post_init__(self) -> None:
        """Check address and hosts; ValueError with one line."""
        url = self.address
        canonical(url)
        if len(url) > _LONGEST_ADDRESS:
            raise ValueError(f"{url[:80]!r}…: longer than {_LONGEST_ADDRESS} characters")
        try:
            target(safe_url_string(url))
        except ForbiddenAddress as error:
            raise ValueError(str(error)) from error
        for host in self.hosts:
            if host.startswith("*") and host != "*" and not host.startswith("*."):
                raise ValueError(f"not a host, host:port or *.host: {host!r}")
        HostPatterns(self.hosts)

    @property
    def address(self) -> str:
        """The address that is fetched: not canonical, since the scheme may matter; without a fragment."""
        return urldefrag(self.url.strip()).url

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """The hosts of its pages, and that of the feed or sitemap with its port."""
        parts = urlsplit(safe_url_string(self.address))
        return (*(self.hosts or ("*",)), parts.netloc.lower())

    @property
    def categories(self) -> Categories:
        """The categories of its articles."""
        section, site, channel = self.titles
        return Categories(section or "资讯", site or urlsplit(self.address).hostname or self.name, channel or self.name)


def feed_portal(origin: Origin, shipped: tuple[Portal, ...]) -> FeedPortal:
    """The portal of a feed; pages of `shipped` portals are read by the rules of those."""
    return FeedPortal(origin.name, origin.categories, origin.own_hosts, _lists(origin), shipped)


def sitemap_portal(origin: Origin, shipped: tuple[Portal, ...]) -> SitemapPortal:
    """The portal of a sitemap or an index of sitemaps; `shipped` as in `feed_portal`."""
    return SitemapPortal(origin.name, origin.categories, origin.own_hosts, _lists(origin), shipped)


def _lists(origin: Origin) -> tuple[str, ...]:
    """The address as the only list: a template, in which braces are doubled."""
    return (origin.address.replace("{", "{{").replace("}", "}}"),)


class FeedPortal(LinkedPages):
    """Articles of a feed, read from the entry when it has the whole text, else from the page that it links to.

    The key is the entry's id, or its address when the id is not reliable: shared by entries that link to different
    pages, possibly the number of a row, or the address of the site.
    """

    # A site may send browsers a page from the same address.
    list_headers = MappingProxyType(
        {"Accept": "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.8"}
    )
    rules = Rules(
        drop=GENERIC_RULES.drop,
        skip=(*GENERIC_RULES.skip, re.compile(r"The post .{1,300} (?:appeared first|first appeared) on .{1,100}")),
    )

    def rows(self, page: Page) -> Sequence[FeedEntry]:
        """The entries, newest first if all have a time: known rows are expected below new ones."""
        entries = without_shared_ids(page.feed(), page)
        dated = [(entry.published_at, entry) for entry in entries if entry.published_at is not None]
        if len(dated) < len(entries):
            return entries
        return [entry for _, entry in sorted(dated, key=lambda row: row[0], reverse=True)]

    def listing(self, row: Any, page: Page) -> Listing | None:
        entry: FeedEntry = row
        if not entry.url and not entry.id:
            raise page.changed("an entry with neither an id nor a link")
        if not entry.url and whole_text(entry, page) is None:
            raise page.changed(f"entry {entry.id} has neither a link nor a text")
        address = linked_address(page, entry.url) if entry.url else page.url
        return Listing(self.name, entry_key(entry, address), address, title_of(entry), entry.published_at)

    def inline_article(self, row: Any, page: Page) -> Reading | None:
        """The article when the entry has its whole text; None when its page has to be read."""
        entry: FeedEntry = row
        if (text := whole_text(entry, page)) is None:
            return None
        return Reading(title_of(entry), page.fragment(text), entry.author, entry.published_at)

    def row_to_json(self, row: Any) -> Any:
        return entry_to_json(row)

    def row_from_json(self, value: Any) -> FeedEntry:
        return entry_from_json(value)

    def next_address(self, position: ListPosition, page: Page) -> str | None:
        """The page with older entries that the feed names (RFC 5005), on the same host; None after the last one."""
        try:
            following = next_page(page.source)
            address = None if following is None else urljoin(page.url, following)
        except ValueError as error:
            raise page.changed(str(error)) from error
        if address is None or address == page.url or urlsplit(address).netloc != urlsplit(page.url).netloc:
            return None
        return address


# Addresses of files that are not web pages.
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|docx?|xlsx?|zip|rar|mp[34]|m4a|avi|apk|xml|gz|rss)$", re.IGNORECASE
)


class SitemapPortal(LinkedPages):
    """Articles of a sitemap; the key is the address.

    Of an index the newest sitemap is read first, then older ones as long as they show unknown articles. An index with
    several series of sitemaps, such as one for each section, has as many lists.
    """

    def unpack_list(self, body: bytes) -> bytes:
        return unpacked(body)

    def list_sources(self, page: Page) -> tuple[ListSource, ...]:
        """One source for each series of sitemaps that an index names; () for a sitemap itself."""
        try:
            series = series_of(page.source)
        except ValueError as error:
            raise page.changed(str(error)) from error
        if series is None:
            return ()
        # Sorted, so that the first series, which has the index as its name, is the same in each crawl.
        first, *others = sorted(list(series)[:_MOST_SERIES])
        named = (ListSource(series[stem], stem[:_LONGEST_ADDRESS]) for stem in others)
        return (ListSource(series[first]), *named)

    def next_address(self, position: ListPosition, page: Page) -> str | None:
        """The next sitemap of the series; None after a long one, of which only the newest entries were read."""
        if page.source.count("<loc") >= MOST_ENTRIES:
            return None
        return next(iter(position.ahead), None)

    def rows(self, page: Page) -> Sequence[SitemapEntry]:
        try:
            return sitemap_entries(page.source)
        except ValueError as error:
            raise page.changed(str(error)) from error

    def listing(self, row: Any, page: Page) -> Listing | None:
        """None for front pages and for files that are not web pages."""
        entry: SitemapEntry = row
        if not entry.url:
            raise page.changed("a row without an address")
        address = linked_address(page, entry.url)
        if is_front_page(address) or _FILE.search(urlsplit(address).path):
            return None
        return Listing(self.name, key_for(address), address, plain(entry.title or ""), entry.published_at)

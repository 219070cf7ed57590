"""Reads one page, by the rules of the portal that it belongs to or by general ones; nothing is stored."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tldextract import TLDExtract

from policywatch.app.portals import portal_of
from policywatch.config import Config
from policywatch.errors import Unreadable
from portals.assembly import article_of, part_of
from portals.charset import decode
from portals.generic.any_page import AnyPage
from portals.generic.saved_page import own_address
from portals.page import LayoutChanged, Page
from portals.portal import Portal
from tracking.article import Article, Listing
from tracking.hosts import ForbiddenAddress, HostPatterns, Target, target
from tracking.observation import Failed, Gone, Seen
from tracking.urls import BadAddress, canonical

#: The portal of pages that belong to none: general rules read them.
ANY_PAGE = AnyPage()
#: Stands for the address of a saved page that does not name its address.
UNKNOWN_ADDRESS = "https://address.invalid/"
# The list of public suffixes comes from the package; nothing is downloaded.
_split = TLDExtract(suffix_list_urls=(), cache_dir=None)
_LINKED = re.compile(r"//(?P<host>[a-z0-9.-]+)[/\"']", re.IGNORECASE | re.ASCII)
# A saved page that does not name its address is tried with the portals that it links to most, since a page links mostly
# to its own site. With fewer links than this a portal is not tried.
_MIN_LINKS, _MAX_GUESSES = 5, 3


@dataclass(frozen=True, slots=True)
class PageArticle:
    """An article read from one page."""

    #: The name of the portal whose rules read it; None when general rules did.
    portal: str | None
    #: The canonical address of the page; None for a saved page that does not name it.
    url: str | None
    #: What was read.
    article: Article


@dataclass(frozen=True, slots=True)
class PageReading:
    """Reads single pages; nothing is stored."""

    #: The portals that a page may belong to, by name.
    known: Mapping[str, Portal]
    #: The portal whose rules read every page, ANY_PAGE for general rules; None for the portal that a page belongs to.
    chosen: Portal | None
    #: When the pages are read, aware UTC.
    at: datetime

    def file(self, path: Path, address: str | None) -> PageArticle:
        """Read a saved page that comes from `address`; None: from the address that the page itself names.

        Unreadable when there is no article in it.
        """
        page = self._saved(path, address)
        if self.chosen is None and page.url == UNKNOWN_ADDRESS:
            return self._guessed(page, str(path))
        return self._read(self._portal(page.url), page, str(path))

    async def address(self, url: str, config: Config) -> PageArticle:
        """Fetch the page at a canonical address as a crawl would, and read it.

        Unreadable when it cannot be fetched, or when there is no article in it.
        """
        # Imported here because Scrapy is slow to load, and saved pages need none of it.
        from crawler.frontier import MemoryFrontier
        from policywatch.app.fetch import run_session

        portal = self._portal(url)
        frontier = MemoryFrontier((Listing(portal.name, _key(portal, url), url, "", None),))
        await run_session(portal, frontier.session(self.at), config)
        for observation in frontier.observations:
            match observation:
                case Seen():
                    return _found(portal, observation.article)
                case Failed():
                    raise Unreadable(observation.reason)
                case Gone():
                    raise Unreadable(f"{url}: HTTP {observation.status}")
        raise Unreadable(f"{url}: no answer")

    def _portal(self, url: str) -> Portal:
        return self.chosen or portal_of(url, self.known) or ANY_PAGE

    def _saved(self, path: Path, address: str | None) -> Page:
        try:
            text = decode(path.read_bytes(), None)
        except OSError as error:
            raise Unreadable(f"{path}: {error.strerror}") from error
        if address is not None:
            return Page(checked_address(address), text, self.at)
        try:
            return Page(own_address(Page(UNKNOWN_ADDRESS, text)) or UNKNOWN_ADDRESS, text, self.at)
        except LayoutChanged as error:
            raise Unreadable(f"{path}: {error.reason}") from error

    def _guessed(self, page: Page, name: str) -> PageArticle:
        """Read a page whose address is unknown: its links show which portals it may belong to."""
        for portal in _linked_most(page, self.known):
            with suppress(Unreadable):
                return self._read(portal, page, name)
        return self._read(ANY_PAGE, page, name)

    def _read(self, portal: Portal, page: Page, name: str) -> PageArticle:
        listing = Listing(portal.name, _key(portal, page.url), page.url, "", None)
        try:
            return _found(portal, article_of(portal, listing, [part_of(portal, page, listing)]))
        except LayoutChanged as error:
            raise Unreadable(f"{name}: as {portal.name}: {error.reason}") from error


def portal_named(name: str, known: Mapping[str, Portal]) -> Portal | None:
    """The portal with this name, host or domain (netease, money.163.com, 163); None when there is none."""
    if name in known:
        return known[name]
    named = (portal for portal in known.values() if _has_host(portal, name.lower()) or name in _domains(portal))
    return next(named, None)


def _domains(portal: Portal) -> set[str]:
    """The names of the domains of a portal, without subdomains and public suffixes: 163 for money.163.com."""
    return {_split(own.removeprefix("*.")).domain for own in portal.hosts}


def _has_host(portal: Portal, host: str) -> bool:
    own = HostPatterns(portal.hosts)
    try:
        return any(own.matches(target(f"https://{name}/")) for name in (host, f"www.{host}"))
    except ForbiddenAddress:
        return False


def _linked_most(page: Page, known: Mapping[str, Portal]) -> Iterator[Portal]:
    links = Counter(match["host"].lower() for match in _LINKED.finditer(page.source))
    counts = Counter({name: _count(HostPatterns(portal.hosts), links) for name, portal in known.items()})
    yield from (known[name] for name, count in counts.most_common(_MAX_GUESSES) if count >= _MIN_LINKS)


def _count(own: HostPatterns, links: Mapping[str, int]) -> int:
    return sum(count for host, count in links.items() if own.matches(Target("https", host, False, 443)))


def _key(portal: Portal, url: str) -> str:
    """The key of an address; "" when it is not one of the portal's articles."""
    found = portal.key_of(url)
    return "" if found is None else found


def _found(portal: Portal, article: Article) -> PageArticle:
    url = None if article.url == UNKNOWN_ADDRESS else article.url
    if isinstance(portal, AnyPage):
        return PageArticle(None, url, replace(article, key="" if url is None else article.key))
    return PageArticle(portal.name, url, article)


def checked_address(address: str) -> str:
    """The canonical form of an address; Unreadable when it is not an address."""
    try:
        return canonical(address)
    except BadAddress as error:
        raise Unreadable(str(error)) from error

"""What is read from one page, by the portal that it belongs to or by general rules; nothing is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tldextract import TLDExtract

from crawler.anypage import AnyPage, own_address
from crawler.charset import decode
from crawler.guard import Refused, Sites, Target, target
from crawler.notebook import Notebook
from crawler.page import LayoutChanged, Page
from crawler.portal import Portal
from crawler.reading import article_of, part_of
from policywatch.config import Config
from policywatch.fetching import look
from policywatch.registry import portal_of
from tracking.article import Article, Listing
from tracking.sightings import Failed, Gone, Seen
from tracking.urls import BadAddress, canonical

# The address of a page that does not say where it comes from.
NOWHERE = "https://address.invalid/"
# Which names are public suffixes is read from the package: nobody is asked.
_split = TLDExtract(suffix_list_urls=(), cache_dir=None)
_LINKED = re.compile(r"//(?P<host>[a-z0-9.-]+)[/\"']", re.IGNORECASE | re.ASCII)
# Pages link to their own site again and again, and to others now and then.
_LEAST_LINKS, _MOST_GUESSES = 5, 3


class Unreadable(Exception):
    """Nothing can be read there; the message is one line that names the page and the reason."""


@dataclass(frozen=True, slots=True)
class Found:
    """An article read from one page; `portal` is None when general rules read it, `url` when nobody knows it."""

    portal: str | None
    url: str | None
    article: Article


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads single pages. `known` are the portals by name, `chosen` the one to read with (AnyPage: general rules)."""

    known: Mapping[str, type[Portal]]
    chosen: type[Portal] | None
    at: datetime

    def file(self, path: Path, address: str | None) -> Found:
        """What a saved page says; Unreadable otherwise."""
        page = self._saved(path, address)
        if self.chosen is None and page.url == NOWHERE:
            return self._guessed(page, str(path))
        return self._read(self._portal(page.url), page, str(path))

    async def address(self, url: str, config: Config) -> Found:
        """What the page at a canonical address says, fetched as a crawl would; Unreadable otherwise."""
        portal = self._portal(url)
        notebook = Notebook((Listing(portal.name, _key(portal, url), url, "", None),))
        alone = type(portal.__name__, (portal,), {"lists": (), "former_lists": ()})
        await look(alone, notebook, config, self.at)
        for sighting in notebook.sightings:
            match sighting:
                case Seen():
                    return _found(portal, sighting.article)
                case Failed():
                    raise Unreadable(sighting.reason)
                case Gone():
                    raise Unreadable(f"{url}: HTTP {sighting.status}")
        raise Unreadable(f"{url}: no answer")

    def _portal(self, url: str) -> type[Portal]:
        return self.chosen or portal_of(url, self.known) or AnyPage

    def _saved(self, path: Path, address: str | None) -> Page:
        try:
            text = decode(path.read_bytes(), None)
        except OSError as error:
            raise Unreadable(f"{path}: {error.strerror}") from error
        if address is not None:
            return Page(usable(address), text, self.at)
        try:
            return Page(own_address(Page(NOWHERE, text)) or NOWHERE, text, self.at)
        except LayoutChanged as error:
            raise Unreadable(f"{path}: {error.reason}") from error

    def _guessed(self, page: Page, name: str) -> Found:
        """What a page says that keeps its address to itself: its links show whose it may be."""
        for portal in (*_linked_most(page, self.known), AnyPage):
            try:
                return self._read(portal, page, name)
            except Unreadable:
                if portal is AnyPage:
                    raise
        raise AssertionError("AnyPage is the last")

    def _read(self, portal: type[Portal], page: Page, name: str) -> Found:
        reader = portal(memory=Notebook(), at=self.at)
        listing = Listing(portal.name, _key(portal, page.url), page.url, "", None)
        try:
            return _found(portal, article_of(reader, listing, [part_of(reader, page, listing)]))
        except LayoutChanged as error:
            raise Unreadable(f"{name}: as {portal.name}: {error.reason}") from error


def portal_named(name: str, known: Mapping[str, type[Portal]]) -> type[Portal] | None:
    """The portal of this name, of this host or of this domain (netease, money.163.com, 163)."""
    if name in known:
        return known[name]
    named = (portal for portal in known.values() if _has_host(portal, name.lower()) or name in _domains(portal))
    return next(named, None)


def _domains(portal: type[Portal]) -> set[str]:
    """What the domains of a portal are called, without what stands before and behind."""
    return {_split(own.removeprefix("*.")).domain for own in portal.hosts}


def _has_host(portal: type[Portal], host: str) -> bool:
    own = Sites(portal.hosts)
    try:
        return any(own.names(target(f"https://{name}/")) for name in (host, f"www.{host}"))
    except Refused:
        return False


def _linked_most(page: Page, known: Mapping[str, type[Portal]]) -> Iterator[type[Portal]]:
    links = Counter(match["host"].lower() for match in _LINKED.finditer(page.source))
    counts = Counter({name: _count(Sites(portal.hosts), links) for name, portal in known.items()})
    yield from (known[name] for name, count in counts.most_common(_MOST_GUESSES) if count >= _LEAST_LINKS)


def _count(own: Sites, links: Mapping[str, int]) -> int:
    return sum(count for host, count in links.items() if own.names(Target("https", host, False, 443)))


def _key(portal: type[Portal], url: str) -> str:
    """The key of an address; "" when the portal was chosen for a page whose address it does not know."""
    found = portal.key_of(url)
    return "" if found is None else found


def _found(portal: type[Portal], article: Article) -> Found:
    url = None if article.url == NOWHERE else article.url
    if issubclass(portal, AnyPage):
        return Found(None, url, replace(article, key="" if url is None else article.key))
    return Found(portal.name, url, article)


def usable(address: str) -> str:
    """The canonical form of an address; Unreadable when it is none."""
    try:
        return canonical(address)
    except BadAddress as error:
        raise Unreadable(str(error)) from error

"""Pages that a list of links names, of any site: fetched and read as the portal does whose pages they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from urllib.parse import urljoin, urlsplit

from portals.generic.any_page import AnyPage
from portals.generic.lines import GENERIC_RULES
from portals.page import Page, Reading
from portals.portal import Portal
from tracking.article import Categories
from tracking.hosts import HostPatterns, target
from tracking.urls import canonical

_FRONT_PAGE = re.compile(r"/*(?:(?:index|default)\.\w{3,5})?/*")
# Characters of a key, and of the address that a longer one begins with: a digest of 32 and a mark follow.
_LONGEST_KEY, _KEPT_OF_KEY = 200, 160


@dataclass(frozen=True)
class LinkedPages(AnyPage):
    """What portals without code of their own have in common.

    A page that its site cannot read is a failure, never read by general rules: read by the site's own tomorrow, it
    would seem edited.
    """

    name: str = field()
    categories: Categories = field()
    hosts: tuple[str, ...] = field()
    lists: tuple[str, ...] = field()
    #: The portals whose pages are read by their own rules.
    sites: tuple[Portal, ...] = field(repr=False)

    rules = GENERIC_RULES
    # A page says nothing of the list that led to it: no address has a key.
    article_address = re.compile(r"(?P<key>(?!))")

    def source_address(self, url: str) -> str:
        """As the site whose page it is fetches it; the address itself where that is none of `sites`."""
        site = self._site(url)
        return url if site is None else site.source_address(canonical(url))

    def headers_for(self, url: str) -> Mapping[str, str]:
        """The headers of the site whose page it is."""
        site = self._site(url)
        return self.article_headers if site is None else site.headers_for(url)

    def extract(self, page: Page) -> Reading:
        """By the rules of the site whose page it is, or else by general rules."""
        site = self._site(page.url) or self._interface(page)
        if site is None:
            return self.read_generically(page)
        reading = site.extract(page)
        return replace(reading, rules=site.rules if reading.rules is None else reading.rules)

    def more_pages(self, page: Page) -> tuple[str, ...]:
        site = self._site(page.url)
        return () if site is None else site.more_pages(page)

    def _site(self, url: str) -> Portal | None:
        """The portal that the article at an address belongs to; None when it is none of `sites`."""
        return next((site for site in self.sites if site.key_of(url) is not None), None)

    def _interface(self, page: Page) -> Portal | None:
        """The site that an answer in JSON comes from, which has the address of no article."""
        if page.source[:100].lstrip()[:1] not in ("{", "["):
            return None
        where = target(page.url)
        return next((site for site in self.sites if HostPatterns(site.hosts).names(where)), None)


def linked_address(page: Page, link: str) -> str:
    """The canonical form of a link, but with http where it says so: many a site knows nothing else.

    LayoutChanged when the link is no address.
    """
    address = page.address(link)
    is_http = urljoin(page.url, link.strip()).lower().startswith("http:")
    return f"http{address.removeprefix('https')}" if is_http else address


def key_for(address: str) -> str:
    """The key of an address, or of an id: the same for http and https, and at most 200 characters."""
    key = f"https{address.removeprefix('http')}" if address.startswith("http:") else address
    if len(key) <= _LONGEST_KEY:
        return key
    return f"{key[:_KEPT_OF_KEY]}~{blake2b(key.encode(), digest_size=16).hexdigest()}"


def is_front_page(address: str) -> bool:
    """Whether an address is that of a whole site."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return _FRONT_PAGE.fullmatch(parts.path) is not None and not parts.query


def route(link: str) -> str:
    """The fragment of a link where it names a page, as in #/article/1; "" otherwise."""
    fragment = link.strip().partition("#")[2]
    return f"#{fragment}" if fragment.startswith(("/", "!")) else ""

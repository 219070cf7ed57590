"""Pages of any site that a feed or sitemap links to; pages of a shipped portal are read by that portal's rules."""

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
# Characters of a key, and of the beginning of a longer address in its key: "~" and a digest of 32 follow.
_LONGEST_KEY, _KEY_PREFIX = 200, 160


@dataclass(frozen=True)
class LinkedPages(AnyPage):
    """The base of portals without code.

    A page that the rules of its site cannot read is a failure, and not read by general rules: once the site's rules
    read it again, it would seem edited.
    """

    name: str = field()
    categories: Categories = field()
    hosts: tuple[str, ...] = field()
    lists: tuple[str, ...] = field()
    #: The portals whose pages are read by their own rules.
    sites: tuple[Portal, ...] = field(repr=False)

    rules = GENERIC_RULES
    # Keys come from the list, so no address has one.
    article_address = re.compile(r"(?P<key>(?!))")

    def source_address(self, url: str) -> str:
        """The source address that the page's site states; the address itself for a page of none of `sites`."""
        site = self._site(url)
        return url if site is None else site.source_address(canonical(url))

    def headers_for(self, url: str) -> Mapping[str, str]:
        """The headers that the page's site states."""
        site = self._site(url)
        return self.article_headers if site is None else site.headers_for(url)

    def extract(self, page: Page) -> Reading:
        """By the rules of the page's site, or by general rules for a page of none of `sites`."""
        site = self._site(page.url) or self._api_site(page)
        if site is None:
            return self.read_generically(page)
        reading = site.extract(page)
        return replace(reading, rules=site.rules if reading.rules is None else reading.rules)

    def more_pages(self, page: Page) -> tuple[str, ...]:
        site = self._site(page.url)
        return () if site is None else site.more_pages(page)

    def _site(self, url: str) -> Portal | None:
        """The one of `sites` with an article at this address; None for no such site."""
        return next((site for site in self.sites if site.key_of(url) is not None), None)

    def _api_site(self, page: Page) -> Portal | None:
        """The one of `sites` whose API the JSON page comes from, by its host; None for other pages."""
        if page.source[:100].lstrip()[:1] not in ("{", "["):
            return None
        where = target(page.url)
        return next((site for site in self.sites if HostPatterns(site.hosts).matches(where)), None)


def linked_address(page: Page, link: str) -> str:
    """The canonical address of a link, but with http where the link has it: some sites only support http.

    LayoutChanged when the link is not valid.
    """
    address = page.address(link)
    is_http = urljoin(page.url, link.strip()).lower().startswith("http:")
    return f"http{address.removeprefix('https')}" if is_http else address


def key_for(address: str) -> str:
    """A key of at most 200 characters for an address or an id, the same for http and https."""
    key = f"https{address.removeprefix('http')}" if address.startswith("http:") else address
    if len(key) <= _LONGEST_KEY:
        return key
    return f"{key[:_KEY_PREFIX]}~{blake2b(key.encode(), digest_size=16).hexdigest()}"


def is_front_page(address: str) -> bool:
    """Whether an address is that of a site's front page."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return _FRONT_PAGE.fullmatch(parts.path) is not None and not parts.query


def route(link: str) -> str:
    """The fragment of a link when it is a client-side route, such as #/article/1; "" otherwise."""
    fragment = link.strip().partition("#")[2]
    return f"#{fragment}" if fragment.startswith(("/", "!")) else ""

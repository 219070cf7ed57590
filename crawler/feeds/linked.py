"""Pages that a list of links names, of any site: as the portals whose pages they are would fetch and read them."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import blake2b
from typing import ClassVar
from urllib.parse import urljoin, urlsplit

from scrapy.http import Request

from crawler.anypage import AnyPage
from crawler.facts import Facts
from crawler.generic.lines import GENERIC_RULES
from crawler.guard import Sites, target
from crawler.page import Page
from crawler.portal import Reading
from crawler.visits import Visit
from tracking.urls import canonical

_FRONT_PAGE = re.compile(r"/*(?:(?:index|default)\.\w{3,5})?/*")
_LONGEST_KEY, _KEPT_OF_KEY = 200, 160


class LinkedPages(AnyPage):
    """What portals without code of their own have in common; `readers` are those whose pages are read by their rules.

    A page that its portal cannot read is a failure. Read by general rules today, and by the portal's tomorrow, it
    would seem edited.
    """

    rules = GENERIC_RULES
    readers: ClassVar[tuple[type[Facts], ...]] = ()

    @classmethod
    def key_of(cls, url: str) -> str | None:
        # A page says nothing of the feed that led to it.
        return None

    def source_address(self, url: str) -> str:
        reader = self._reader(url)
        return url if reader is None else reader.source_address(canonical(url))

    def extract(self, page: Page) -> Reading:
        reader = self._reader(page.url) or self._interface(page)
        if reader is None:
            return self.read_generically(page)
        reading = reader.extract(page)
        return replace(reading, rules=reader.rules if reading.rules is None else reading.rules)

    def more_pages(self, page: Page) -> tuple[str, ...]:
        reader = self._reader(page.url)
        return () if reader is None else reader.more_pages(page)

    def _request(self, url: str, visit: Visit) -> Request:
        request, reader = super()._request(url, visit), self._reader(visit.listing.url)
        for name, value in ({} if reader is None else reader.article_headers).items():
            request.headers.setdefault(name, value)
        return request

    def _reader(self, url: str) -> Facts | None:
        found = (reader for reader in self.readers if reader.key_of(url) is not None)
        return next((reader(memory=self.memory, at=self.at) for reader in found), None)

    def _interface(self, page: Page) -> Facts | None:
        """The portal that an answer in JSON comes from, which has the address of no article."""
        if page.source[:100].lstrip()[:1] not in ("{", "["):
            return None
        where = target(page.url)
        found = (reader for reader in self.readers if Sites(reader.hosts).names(where))
        return next((reader(memory=self.memory, at=self.at) for reader in found), None)


def linked_address(page: Page, link: str) -> str:
    """The canonical form of a link, but for http: many a site knows nothing else."""
    address = page.address(link)
    is_http = urljoin(page.url, link.strip()).lower().startswith("http:")
    return f"http{address.removeprefix('https')}" if is_http else address


def key_for(address: str) -> str:
    """What stands for an address, or an id, in the database: the same for http and https, and not too long."""
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

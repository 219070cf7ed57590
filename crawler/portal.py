"""The base class of all portals: the plumbing of a crawl, so that a portal states facts and extracts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

import scrapy
from scrapy.http import Request, Response
from selectolax.lexbor import LexborNode
from twisted.python.failure import Failure

from crawler.page import LayoutChanged, Page, decode
from crawler.reasons import one_line, reason_of
from crawler.visits import Memory, Part, Visit, conditions, header, published_at, validator_of
from tracking import body as bodies
from tracking.article import Article, Categories, Content, Listing
from tracking.sightings import Capture, Failed, Gone, Seen, Sighting, Unchanged
from tracking.urls import BadAddress, canonical

# Pages of one article beyond this number are a trap, not an article.
_MOST_PAGES = 30
# Lists first, then what was never read, then what is looked at again: a crawl may be cut off.
_LIST_PRIORITY, _RECHECK_PRIORITY = 10, -10
# What the database holds; the keys of real portals have a tenth of it.
_LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Reading:
    """What a portal read from one page: `body` is the node whose inner HTML is the article."""

    title: str
    body: LexborNode
    author: str | None
    published_at: datetime | None


class Portal(scrapy.Spider):
    """A watched site. A subclass states the facts below and writes `rows`, `listing` and `extract`."""

    name: str
    categories: ClassVar[Categories]
    hosts: ClassVar[tuple[str, ...]]
    lists: ClassVar[tuple[str, ...]]
    # Lists of a former site, which may be gone: one that never gave anything is no failure.
    former_lists: ClassVar[tuple[str, ...]] = ()
    list_headers: ClassVar[dict[str, str]] = {}
    article_address: ClassVar[re.Pattern[str]]
    rules: ClassVar[bodies.Rules]

    def __init__(self, *args: Any, memory: Memory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._memory = memory
        self._asked: set[str] = set()

    # --- what a portal writes ---

    def list_address(self, list_: str, number: int) -> str:
        """The address of page `number` (from 1) of a list."""
        return list_.format(page=number)

    def rows(self, page: Page) -> Sequence[Any]:
        """The rows of a list page; LayoutChanged when it is no such list."""
        raise NotImplementedError

    def listing(self, row: Any, page: Page) -> Listing | None:
        """One row of a list; None for what is no article of this portal; LayoutChanged when the row is broken."""
        raise NotImplementedError

    def extract(self, page: Page) -> Reading:
        """What an article page says; LayoutChanged when it is no such page."""
        raise NotImplementedError

    def more_pages(self, page: Page) -> tuple[str, ...]:
        """The addresses of the further pages of the article that `page` begins."""
        return ()

    # --- what every portal can do ---

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

    # --- the crawl ---

    async def start(self) -> AsyncIterator[Request]:
        for list_ in (*self.lists, *self.former_lists):
            yield self._list_request(list_, 1)
        for listing in self._memory.waiting():
            for request in self._first_request(Visit(listing)):
                yield request
        for visit in self._memory.due():
            for request in self._first_request(visit):
                yield request.replace(priority=_RECHECK_PRIORITY)

    def _list_request(self, list_: str, number: int) -> Request:
        return Request(
            self.list_address(list_, number),
            callback=self.read_list,
            errback=self.list_not_read,
            headers=self.list_headers,
            cb_kwargs={"list_": list_, "number": number},
            meta={"handle_httpstatus_list": [404]},
            priority=_LIST_PRIORITY,
            dont_filter=True,
        )

    def _first_request(self, visit: Visit) -> Iterator[Request]:
        """The request for an article, unless this crawl made it already."""
        if visit.listing.key not in self._asked:
            self._asked.add(visit.listing.key)
            yield self._article_request(visit.listing.url, visit)

    def _article_request(self, url: str, visit: Visit) -> Request:
        return Request(
            url,
            callback=self.read_article,
            errback=self.article_not_read,
            headers=conditions(visit),
            cb_kwargs={"visit": visit},
            meta={"handle_httpstatus_list": [304, 404, 410]},
            dont_filter=True,
        )

    def read_list(self, response: Response, list_: str, number: int) -> Iterator[Request | Sighting]:
        """The articles of a list page that are to be read, and the next page while it may show unknown ones."""
        try:
            yield from self._read_list(response, list_, number)
        except LayoutChanged as error:
            self._memory.fail_list(list_, str(error))
        except Exception as error:
            self.logger.debug("reading a list", exc_info=True)
            self._memory.fail_list(list_, f"{response.url}: unexpected {one_line(repr(error))}")

    def _read_list(self, response: Response, list_: str, number: int) -> Iterator[Request | Sighting]:
        if response.status == 404:
            rows, page = self._end_of_list(response, number), Page(response.url, "")
        else:
            page = _page(response)
            rows = self.rows(page)
        if not rows and number == 1:
            raise LayoutChanged(response.url, "the list is empty")
        listings, broken = self._listings(rows, page)
        yield from broken
        if broken and not listings:
            raise LayoutChanged(response.url, f"none of its {len(rows)} rows can be read")
        found = self._memory.remember(list_, number, listings, ended=not rows)
        for listing in found.waiting:
            yield from self._first_request(Visit(listing))
        if found.go_on:
            yield self._list_request(list_, number + 1)

    def _end_of_list(self, response: Response, number: int) -> Sequence[Any]:
        if number == 1:
            raise LayoutChanged(response.url, "HTTP 404")
        return ()

    def _listings(self, rows: Sequence[Any], page: Page) -> tuple[list[Listing], list[Failed]]:
        listings: dict[str, Listing] = {}
        broken = []
        for row in rows:
            try:
                found = self._checked(self.listing(row, page))
            except LayoutChanged as error:
                broken.append(Failed(self.name, "", page.url, str(error)))
            else:
                if found is not None:
                    listings.setdefault(found.key, found)
        return list(listings.values()), broken

    def _checked(self, found: Listing | None) -> Listing | None:
        if found is not None and len(found.key) > _LONGEST_KEY:
            raise LayoutChanged(found.url, f"a key of {len(found.key)} characters")
        return found

    def list_not_read(self, failure: Failure) -> None:
        """Note that a list could not be fetched."""
        # Of the request that was asked for, not of one that it was redirected to.
        list_, number = _asked(failure, "list_"), _asked(failure, "number")
        self._memory.fail_list(list_, f"{self.list_address(list_, number)}: {reason_of(failure)}")

    def read_article(self, response: Response, visit: Visit) -> Iterator[Request | Sighting]:
        """What one page of an article gives: the whole article, its next page, or why it cannot be read."""
        try:
            yield from self._read_article(response, visit)
        except LayoutChanged as error:
            yield self._failed(visit, str(error))
        except Exception as error:
            self.logger.debug("reading an article", exc_info=True)
            yield self._failed(visit, f"{response.url}: unexpected {one_line(repr(error))}")

    def _read_article(self, response: Response, visit: Visit) -> Iterator[Request | Sighting]:
        listing = visit.listing
        if response.status == 304:
            yield self._unchanged(visit)
        elif visit.unchanged:
            # A later page changed: the article is read afresh, from its beginning.
            yield self._article_request(listing.url, Visit(listing))
        elif response.status in (404, 410):
            yield self._gone(response, visit)
        else:
            yield self._advance(response, visit)

    def _unchanged(self, visit: Visit) -> Request | Sighting:
        unchanged = visit.unchanged + 1
        if unchanged >= len(visit.validators):
            return Unchanged(self.name, visit.listing.key)
        return self._article_request(visit.validators[unchanged].url, replace(visit, unchanged=unchanged))

    def _gone(self, response: Response, visit: Visit) -> Sighting:
        if visit.parts:
            return self._failed(visit, f"{response.url}: HTTP {response.status} for a page of an article")
        return Gone(self.name, visit.listing.key, visit.listing.url, response.status)

    def _advance(self, response: Response, visit: Visit) -> Request | Sighting:
        page = _page(response)
        if not visit.parts:
            self._check_address(page.url, visit.listing)
            visit = replace(visit, ahead=self._further_pages(page))
        visit = replace(visit, parts=(*visit.parts, self._part(response, page, len(visit.parts) + 1)), validators=())
        if not visit.ahead:
            return self._seen(visit)
        url, *ahead = visit.ahead
        return self._article_request(url, replace(visit, ahead=tuple(ahead)))

    def _check_address(self, url: str, listing: Listing) -> None:
        if self.key_of(url) != listing.key:
            raise LayoutChanged(listing.url, f"leads to another page, {url}")

    def _further_pages(self, page: Page) -> tuple[str, ...]:
        urls = self.more_pages(page)
        if len(urls) >= _MOST_PAGES:
            raise LayoutChanged(page.url, f"claims to have {len(urls) + 1} pages")
        return urls

    def _part(self, response: Response, page: Page, number: int) -> Part:
        reading = self.extract(page)
        body = bodies.serialise(reading.body, page.url)
        return Part(
            title=reading.title,
            author=reading.author,
            published_at=reading.published_at,
            body=body,
            image=bodies.first_image(body, page.url),
            paragraphs=bodies.paragraphs(body, self.rules),
            capture=Capture(number, response.url, header(response, "Content-Type") or "", response.body),
            validator=validator_of(response),
        )

    def _seen(self, visit: Visit) -> Seen:
        first, listing = visit.parts[0], visit.listing
        paragraphs = tuple(paragraph for part in visit.parts for paragraph in part.paragraphs)
        if not paragraphs and not any(bodies.shows_something(part.body, self.rules) for part in visit.parts):
            raise LayoutChanged(listing.url, "the body has no text")
        article = Article(
            portal=self.name,
            key=listing.key,
            url=listing.url,
            categories=self.categories,
            content=Content(first.title, paragraphs),
            author=first.author,
            published_at=published_at(listing.published_at, first.published_at),
            body="\n".join(part.body for part in visit.parts),
            image=next((part.image for part in visit.parts if part.image), None),
        )
        validators = [part.validator for part in visit.parts]
        known = tuple(validator for validator in validators if validator is not None)
        complete = known if len(known) == len(validators) else ()
        return Seen(article, tuple(part.capture for part in visit.parts), complete)

    def article_not_read(self, failure: Failure) -> Iterator[Sighting]:
        """Why an article could not be fetched."""
        visit: Visit = _asked(failure, "visit")
        yield self._failed(visit, f"{visit.listing.url}: {reason_of(failure)}")

    def _failed(self, visit: Visit, reason: str) -> Failed:
        return Failed(self.name, visit.listing.key, visit.listing.url, reason)


def _asked(failure: Failure, name: str) -> Any:
    """What a failed request was made for."""
    return failure.request.cb_kwargs[name]  # type: ignore[attr-defined]


def _page(response: Response) -> Page:
    return Page(response.url, decode(response.body, header(response, "Content-Type")))

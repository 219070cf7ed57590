"""Requests for the pages of lists, and what follows from the rows of each page."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.article_pages import ArticlePages
from crawler.fetch.errors import failure_kind_of, failure_kind_with, reason_of
from crawler.frontier import CrawlSession
from crawler.visit import Visit, page_of
from portals.assembly import article_of, inline_part, row_capture
from portals.page import EmptyList, LayoutChanged, Page
from portals.portal import ListPosition, ListSource, Portal
from tracking.article import Listing
from tracking.observation import Failed, FailureKind, Observation, Seen
from tracking.text import one_line

# Before articles (0) and rechecks (-10), see crawler.spider.
_LIST_PRIORITY = 10
# Characters, as the column in the database has room for; keys of real portals have a tenth of that.
_LONGEST_KEY = 255

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _PageRows:
    """What was read from the rows of one list page."""

    #: The rows that list an article, by its key, in the order of the page.
    listings: dict[str, Listing] = field(default_factory=dict)
    #: Inline articles: those whose row holds the whole article.
    seen: list[Seen] = field(default_factory=list)
    #: Rows that could not be read.
    broken: list[Failed] = field(default_factory=list)


class ListPages:
    """Makes the requests for lists, page by page, and yields those for the articles that they show."""

    def __init__(self, portal: Portal, session: CrawlSession, articles: ArticlePages) -> None:
        self._portal, self._session, self._articles = portal, session, articles

    def first_request(self, list_: str) -> Request:
        """The request for the first page of a list."""
        return self._request(self._portal.list_address(list_, 1, self._session.at), ListPosition(list_))

    def _request(self, address: str, position: ListPosition, referer: str | None = None) -> Request:
        return Request(
            address,
            callback=self.parse,
            errback=self.failed,
            headers={**self._portal.list_headers, **({} if referer is None else {"Referer": referer})},
            cb_kwargs={"position": position, "referer": referer},
            meta={"handle_httpstatus_list": [404], "list_address": address},
            priority=_LIST_PRIORITY,
            dont_filter=True,
        )

    def parse(
        self, response: Response, position: ListPosition, referer: str | None = None
    ) -> Iterator[Request | Observation]:
        """The requests for the articles of a list page that are to be read, and for the next page if it is needed."""
        frontier = self._session.frontier
        try:
            yield from self._parse(response, position, referer)
        except LayoutChanged as error:
            frontier.fail_list(position.list_, str(error), failure_kind_with(error, response))
        except Exception as error:
            _logger.debug("reading a list", exc_info=True)
            reason = f"{response.url}: unexpected {one_line(repr(error))}"
            frontier.fail_list(position.list_, reason, FailureKind.LAYOUT)

    def failed(self, failure: Failure) -> None:
        """Report to the frontier that a list could not be fetched."""
        request: Request = failure.request  # type: ignore[attr-defined]
        position: ListPosition = request.cb_kwargs["position"]
        # The address that was requested, not one that it was redirected to.
        reason = f"{request.meta['list_address']}: {reason_of(failure)}"
        self._session.frontier.fail_list(position.list_, reason, failure_kind_of(failure))

    def _parse(
        self, response: Response, position: ListPosition, referer: str | None
    ) -> Iterator[Request | Observation]:
        if response.status == 404:
            page, rows, further = Page(response.url, ""), self._end_of_list(response, position), None
        else:
            page = self._page(response)
            sources = self._portal.list_sources(page) if referer is None else ()
            if sources:
                yield from self._source_requests(sources, position, response.url)
                return
            rows, further = self._portal.rows(page), self._portal.next_address(position, page)
        if not rows and position.number == 1:
            raise EmptyList(response.url, "the list is empty")
        go_on = yield from self._rows(rows, page, position, ended=not rows or further is None)
        if go_on and further is not None:
            yield self._request(further, _following(position), referer)

    def _page(self, response: Response) -> Page:
        try:
            body = self._portal.unpack_list(response.body)
        except ValueError as error:
            raise LayoutChanged(response.url, str(error)) from error
        return page_of(response, self._session.at, body)

    def _end_of_list(self, response: Response, position: ListPosition) -> Sequence[Any]:
        if position.number == 1:
            raise LayoutChanged(response.url, "HTTP 404")
        return ()

    def _source_requests(
        self, sources: Sequence[ListSource], position: ListPosition, referer: str
    ) -> Iterator[Request]:
        for source in sources:
            first, *ahead = source.addresses
            list_ = position.list_ if source.name is None else source.name
            yield self._request(first, ListPosition(list_, 1, tuple(ahead)), referer)

    def _rows(
        self, rows: Sequence[Any], page: Page, position: ListPosition, *, ended: bool
    ) -> Generator[Request | Observation, None, bool]:
        """Yields what follows from the rows of a page; returns whether the next page is to be read."""
        found = self._read_rows(rows, page)
        yield from found.broken
        yield from found.seen
        if found.broken and not found.listings:
            raise LayoutChanged(page.url, f"none of its {len(rows)} rows can be read")
        listings = list(found.listings.values())
        steps = self._session.frontier.add_page(position.list_, position.number, listings, ended=ended)
        self._articles.requested |= {seen.key for seen in found.seen}
        for listing in steps.waiting:
            yield from self._articles.request_once(Visit(listing))
        return steps.go_on

    def _read_rows(self, rows: Sequence[Any], page: Page) -> _PageRows:
        found = _PageRows()
        for row in rows:
            try:
                self._read_row(row, page, found)
            except LayoutChanged as error:
                found.broken.append(Failed(self._portal.name, "", page.url, str(error)))
        return found

    def _read_row(self, row: Any, page: Page, found: _PageRows) -> None:
        listing = self._portal.listing(row, page)
        if listing is None or listing.key in found.listings:
            return
        if len(listing.key) > _LONGEST_KEY:
            raise LayoutChanged(listing.url, f"a key of {len(listing.key)} characters")
        part = inline_part(self._portal, row, page, listing)
        if part is not None:
            article = article_of(self._portal, listing, [part])
            found.seen.append(Seen(article, (row_capture(self._portal, row, page),), inline=True))
        found.listings[listing.key] = listing


def _following(position: ListPosition) -> ListPosition:
    return ListPosition(position.list_, position.number + 1, position.ahead[1:])

"""Requests for the pages of articles, and the observations that are made of the responses."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.fetch.errors import failure_kind_of, failure_kind_with, reason_of
from crawler.frontier import CrawlSession
from crawler.visit import FetchedPage, Visit, conditional_headers, header, page_of, validator_of
from portals.assembly import article_of, part_of
from portals.page import LayoutChanged, Page
from portals.portal import Portal
from tracking.article import Listing
from tracking.observation import Capture, Failed, FailureKind, Gone, Observation, Seen, Unchanged
from tracking.text import one_line

# Pages of one article; a page that names more of them is broken or hostile.
_MOST_PAGES = 30

_logger = logging.getLogger(__name__)


class ArticlePages:
    """Makes the requests for articles, with all their pages, and yields an observation of each article."""

    def __init__(self, portal: Portal, session: CrawlSession) -> None:
        self._portal, self._session = portal, session
        #: The keys of the articles that this crawl requested, or read in a list.
        self.requested: set[str] = set()

    def request_once(self, visit: Visit) -> Iterator[Request]:
        """The request for an article; nothing when this crawl requested it already."""
        if visit.listing.key not in self.requested:
            self.requested.add(visit.listing.key)
            yield self._first_request(visit)

    def _first_request(self, visit: Visit) -> Request:
        return self._request(self._portal.source_address(visit.listing.url), visit)

    def _request(self, url: str, visit: Visit) -> Request:
        return Request(
            url,
            callback=self.parse,
            errback=self.failed,
            headers={**self._portal.headers_for(visit.listing.url), **conditional_headers(visit)},
            cb_kwargs={"visit": visit},
            meta={"handle_httpstatus_list": [304, 404, 410]},
            dont_filter=True,
        )

    def parse(self, response: Response, visit: Visit) -> Iterator[Request | Observation]:
        """What follows from one page of an article: an observation, or the request for another page of it."""
        try:
            yield self._parse(response, visit)
        except LayoutChanged as error:
            yield self._failure(visit, str(error), failure_kind_with(error, response))
        except Exception as error:
            _logger.debug("reading an article", exc_info=True)
            yield self._failure(visit, f"{response.url}: unexpected {one_line(repr(error))}", FailureKind.LAYOUT)

    def failed(self, failure: Failure) -> Iterator[Observation]:
        """Why an article could not be fetched."""
        visit: Visit = failure.request.cb_kwargs["visit"]  # type: ignore[attr-defined]
        yield self._failure(visit, f"{visit.listing.url}: {reason_of(failure)}", failure_kind_of(failure))

    def _parse(self, response: Response, visit: Visit) -> Request | Observation:
        if response.status == 304:
            return self._unchanged(visit)
        if visit.unchanged:
            # A later page changed: the article is read again from its first page.
            return self._first_request(Visit(visit.listing))
        if response.status in (404, 410):
            return self._gone(response, visit)
        return self._advance(response, visit)

    def _unchanged(self, visit: Visit) -> Request | Observation:
        unchanged = visit.unchanged + 1
        if unchanged >= len(visit.validators):
            return Unchanged(self._portal.name, visit.listing.key)
        return self._request(visit.validators[unchanged].url, replace(visit, unchanged=unchanged))

    def _gone(self, response: Response, visit: Visit) -> Observation:
        if visit.fetched:
            reason = f"{response.url}: HTTP {response.status} for a page of an article"
            return self._failure(visit, reason, FailureKind.UNREACHABLE)
        return Gone(self._portal.name, visit.listing.key, visit.listing.url, response.status)

    def _advance(self, response: Response, visit: Visit) -> Request | Observation:
        page = page_of(response, self._session.at)
        if not visit.fetched:
            self._check_address(page.url, visit.listing)
            if visit.inline:
                # The text comes from the list; the page is fetched only to see whether it still exists.
                return Unchanged(self._portal.name, visit.listing.key)
            visit = replace(visit, ahead=self._further_pages(page))
        visit = replace(visit, fetched=(*visit.fetched, self._fetched(response, page, visit)), validators=())
        if not visit.ahead:
            return self._seen(visit)
        url, *ahead = visit.ahead
        return self._request(url, replace(visit, ahead=tuple(ahead)))

    def _check_address(self, url: str, listing: Listing) -> None:
        if not self._portal.is_article(url, listing):
            raise LayoutChanged(listing.url, f"leads to another page, {url}")

    def _further_pages(self, page: Page) -> tuple[str, ...]:
        urls = self._portal.more_pages(page)
        if len(urls) >= _MOST_PAGES:
            raise LayoutChanged(page.url, f"claims to have {len(urls) + 1} pages")
        return urls

    def _fetched(self, response: Response, page: Page, visit: Visit) -> FetchedPage:
        capture = Capture(len(visit.fetched) + 1, response.url, header(response, "Content-Type") or "", response.body)
        return FetchedPage(part_of(self._portal, page, visit.listing), capture, validator_of(response))

    def _seen(self, visit: Visit) -> Seen:
        article = article_of(self._portal, visit.listing, [fetched.part for fetched in visit.fetched])
        validators = [fetched.validator for fetched in visit.fetched]
        known = tuple(validator for validator in validators if validator is not None)
        # An article of several pages is unchanged only when every page is, so every page needs a validator.
        usable = known if len(known) == len(validators) else ()
        return Seen(article, tuple(fetched.capture for fetched in visit.fetched), usable)

    def _failure(self, visit: Visit, reason: str, failure_kind: FailureKind) -> Failed:
        return Failed(self._portal.name, visit.listing.key, visit.listing.url, reason, failure_kind)

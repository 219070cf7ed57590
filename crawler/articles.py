"""How the articles of a portal are crawled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.facts import Facts
from crawler.page import LayoutChanged, Page
from crawler.reading import article_of, part_of
from crawler.reasons import asked, one_line, reason_of, trouble_of, trouble_with
from crawler.visits import Fetched, Memory, Visit, conditions, header, page_of, validator_of
from tracking.article import Listing
from tracking.sightings import Capture, Failed, Gone, Seen, Sighting, Trouble, Unchanged

# Pages of one article beyond this number are a trap, not an article.
_MOST_PAGES = 30


class Articles(Facts):
    """Asks for articles, with all their pages, and yields what was seen of them."""

    def __init__(self, *args: Any, memory: Memory, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, memory=memory, at=at, **kwargs)
        self.asked_for: set[str] = set()

    def ask_once(self, visit: Visit) -> Iterator[Request]:
        """The request for an article, unless this crawl made it already."""
        if visit.listing.key not in self.asked_for:
            self.asked_for.add(visit.listing.key)
            yield self._request(self.source_address(visit.listing.url), visit)

    def _request(self, url: str, visit: Visit) -> Request:
        return Request(
            url,
            callback=self.read_article,
            errback=self.article_not_read,
            headers=self.article_headers | conditions(visit),
            cb_kwargs={"visit": visit},
            meta={"handle_httpstatus_list": [304, 404, 410]},
            dont_filter=True,
        )

    def read_article(self, response: Response, visit: Visit) -> Iterator[Request | Sighting]:
        """What one page of an article gives: the whole article, its next page, or why it cannot be read."""
        try:
            yield from self._read_article(response, visit)
        except LayoutChanged as error:
            yield self._failed(visit, str(error), trouble_with(error, response))
        except Exception as error:
            self.logger.debug("reading an article", exc_info=True)
            yield self._failed(visit, f"{response.url}: unexpected {one_line(repr(error))}", Trouble.LAYOUT)

    def _read_article(self, response: Response, visit: Visit) -> Iterator[Request | Sighting]:
        listing = visit.listing
        if response.status == 304:
            yield self._unchanged(visit)
        elif visit.unchanged:
            # A later page changed: the article is read afresh, from its beginning.
            yield self._request(self.source_address(listing.url), Visit(listing))
        elif response.status in (404, 410):
            yield self._gone(response, visit)
        else:
            yield self._advance(response, visit)

    def _unchanged(self, visit: Visit) -> Request | Sighting:
        unchanged = visit.unchanged + 1
        if unchanged >= len(visit.validators):
            return Unchanged(self.name, visit.listing.key)
        return self._request(visit.validators[unchanged].url, replace(visit, unchanged=unchanged))

    def _gone(self, response: Response, visit: Visit) -> Sighting:
        if visit.fetched:
            reason = f"{response.url}: HTTP {response.status} for a page of an article"
            return self._failed(visit, reason, Trouble.UNREACHABLE)
        return Gone(self.name, visit.listing.key, visit.listing.url, response.status)

    def _advance(self, response: Response, visit: Visit) -> Request | Sighting:
        page = page_of(response, self.at)
        if not visit.fetched:
            self._check_address(page.url, visit.listing)
            if visit.given:
                # The list says what the article says; its page only says that it is still there.
                return Unchanged(self.name, visit.listing.key)
            visit = replace(visit, ahead=self._further_pages(page))
        visit = replace(visit, fetched=(*visit.fetched, self._fetched(response, page, visit)), validators=())
        if not visit.ahead:
            return self._seen(visit)
        url, *ahead = visit.ahead
        return self._request(url, replace(visit, ahead=tuple(ahead)))

    def _check_address(self, url: str, listing: Listing) -> None:
        if not self.is_article(url, listing):
            raise LayoutChanged(listing.url, f"leads to another page, {url}")

    def _further_pages(self, page: Page) -> tuple[str, ...]:
        urls = self.more_pages(page)
        if len(urls) >= _MOST_PAGES:
            raise LayoutChanged(page.url, f"claims to have {len(urls) + 1} pages")
        return urls

    def _fetched(self, response: Response, page: Page, visit: Visit) -> Fetched:
        capture = Capture(len(visit.fetched) + 1, response.url, header(response, "Content-Type") or "", response.body)
        return Fetched(part_of(self, page, visit.listing), capture, validator_of(response))

    def _seen(self, visit: Visit) -> Seen:
        article = article_of(self, visit.listing, [fetched.part for fetched in visit.fetched])
        validators = [fetched.validator for fetched in visit.fetched]
        known = tuple(validator for validator in validators if validator is not None)
        complete = known if len(known) == len(validators) else ()
        return Seen(article, tuple(fetched.capture for fetched in visit.fetched), complete)

    def article_not_read(self, failure: Failure) -> Iterator[Sighting]:
        """Why an article could not be fetched."""
        visit: Visit = asked(failure, "visit")
        yield self._failed(visit, f"{visit.listing.url}: {reason_of(failure)}", trouble_of(failure))

    def _failed(self, visit: Visit, reason: str, trouble: Trouble) -> Failed:
        return Failed(self.name, visit.listing.key, visit.listing.url, reason, trouble)

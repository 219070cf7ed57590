"""How the lists of a portal are crawled."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.articles import Articles
from crawler.page import EmptyList, LayoutChanged, Page
from crawler.reading import article_of, given_part, row_capture
from crawler.reasons import asked, one_line, reason_of, trouble_of, trouble_with
from crawler.visits import Visit, page_of
from tracking.article import Listing
from tracking.sightings import Failed, Seen, Sighting, Trouble

# Lists first, then what was never read, then what is looked at again: a crawl may be cut off.
_LIST_PRIORITY = 10
# What the database holds; the keys of real portals have a tenth of it.
_LONGEST_KEY = 255


@dataclass(slots=True)
class _Showing:
    """What the rows of one list page come to."""

    listings: dict[str, Listing] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    broken: list[Failed] = field(default_factory=list)


class Lists(Articles):
    """Asks for lists, page by page, and for the articles that they show."""

    def ask_for_list(self, list_: str, number: int = 1, address: str | None = None, door: str | None = None) -> Request:
        """The request for a page of a list; `door` is the page that led to it."""
        address = self.list_address(list_, number) if address is None else address
        return Request(
            address,
            callback=self.read_list,
            errback=self.list_not_read,
            headers=self.list_headers | ({} if door is None else {"Referer": door}),
            cb_kwargs={"list_": list_, "number": number, "door": door},
            meta={"handle_httpstatus_list": [404], "asked": address},
            priority=_LIST_PRIORITY,
            dont_filter=True,
        )

    def read_list(
        self, response: Response, list_: str, number: int, door: str | None = None
    ) -> Iterator[Request | Sighting]:
        """The articles of a list page that are to be read, and the next page while it may show unknown ones."""
        try:
            yield from self._read_list(response, list_, number, door)
        except LayoutChanged as error:
            self.memory.fail_list(list_, str(error), trouble_with(error, response))
        except Exception as error:
            self.logger.debug("reading a list", exc_info=True)
            self.memory.fail_list(list_, f"{response.url}: unexpected {one_line(repr(error))}", Trouble.LAYOUT)

    def _read_list(self, response: Response, list_: str, number: int, door: str | None) -> Iterator[Request | Sighting]:
        if response.status == 404:
            rows, page, further = self._end_of_list(response, number), Page(response.url, ""), None
        else:
            page = page_of(response, self.at)
            inside = self.leads_to(page) if door is None else None
            if inside is not None:
                yield self.ask_for_list(list_, number, inside, door=response.url)
                return
            rows, further = self.rows(page), self.next_address(list_, number, page)
        if not rows and number == 1:
            raise EmptyList(response.url, "the list is empty")
        go_on = yield from self._shown(list_, number, page, rows, ended=not rows or further is None)
        if go_on and further is not None:
            yield self.ask_for_list(list_, number + 1, further, door)

    def _shown(
        self, list_: str, number: int, page: Page, rows: Sequence[Any], *, ended: bool
    ) -> Generator[Request | Sighting, None, bool]:
        """What the rows give; at the end whether the next page may show unknown ones."""
        showing = self._showing(rows, page)
        yield from showing.broken
        yield from showing.seen
        if showing.broken and not showing.listings:
            raise LayoutChanged(page.url, f"none of its {len(rows)} rows can be read")
        listings = list(showing.listings.values())
        found = self.memory.remember(list_, number, listings, ended=ended)
        self.asked_for |= {seen.key for seen in showing.seen}
        for listing in found.waiting:
            yield from self.ask_once(Visit(listing))
        return found.go_on

    def _end_of_list(self, response: Response, number: int) -> Sequence[Any]:
        if number == 1:
            raise LayoutChanged(response.url, "HTTP 404")
        return ()

    def _showing(self, rows: Sequence[Any], page: Page) -> _Showing:
        showing = _Showing()
        for row in rows:
            try:
                self._show(row, page, showing)
            except LayoutChanged as error:
                showing.broken.append(Failed(self.name, "", page.url, str(error)))
        return showing

    def _show(self, row: Any, page: Page, showing: _Showing) -> None:
        found = self.listing(row, page)
        if found is None or found.key in showing.listings:
            return
        if len(found.key) > _LONGEST_KEY:
            raise LayoutChanged(found.url, f"a key of {len(found.key)} characters")
        part = given_part(self, row, page, found)
        if part is not None:
            article = article_of(self, found, [part])
            showing.seen.append(Seen(article, (row_capture(row, page),), given=True))
        showing.listings[found.key] = found

    def list_not_read(self, failure: Failure) -> None:
        """Note that a list could not be fetched."""
        # Of the address that was asked for, not of one that it was redirected to.
        address = failure.request.meta["asked"]  # type: ignore[attr-defined]
        self.memory.fail_list(asked(failure, "list_"), f"{address}: {reason_of(failure)}", trouble_of(failure))

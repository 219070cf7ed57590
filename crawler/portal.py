"""The base class of all portals: the plumbing of a crawl, so that a portal states facts and extracts."""

from __future__ import annotations

from collections.abc import AsyncIterator

from scrapy.http import Request

from crawler.lists import Lists
from crawler.page import Reading
from crawler.visits import Visit

__all__ = ["Portal", "Reading"]

_RECHECK_PRIORITY = -10


class Portal(Lists):
    """A watched site. A subclass states facts and writes `rows`, `listing` and `extract`; see crawler.facts."""

    async def start(self) -> AsyncIterator[Request]:
        for list_ in (*self.lists, *self.former_lists):
            yield self.ask_for_list(list_)
        for listing in self.memory.waiting():
            for request in self.ask_once(Visit(listing)):
                yield request
        for visit in self.memory.due():
            for request in self.ask_once(visit):
                yield request.replace(priority=_RECHECK_PRIORITY)

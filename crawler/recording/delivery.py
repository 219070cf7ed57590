"""Delivers answers to crawls one at a time, so that what the crawls do depends on nothing but the order of answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

# Passes of the event loop for which crawls must look idle before they count as idle. While Scrapy passes a request from
# one of its queues to the next, none of them shows it; that takes a few passes.
_IDLE_PASSES = 25
# Seconds between two looks at crawls that are busy.
_LOOK_EVERY = 0.001
# Seconds after which an answer is delivered although a crawl is still busy: a wrong order is better than a standstill.
_LONGEST_WAIT = 30.0


class OrderedDelivery:
    """Delivers an answer when the one before it has had all its effects, in every crawl that takes part.

    Scrapy does not say when it has nothing left to do, so its queues are watched. A crawl is idle when all that it
    still does is to wait for answers.
    """

    def __init__(self) -> None:
        # The crawls that take part, each with the number of its requests that are in a download handler.
        self._crawls: dict[Crawler, int] = {}
        # The answers that are to be delivered: position, order of arrival, and what lets them go on.
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrivals = count()
        # The answer that is being delivered.
        self._current: asyncio.Future[None] | None = None
        self._deliveries: asyncio.Future[None] | None = None

    @contextmanager
    def crawl(self, crawler: Crawler) -> Iterator[None]:
        """Within it, this crawl takes part; nothing is delivered to any crawl while this one is busy."""
        self._crawls[crawler] = 0
        try:
            yield
        finally:
            del self._crawls[crawler]

    @contextmanager
    def request(self, crawler: Crawler) -> Iterator[None]:
        """Within it, a request of this crawl is in a download handler, which delivers its answer by `in_order`."""
        self._crawls[crawler] += 1
        try:
            yield
        finally:
            self._crawls[crawler] -= 1

    @asynccontextmanager
    async def in_order(self, position: int) -> AsyncIterator[None]:
        """Wait until all crawls are idle, and deliver one answer within it.

        Of the answers that wait, the one with the lowest position comes first; of equals, the one that came first.
        """
        go_on: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (position, next(self._arrivals), go_on))
        if self._deliveries is None or self._deliveries.done():
            self._deliveries = asyncio.ensure_future(self._deliver())
        try:
            await go_on
            yield
        finally:
            if self._current is go_on:
                self._current = None

    async def _deliver(self) -> None:
        """Deliver what waits, one answer after the other, until nothing does."""
        while self._waiting:
            await self._until_idle()
            *_, go_on = heappop(self._waiting)
            if not go_on.done():
                self._current = go_on
                go_on.set_result(None)

    async def _until_idle(self) -> None:
        """Come back when all crawls are idle, or have been busy for too long."""
        passes, until = 0, time.monotonic() + _LONGEST_WAIT
        while passes < _IDLE_PASSES and time.monotonic() < until:
            await asyncio.sleep(0 if passes else _LOOK_EVERY)
            passes = passes + 1 if self._all_idle() else 0

    def _all_idle(self) -> bool:
        """Whether no answer is being delivered, and every crawl only waits for answers."""
        return self._current is None and all(_is_idle(crawler, held) for crawler, held in self._crawls.items())


def _is_idle(crawler: Crawler, held: int) -> bool:
    """Whether a crawl only waits for the answers to the `held` requests that are in a download handler.

    One that waits for none is about to begin or to end, and so not idle.
    """
    engine = crawler._engine  # the attribute that Scrapy recommends where a crawl may not have begun
    if engine is None:
        return False
    downloader, slot = engine.downloader, engine.scraper.slot
    in_transfer = sum(len(slot.transferring) for slot in downloader.slots.values())
    return bool(downloader.active) and slot is not None and slot.is_idle() and in_transfer == held

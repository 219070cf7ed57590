"""One answer at a time: what crawls do then depends on the order of their answers, and on nothing else."""

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

# What Scrapy does with a request between two of its queues shows in none of them; it takes a few passes of the loop.
_PASSES = 25
_LOOK_EVERY = 0.001  # seconds, while a crawl is busy
# Seconds after which an answer is let in anyway: better out of order than never.
_LONGEST = 30.0


class Turns:
    """Lets an answer in when the one before it has had all its effects, in every crawl that takes part.

    Scrapy gives no word when it comes to rest, so its queues are watched: a crawl rests when all that it still does
    is to wait for answers.
    """

    def __init__(self) -> None:
        self._crawls: dict[Crawler, int] = {}
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._open: asyncio.Future[None] | None = None
        self._serving: asyncio.Future[None] | None = None

    @contextmanager
    def crawl(self, crawler: Crawler) -> Iterator[None]:
        """A crawl takes part, until all that is to be kept of it is kept."""
        self._crawls[crawler] = 0
        try:
            yield
        finally:
            del self._crawls[crawler]

    @contextmanager
    def request(self, crawler: Crawler) -> Iterator[None]:
        """A request of this crawl is in a handler, which asks for a turn before it answers."""
        self._crawls[crawler] += 1
        try:
            yield
        finally:
            self._crawls[crawler] -= 1

    @asynccontextmanager
    async def turn(self, place: int) -> AsyncIterator[None]:
        """The turn of one answer; of those that wait the one with the lowest place comes first."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (place, next(self._numbers), turn))
        if self._serving is None or self._serving.done():
            self._serving = asyncio.ensure_future(self._serve())
        try:
            await turn
            yield
        finally:
            if self._open is turn:
                self._open = None

    async def _serve(self) -> None:
        while self._waiting:
            await self._rest()
            *_, turn = heappop(self._waiting)
            if not turn.done():
                self._open = turn
                turn.set_result(None)

    async def _rest(self) -> None:
        """Come back when all crawls rest."""
        quiet, until = 0, time.monotonic() + _LONGEST
        while quiet < _PASSES and time.monotonic() < until:
            await asyncio.sleep(0 if quiet else _LOOK_EVERY)
            quiet = quiet + 1 if self._all_rest() else 0

    def _all_rest(self) -> bool:
        return self._open is None and all(_rests(crawler, ours) for crawler, ours in self._crawls.items())


def _rests(crawler: Crawler, ours: int) -> bool:
    """Whether a crawl waits for answers only; one that waits for none is about to begin or to end."""
    engine = crawler._engine  # what Scrapy says to read where a crawl may not have begun
    if engine is None:
        return False
    downloader, slot = engine.downloader, engine.scraper.slot
    under_way = sum(len(slot.transferring) for slot in downloader.slots.values())
    return bool(downloader.active) and slot is not None and slot.is_idle() and under_way == ours

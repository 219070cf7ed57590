"""Answers are delivered one at a time, in their order, each when the one before it has had all its effects."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from crawler.recording import delivery
from crawler.recording.delivery import OrderedDelivery


class FakeCrawler:
    """A crawl of which the test says how many requests it waits for, and whether it is busy with responses."""

    def __init__(self, requests: int = 1) -> None:
        self.busy = False
        self.slot = SimpleNamespace(transferring=set(range(requests)))
        scraper = SimpleNamespace(slot=SimpleNamespace(is_idle=lambda: not self.busy))
        downloader = SimpleNamespace(active=self.slot.transferring, slots={"own.test": self.slot})
        self._engine = SimpleNamespace(downloader=downloader, scraper=scraper)

    def end_request(self) -> None:
        """A request has its response, and no longer counts as one that is waited for."""
        self.slot.transferring.pop()


async def deliver(order: OrderedDelivery, crawler: Any, position: int, effect: Callable[[], Awaitable[None]]) -> None:
    """One request of a crawl, with what its answer leads to."""
    with order.request(crawler):
        async with order.in_order(position):
            await effect()
    crawler.end_request()


def delivered(positions: Sequence[int]) -> list[str]:
    """What happens, in order, when answers of these positions come in at once."""
    happened: list[str] = []
    crawler: Any = FakeCrawler(requests=len(positions))

    async def effect(position: int) -> None:
        happened.append(f"{position} begins")
        await asyncio.sleep(0.01)
        happened.append(f"{position} ends")

    async def work() -> None:
        order = OrderedDelivery()
        with order.crawl(crawler):
            await asyncio.gather(*(deliver(order, crawler, at, partial(effect, at)) for at in positions))

    asyncio.run(asyncio.wait_for(work(), 10))
    return happened


def test_the_lowest_position_comes_first_and_one_ends_before_the_next_begins() -> None:
    assert delivered([7, 3, 5]) == [f"{at} {what}" for at in (3, 5, 7) for what in ("begins", "ends")]


def test_nothing_is_delivered_while_any_crawl_is_busy() -> None:
    ours, other = FakeCrawler(), FakeCrawler()
    seen: list[bool] = []

    async def work() -> None:
        order = OrderedDelivery()
        with ExitStack() as stack:
            for crawler in (ours, other):
                stack.enter_context(order.crawl(crawler))  # type: ignore[arg-type]
            stack.enter_context(order.request(other))  # type: ignore[arg-type]
            other.busy = True
            task = asyncio.ensure_future(deliver(order, ours, 0, _note(seen, other)))
            await asyncio.sleep(0.05)
            assert seen == []
            other.busy = False
            await task

    asyncio.run(asyncio.wait_for(work(), 10))
    assert seen == [False]


def _note(seen: list[bool], crawler: FakeCrawler) -> Callable[[], Awaitable[None]]:
    async def effect() -> None:
        seen.append(crawler.busy)

    return effect


def test_an_answer_is_delivered_after_a_while_even_if_a_crawl_stays_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_LONGEST_WAIT", 0.05)
    crawler: Any = FakeCrawler()
    crawler.busy = True
    seen: list[bool] = []

    async def work() -> None:
        order = OrderedDelivery()
        with order.crawl(crawler):
            await deliver(order, crawler, 0, _note(seen, crawler))

    asyncio.run(asyncio.wait_for(work(), 10))
    assert seen == [True]


def test_a_request_that_is_cancelled_does_not_hold_up_the_others() -> None:
    crawler: Any = FakeCrawler(requests=2)
    seen: list[bool] = []

    async def work() -> None:
        order = OrderedDelivery()
        with order.crawl(crawler):
            first = asyncio.ensure_future(deliver(order, crawler, 0, _note(seen, crawler)))
            second = asyncio.ensure_future(deliver(order, crawler, 1, _note(seen, crawler)))
            await asyncio.sleep(0)
            first.cancel()
            crawler.end_request()
            await second

    asyncio.run(asyncio.wait_for(work(), 10))
    assert seen == [False]

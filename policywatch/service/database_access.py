"""Queries of the service, in a thread: neither slow queries nor an unreachable database stop the service."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from policywatch.service.log_lines import log
from storage.database import DatabaseProblem

_T = TypeVar("_T")


class DatabaseAccess:
    """Runs queries, and logs once when the database cannot be used any more, and once when it can be used again."""

    def __init__(self) -> None:
        self._failing = False

    async def result(self, query: Callable[[], _T]) -> _T | None:
        """What a query returns; None while the database cannot be used."""
        try:
            answer = await _in_thread(query)
        except DatabaseProblem as problem:
            if not self._failing:
                log.warning("the database cannot be used: %s", problem)
            self._failing = True
            return None
        if self._failing:
            log.info("the database can be used again")
        self._failing = False
        return answer


async def _in_thread(work: Callable[[], _T]) -> _T:
    """The result of `work`, run in a thread that delays neither the event loop nor the end of the process."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def settle(settled: Callable[[Any], None], value: object) -> None:
        if not future.done():
            settled(value)

    def run() -> None:
        try:
            outcome: tuple[Callable[[Any], None], object] = (future.set_result, work())
        except Exception as error:  # noqa: BLE001  (raised again where the result is awaited)
            outcome = (future.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, *outcome)

    threading.Thread(target=run, daemon=True).start()
    return await future

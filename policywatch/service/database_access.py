"""Queries of the service: the loop goes on while the database answers, and the service while it does not."""

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
    """Runs queries. The log says once that the database is away, and once that it is back."""

    def __init__(self) -> None:
        self._is_away = False

    async def result(self, query: Callable[[], _T]) -> _T | None:
        """What a query returns; None while the database cannot be used."""
        try:
            answer = await _in_thread(query)
        except DatabaseProblem as problem:
            if not self._is_away:
                log.warning("the database is away: %s", problem)
            self._is_away = True
            return None
        if self._is_away:
            log.info("the database is back")
        self._is_away = False
        return answer


async def _in_thread(work: Callable[[], _T]) -> _T:
    """The result of `work`, done in a thread that holds up neither the loop nor the end of the process."""
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

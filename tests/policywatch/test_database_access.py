"""The service asks the database in a thread: one log line says that the database cannot be used."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest

from policywatch.service.database_access import DatabaseAccess
from storage.database import DatabaseProblem


def fail(problem: Exception) -> int:
    raise problem


def test_what_a_query_returns_is_the_result_and_the_loop_goes_on_meanwhile() -> None:
    go_on = threading.Event()

    async def work() -> tuple[int | None, bool]:
        query = asyncio.ensure_future(DatabaseAccess().result(lambda: 7 if go_on.wait(10) else 0))
        await asyncio.sleep(0.05)
        waited = not query.done()
        go_on.set()
        return await query, waited

    assert asyncio.run(work()) == (7, True)


def test_a_database_that_is_away_gives_none_and_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "policywatch.service")
    access = DatabaseAccess()

    async def work() -> list[int | None]:
        away = [await access.result(lambda: fail(DatabaseProblem("x", "is locked"))) for _ in range(3)]
        return [*away, await access.result(lambda: 7), await access.result(lambda: 8)]

    assert asyncio.run(work()) == [None, None, None, 7, 8]
    assert caplog.messages == ["the database cannot be used: x: is locked", "the database can be used again"]


def test_any_other_error_is_raised_where_the_result_is_awaited() -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(DatabaseAccess().result(lambda: 1 // 0))


def test_a_query_that_never_ends_does_not_hold_up_the_end() -> None:
    async def work() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(DatabaseAccess().result(lambda: threading.Event().wait(5)), 0.05)

    asyncio.run(work())

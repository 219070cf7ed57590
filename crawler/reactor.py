"""Runs one piece of work in the event loop that Scrapy needs."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any

_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


def _tune_garbage_collector() -> None:
    """Collect rarely: reference counting frees the pages, and loaded modules stay. It saves a tenth of the CPU."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def run_in_reactor(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run `work` to its end, and return its result or raise its exception. A process can call this once."""
    from scrapy.utils.reactor import install_reactor

    install_reactor(_REACTOR)
    _tune_garbage_collector()
    from twisted.internet import reactor as installed

    # Typed as Any: the declared type of the module is that of no particular reactor.
    reactor: Any = installed

    tasks: list[asyncio.Future[Any]] = []

    def begin() -> None:
        task = asyncio.ensure_future(work())
        task.add_done_callback(lambda _: reactor.stop())
        tasks.append(task)

    reactor.callWhenRunning(begin)
    # Twisted must not handle signals: we do, so that a crawl that is stopped stores what it has read.
    try:
        reactor.run(installSignalHandlers=False)
    except BaseException:
        # Ended in the middle, by Ctrl-C or a closed pipe: the threads of the reactor would keep the process alive.
        reactor.getThreadPool().stop()
        raise
    (task,) = tasks
    return task.result()

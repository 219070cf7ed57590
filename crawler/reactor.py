"""The event loop that Scrapy runs on, for the length of one piece of work."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any

_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


def _collect_less() -> None:
    """Spare the collector the modules, which stay, and the pages, which reference counts free: a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def run_in_reactor(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """The result of `work`, or what it raised; a reactor runs once in the life of a process."""
    from scrapy.utils.reactor import install_reactor

    install_reactor(_REACTOR)
    _collect_less()
    from twisted.internet import reactor as installed

    # Its type is that of no reactor in particular; at run time it is the one installed above.
    reactor: Any = installed

    tasks: list[asyncio.Future[Any]] = []

    def begin() -> None:
        task = asyncio.ensure_future(work())
        task.add_done_callback(lambda _: reactor.stop())
        tasks.append(task)

    reactor.callWhenRunning(begin)
    # Signals are ours: a crawl that is asked to stop first keeps what it read.
    try:
        reactor.run(installSignalHandlers=False)
    except BaseException:
        # Left in the middle, by Ctrl-C or the end of a pipe: its threads would keep the process alive.
        reactor.getThreadPool().stop()
        raise
    (task,) = tasks
    return task.result()

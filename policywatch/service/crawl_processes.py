"""The crawls that are running, each a process of its own that is ended when it exceeds its time limit."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from policywatch.service import process
from policywatch.service.log_lines import ending, log
from policywatch.service.process import Child


class CrawlProcesses:
    """Starts crawls and supervises them. `command` gives the command that crawls a portal; both times are in seconds.

    A crawl that exceeds `time_limit` gets SIGTERM, and SIGKILL when it still runs `grace` seconds later.
    """

    def __init__(self, command: Callable[[str], Sequence[str]], time_limit: float, grace: float) -> None:
        self._command, self._time_limit, self._grace = command, time_limit, grace
        self._running: dict[str, Child] = {}
        self._stopping = False

    async def crawl(self, portal: str) -> int | None:
        """Crawl a portal; the exit code, below 0 the signal that ended it, None when no process could be started."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        log.info("%s: crawl begins", portal)
        try:
            child = await process.start(self._command(portal), lambda line: log.info("%s: %s", portal, line))
        except OSError as error:
            log.error("%s: cannot start a process: %s", portal, error)
            return None
        code = await self._wait_for(portal, child)
        log.info("%s: crawl %s after %.0f s", portal, ending(code), loop.time() - begun)
        return code

    def terminate(self) -> None:
        """Ask all crawls to stop, also those that begin later."""
        self._stopping = True
        for child in self._running.values():
            child.terminate()

    def kill(self) -> None:
        """End all crawls at once."""
        for portal, child in self._running.items():
            log.warning("%s: crawl does not stop and is killed", portal)
            child.kill()

    async def _wait_for(self, portal: str, child: Child) -> int:
        """Wait for a crawl, which is ended when it exceeds its time limit; its exit code."""
        self._running[portal] = child
        try:
            if self._stopping:
                child.terminate()
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(child.ended(), self._time_limit)
            return await self._end_late(portal, child)
        finally:
            child.kill()
            del self._running[portal]

    async def _end_late(self, portal: str, child: Child) -> int:
        """End a crawl that exceeded its time limit: SIGTERM first, then SIGKILL; its exit code."""
        log.warning("%s: crawl takes longer than %g s and is asked to stop", portal, self._time_limit)
        child.terminate()
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(child.ended(), self._grace)
        log.warning("%s: crawl does not stop and is killed", portal)
        child.kill()
        return await child.ended()

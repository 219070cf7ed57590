"""The crawls that are under way, each a process of its own that is ended when its time is over."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from policywatch.service import process
from policywatch.service.log_lines import ending, log
from policywatch.service.process import Child


class CrawlProcesses:
    """Starts crawls and watches them. `command` gives the command that crawls a portal; the rest is in seconds.

    A crawl that takes longer than `time_limit` is asked to stop, and killed when it goes on for `grace` after that.
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
            log.error("%s: no process can be started: %s", portal, error)
            return None
        code = await self._watched(portal, child)
        log.info("%s: crawl %s after %.0f s", portal, ending(code), loop.time() - begun)
        return code

    def terminate(self) -> None:
        """Ask all crawls to stop, those too that begin from now on."""
        self._stopping = True
        for child in self._running.values():
            child.terminate()

    def kill(self) -> None:
        """End all crawls at once."""
        for portal, child in self._running.items():
            log.warning("%s: crawl does not stop, killed", portal)
            child.kill()

    async def _watched(self, portal: str, child: Child) -> int:
        """The exit code of a crawl, which is ended when its time is over."""
        self._running[portal] = child
        try:
            if self._stopping:
                child.terminate()
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(child.ended(), self._time_limit)
            return await self._ended_late(portal, child)
        finally:
            child.kill()
            del self._running[portal]

    async def _ended_late(self, portal: str, child: Child) -> int:
        """The exit code of a crawl whose time is over: it gets SIGTERM, and SIGKILL when that does not end it."""
        log.warning("%s: crawl takes longer than %g s, is asked to stop", portal, self._time_limit)
        child.terminate()
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(child.ended(), self._grace)
        log.warning("%s: crawl does not stop, killed", portal)
        child.kill()
        return await child.ended()

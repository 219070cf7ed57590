"""A process that writes lines: they are handed on one by one, and it can always be ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracking.text import clean

# Characters of one line that are handed on.
_LONGEST_LINE = 1000
# Bytes that are read at a time, and that may come without the end of a line before they are handed on as one.
_LONGEST_UNFINISHED_LINE = 64 * 1024
# Seconds that the last lines have to come through after the end of the process.
_SECONDS_FOR_LAST_LINES = 2.0


@dataclass(frozen=True, slots=True)
class Child:
    """A process that was started, with all that it starts in turn."""

    process: Process
    #: Reads what it writes, until its end.
    _lines: asyncio.Task[None]

    async def ended(self) -> int:
        """Its exit code, once it has ended; below 0 the signal that ended it."""
        code = await self.process.wait()
        await asyncio.wait([self._lines], timeout=_SECONDS_FOR_LAST_LINES)
        return code

    def terminate(self) -> None:
        """Ask it to stop."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


async def start(command: Sequence[str], on_line: Callable[[str], None]) -> Child:
    """Start a command; `on_line` takes each line that it writes, without what would steer a terminal.

    OSError when it cannot be started.
    """
    # A group of its own: Ctrl-C on a terminal reaches the service alone, which then stops its children in order.
    process = await asyncio.create_subprocess_exec(
        *command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, env=environment(), process_group=0
    )
    assert process.stdout is not None  # noqa: S101  (for the type checker)
    return Child(process, asyncio.ensure_future(_hand_on(process.stdout, on_line)))


def environment() -> dict[str, str]:
    """The environment of a process that finds this program wherever it is started, and writes UTF-8."""
    found = [os.environ[name] for name in ("PYTHONPATH",) if os.environ.get(name)]
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([*found, root]), "PYTHONIOENCODING": "utf-8"}


async def _hand_on(stream: asyncio.StreamReader, on_line: Callable[[str], None]) -> None:
    unfinished = b""
    while chunk := await stream.read(_LONGEST_UNFINISHED_LINE):
        *lines, unfinished = (unfinished + chunk).split(b"\n")
        if len(unfinished) > _LONGEST_UNFINISHED_LINE:
            lines, unfinished = [*lines, unfinished], b""
        for line in lines:
            _hand_on_line(line, on_line)
    _hand_on_line(unfinished, on_line)


def _hand_on_line(line: bytes, on_line: Callable[[str], None]) -> None:
    text = clean(line.decode(errors="replace"))
    if text:
        on_line(text if len(text) <= _LONGEST_LINE else text[: _LONGEST_LINE - 1] + "…")

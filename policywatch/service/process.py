"""A child process: its output is passed on line by line, and it can be ended with all that it started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracking.text import clean, shortened

# Characters of one line that are passed on.
_LONGEST_LINE = 1000
# Bytes that are read at a time; a line that is longer than this is passed on in parts.
_LONGEST_UNFINISHED_LINE = 64 * 1024
# Seconds after the end of the process in which its last lines are still read.
_SECONDS_FOR_LAST_LINES = 2.0


@dataclass(frozen=True, slots=True)
class Child:
    """A process that was started, and the group of all processes that it starts."""

    #: The process itself.
    process: Process
    #: Reads what it writes, until its end.
    _lines: asyncio.Task[None]

    async def ended(self) -> int:
        """Wait for its end; its exit code, which is the negative number of the signal when one ended it."""
        code = await self.process.wait()
        await asyncio.wait([self._lines], timeout=_SECONDS_FOR_LAST_LINES)
        return code

    def terminate(self) -> None:
        """Ask it to stop (SIGTERM)."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


async def start(command: Sequence[str], on_line: Callable[[str], None]) -> Child:
    """Start a command; `on_line` is called with each line that it writes, without control characters.

    OSError when it cannot be started.
    """
    # In a process group of its own: Ctrl-C on a terminal reaches the service only, which then stops its children.
    process = await asyncio.create_subprocess_exec(
        *command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, env=environment(), process_group=0
    )
    assert process.stdout is not None  # noqa: S101  (for the type checker)
    return Child(process, asyncio.ensure_future(_pass_on(process.stdout, on_line)))


def environment() -> dict[str, str]:
    """The environment for a child that runs policywatch from any working directory, and writes UTF-8."""
    found = [os.environ[name] for name in ("PYTHONPATH",) if os.environ.get(name)]
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([*found, root]), "PYTHONIOENCODING": "utf-8"}


async def _pass_on(stream: asyncio.StreamReader, on_line: Callable[[str], None]) -> None:
    unfinished = b""
    while chunk := await stream.read(_LONGEST_UNFINISHED_LINE):
        *lines, unfinished = (unfinished + chunk).split(b"\n")
        if len(unfinished) > _LONGEST_UNFINISHED_LINE:
            lines, unfinished = [*lines, unfinished], b""
        for line in lines:
            _pass_on_line(line, on_line)
    _pass_on_line(unfinished, on_line)


def _pass_on_line(line: bytes, on_line: Callable[[str], None]) -> None:
    text = clean(line.decode(errors="replace"))
    if text:
        on_line(shortened(text, _LONGEST_LINE))

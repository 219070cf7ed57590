"""Progress of a crawl: a bar on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import contextlib
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from policywatch.app.portal_crawl import Listeners
from tracking.observation import Tally
from tracking.text import one_line

# Seconds between two lines about one portal, where there is no terminal for a bar.
_SECONDS_PER_LINE = 10.0


@contextlib.contextmanager
def progress(names: Sequence[str]) -> Iterator[Listeners]:
    """Listeners that show how a crawl goes on."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield Listeners(lambda name, reason: _print(console, name, reason), _Lines(console).show)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        tasks = {name: bar.add_task(name, total=None, counts="") for name in names}
        yield Listeners(
            lambda name, reason: _print(bar.console, name, reason),
            lambda name, tally: _show(bar, tasks[name], tally),
        )


class _Lines:
    """Progress as plain lines, for each portal one line in some seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        begin = time.monotonic() + _SECONDS_PER_LINE
        self._next = defaultdict[str, float](lambda: begin)

    def show(self, name: str, tally: Tally) -> None:
        if time.monotonic() >= self._next[name]:
            _print(self._console, name, _counts(tally))
            self._next[name] = time.monotonic() + _SECONDS_PER_LINE


def _print(console: Console, name: str, reason: str) -> None:
    # An error message may hold text of a portal, which must not control the terminal.
    console.print(f"{escape(name)}: {escape(one_line(reason, 400))}", soft_wrap=True)


def _show(bar: Progress, task: TaskID, tally: Tally) -> None:
    bar.update(task, counts=_counts(tally))


def _counts(tally: Tally) -> str:
    return f"{tally.new} new, {tally.edited} edited, {tally.unchanged} unchanged, {tally.failed} failed"

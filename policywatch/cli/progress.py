"""Progress of a crawl: a bar on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from crawler.reasons import one_line
from policywatch.crawling import Listeners
from tracking.sightings import Tally


@contextlib.contextmanager
def progress(names: Sequence[str]) -> Iterator[Listeners]:
    """Listeners that show how a crawl goes on."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield Listeners(lambda name, reason: _print(console, name, reason), lambda _name, _tally: None)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        tasks = {name: bar.add_task(name, total=None, told="") for name in names}
        yield Listeners(
            lambda name, reason: _print(bar.console, name, reason),
            lambda name, tally: _show(bar, tasks[name], tally),
        )


def _print(console: Console, name: str, reason: str) -> None:
    # What a portal wrote into an error message must not reach the terminal as anything but text.
    console.print(f"{escape(name)}: {escape(one_line(reason, 400))}", soft_wrap=True)


def _show(bar: Progress, task: TaskID, tally: Tally) -> None:
    told = f"{tally.new} new, {tally.edited} edited, {tally.unchanged} unchanged, {tally.failed} failed"
    bar.update(task, told=told)

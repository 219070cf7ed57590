"""The output of the tour: wrapped and in colour on a terminal, plain elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tracking.outcome import DONE, Outcome

# Columns of the terminal: the width of paragraphs at most, and the width of the times on the left.
_MAX_WIDTH, _MARGIN = 88, 7
# How the counts of a crawl are called here, where plainer words help.
_WORDS = {"unchanged": "as before", "gone": "not found", "failed": "unreadable"}


class Guide:
    """Prints the parts of the tour on a console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def line(self, text: str, style: str = "") -> None:
        """One line as it is, not wrapped."""
        self._console.print(Text(text, style), soft_wrap=True)

    def heading(self, text: str) -> None:
        """A title between empty lines."""
        for line in ("", text, ""):
            self.line(line, "bold cyan")

    def paragraph(self, text: str) -> None:
        """A paragraph, wrapped, and an empty line after it."""
        for line in (*self._wrapped(text, 0), ""):
            self.line(line)

    def happening(self, time: str, text: str) -> None:
        """Something that happened at a time, which may be empty."""
        self._beside(time, text, "")

    def crawled(self, time: str, outcomes: Sequence[Outcome]) -> None:
        """How a crawl ended for each portal."""
        widest = max(len(outcome.portal) for outcome in outcomes)
        for at, outcome in zip_longest((time,), outcomes):
            self._beside(at or "", f"crawl  {outcome.portal.ljust(widest)}  {_counts(outcome)}", "green")

    def command(self, command: str, output: Iterable[str]) -> None:
        """A command, and the lines that it prints."""
        for line in ("", f"$ {command}"):
            self.line(line, "bold")
        for line in (*output, ""):
            self.line(line)

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Rows of a name and its meaning."""
        widest = max(cell_len(name) for name, _ in rows)
        for name, meaning in rows:
            self.line(f"  {name}{' ' * (widest - cell_len(name))}   {meaning}")

    def _beside(self, time: str, text: str, style: str) -> None:
        for label, line in zip_longest((time,), self._wrapped(text, _MARGIN), fillvalue=""):
            self.line(f"{label:{_MARGIN}}{line}", style)

    def _wrapped(self, text: str, margin: int) -> Iterator[str]:
        for line in Text(text).wrap(self._console, min(self._console.width, _MAX_WIDTH) - margin):
            yield line.plain.rstrip()


def _counts(outcome: Outcome) -> str:
    if outcome.state != DONE:
        return f"{outcome.state}: its list cannot be read, nor can {outcome.tally.failed} articles"
    counts = ((field.name, getattr(outcome.tally, field.name)) for field in fields(outcome.tally))
    return ", ".join(f"{count} {_WORDS.get(name, name)}" for name, count in counts if count)

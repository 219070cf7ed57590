"""What the tour says on the way: short lines for a terminal, plain ones elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import zip_longest

from rich.console import Console
from rich.text import Text

from storage.runs import DONE, Outcome

_WIDEST = 88
_MARGIN = 7
_WORDS = {"unchanged": "as before", "gone": "missing", "failed": "unreadable"}


class Guide:
    """Speaks to a console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def heading(self, text: str) -> None:
        """A title with an empty line around it."""
        self._console.print(Text(f"\n{text}\n", "bold cyan"))

    def paragraph(self, text: str) -> None:
        """A paragraph from the left edge, and an empty line after it."""
        for line in self._wrapped(text, 0):
            self._line(line)
        self._line(Text())

    def happening(self, time: str, text: str) -> None:
        """What happened at a time."""
        self._beside(Text(time, "dim"), text, "")

    def crawled(self, time: str, outcomes: Sequence[Outcome]) -> None:
        """What a crawl came to."""
        for label, outcome in zip_longest((time,), outcomes, fillvalue=""):
            if isinstance(outcome, Outcome):
                self._beside(Text(str(label), "dim"), f"crawl of {outcome.portal}: {_tally(outcome)}", "green")

    def command(self, command: str, lines: Iterable[str]) -> None:
        """A command and what it says, in its own words."""
        self._console.print()
        self._line(Text(f"$ policywatch {command}", "bold"))
        for line in lines:
            self._line(Text(line))
        self._console.print()

    def commands(self, rows: Sequence[tuple[str, str]]) -> None:
        """Commands to try, each with what it is for."""
        width = max(len(command) for command, _ in rows)
        for command, purpose in rows:
            self._line(Text.assemble("  ", (command.ljust(width), "bold"), f"   {purpose}"))

    def _beside(self, label: Text, text: str, style: str) -> None:
        label.align("left", _MARGIN)
        for first, line in zip_longest((label,), self._wrapped(text, _MARGIN), fillvalue=Text(" " * _MARGIN)):
            line.stylize(style)
            self._line(Text.assemble(first, line))

    def _wrapped(self, text: str, margin: int) -> list[Text]:
        return list(Text(text).wrap(self._console, min(self._console.width, _WIDEST) - margin))

    def _line(self, line: Text) -> None:
        # Never broken here: a terminal does that, and what reads a pipe wants whole lines.
        self._console.print(line, soft_wrap=True)


def _tally(outcome: Outcome) -> str:
    counts = ((field.name, getattr(outcome.tally, field.name)) for field in fields(outcome.tally))
    told = ", ".join(f"{count} {_WORDS.get(name, name)}" for name, count in counts if count)
    return told if outcome.state == DONE else f"{outcome.state}, its list cannot be read; articles: {told}"

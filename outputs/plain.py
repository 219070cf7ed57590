"""Untrusted text, times and durations, formatted for people on a terminal or a page."""

from __future__ import annotations

import re
from datetime import datetime

from tracking.dates import BEIJING
from tracking.text import clean_title, shortened

# What a terminal interprets: control sequences, control strings up to their end, and other escape sequences.
_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)


def safe(text: str, longest: int = 600) -> str:
    """Untrusted text on one line of at most `longest` characters, with visible characters only.

    Escape sequences, control characters, changes of writing direction, zero-width characters and lone surrogates are
    removed.
    """
    return shortened(clean_title(_ESCAPE_SEQUENCE.sub("", text)), longest)


def beijing_time(moment: datetime) -> str:
    """An aware time as Beijing time, to the minute: 2026-11-21 11:20."""
    try:
        return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    except OverflowError:  # in Beijing it is the year 10000 already
        return f"{moment:%Y-%m-%d %H:%M}"


def hours(number: float) -> str:
    """A number of hours in words: 5 hours, 1 hour, 2.5 hours, less than an hour."""
    if number < 1:
        return "less than an hour"
    rounded = f"{number:.1f}".removesuffix(".0")
    return f"{rounded} hour" if rounded == "1" else f"{rounded} hours"

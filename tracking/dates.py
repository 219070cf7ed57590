"""Times as Chinese portals write them, turned into aware UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")

_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})")
_NAIVE = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[\sT-]*(?P<hour>\d{1,2})\s*[:：时]\s*(?P<minute>\d{1,2})(?:\s*[:：分]\s*(?P<second>\d{1,2}))?)?",
    re.ASCII,
)


def beijing(text: str) -> datetime:
    """The instant a portal's text names, read as Beijing time unless it states its zone; ValueError without one."""
    if zoned := _ZONED.search(text):
        return datetime.fromisoformat(zoned.group()).astimezone(UTC)
    found = _NAIVE.search(text)
    if found is None:
        raise ValueError(f"no date in {text[:80]!r}")
    parts = {name: int(value) for name, value in found.groupdict(default="0").items()}
    return datetime(**parts, tzinfo=BEIJING).astimezone(UTC)  # type: ignore[arg-type]


def from_unix(value: object) -> datetime:
    """The instant of a unix time in seconds, number or text; ValueError for anything else or outside 1990-2100."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"not a unix time: {value!r}")
    seconds = float(value)
    if not 631152000 <= seconds < 4102444800:
        raise ValueError(f"not a unix time in seconds: {value!r}")
    return datetime.fromtimestamp(seconds, UTC)

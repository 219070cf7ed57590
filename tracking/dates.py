"""Times as Chinese portals write them, turned into aware UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")

_ZONED = re.compile(
    r"(?<!\d)(?P<time>\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?| \d{2}:\d{2}:\d{2}(?:\.\d+)?)) ?"
    r"(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})(?![\d:])",
    re.ASCII,
)
# Digits are spelled out, and blanks are not: portals put no-break and ideographic ones between day and hour.
_NAIVE = re.compile(
    r"(?<![0-9])(?P<year>[0-9]{4})\s*[-/.年]\s*(?P<month>[0-9]{1,2})\s*[-/.月]\s*"
    r"(?P<day>[0-9]{1,2})(?![0-9](?![0-9]?[:：时]))\s*日?"
    r"(?:[\sT-]*(?P<hour>[0-9]{1,2})\s*[:：时]\s*(?P<minute>[0-9]{1,2})(?:\s*[:：分]\s*(?P<second>[0-9]{1,2}))?)?"
)


def beijing(text: str) -> datetime:
    """The instant a portal's text names, read as Beijing time unless it states its zone; ValueError without one."""
    found = _ZONED.search(text) or _NAIVE.search(text)
    if found is None:
        raise ValueError(f"no date in {text[:80]!r}")
    try:
        return (_naive(found) if found.re is _NAIVE else _zoned(found)).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"no date in {text[:80]!r}: {found.group()!r:.80} is out of range") from None


def _zoned(found: re.Match[str]) -> datetime:
    return datetime.fromisoformat(found["time"] + found["zone"].replace("UTC", "Z"))


def _naive(found: re.Match[str]) -> datetime:
    parts = {name: int(value) for name, value in found.groupdict(default="0").items()}
    return datetime(**parts, tzinfo=BEIJING)


def from_unix(value: object) -> datetime:
    """The instant of a unix time in seconds, number or text; ValueError for anything else or outside 1990-2100."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"not a unix time: {value!r:.80}")
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        raise ValueError(f"not a unix time: {value!r:.80}") from None
    if not 631152000 <= seconds < 4102444800:
        raise ValueError(f"not a unix time in seconds: {value!r:.80}")
    return datetime.fromtimestamp(seconds, UTC)

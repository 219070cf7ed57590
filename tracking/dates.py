"""Times as Chinese portals write them, turned into aware UTC.

Every time on a page is Beijing time unless it states its zone; every time inside the project is aware UTC.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")

_ZONED = re.compile(
    r"(?<!\d)(?P<time>\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?| \d{2}:\d{2}:\d{2}(?:\.\d+)?)) ?"
    r"(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})(?![\d:])",
    re.ASCII,
)
# [0-9] and not \d, which matches digits of other scripts; \s also matches the no-break and ideographic blanks that
# portals put between day and hour.
_NAIVE = re.compile(
    r"(?<![0-9])(?P<year>[0-9]{4})\s*[-/.年]\s*(?P<month>[0-9]{1,2})\s*[-/.月]\s*"
    r"(?P<day>[0-9]{1,2})(?![0-9](?![0-9]?[:：时]))\s*日?"
    r"(?:[\sT-]*(?P<hour>[0-9]{1,2})\s*[:：时]\s*(?P<minute>[0-9]{1,2})(?:\s*[:：分]\s*(?P<second>[0-9]{1,2}))?)?"
)


def minute_of(at: datetime) -> datetime:
    """The time without its seconds."""
    return at.replace(second=0, microsecond=0)


def beijing(text: str) -> datetime:
    """The first date, with or without a time, in a portal's text, as aware UTC.

    It is read as Beijing time unless the text states its zone. ValueError for a text without a date, or with a date
    out of range.
    """
    found = _ZONED.search(text) or _NAIVE.search(text)
    if found is None:
        raise ValueError(f"no date in {text[:80]!r}")
    try:
        return (_naive(found) if found.re is _NAIVE else _zoned(found)).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"no date in {text[:80]!r}: {found.group()!r:.80} is out of range") from None


def _zoned(found: re.Match[str]) -> datetime:
    """A date and time with its zone."""
    return datetime.fromisoformat(found["time"] + found["zone"].replace("UTC", "Z"))


def _naive(found: re.Match[str]) -> datetime:
    """A date, or a date and time, in Beijing time."""
    parts = {name: int(value) for name, value in found.groupdict(default="0").items()}
    return datetime(**parts, tzinfo=BEIJING)


# How lists write the times of their newest rows: without a year, without a day, or relative to now.
_AGO = re.compile(r"(?P<count>[0-9]{1,4})\s*(?P<unit>秒|分钟|小时|天)(?:钟)?[之以]?前")
_UNITS = {"秒": "seconds", "分钟": "minutes", "小时": "hours", "天": "days"}
_DAYS_BACK = {"今天": 0, "昨天": 1, "前天": 2}
_SHORT = re.compile(
    r"(?<![0-9:./-])(?:(?P<named>今天|昨天|前天)|(?P<month>[0-9]{1,2})\s*[-/.月]\s*(?P<day>[0-9]{1,2})\s*日?)?\s*"
    r"(?:(?<![0-9:])(?P<hour>[0-9]{1,2})\s*[:：时]\s*(?P<minute>[0-9]{2})(?:\s*[:：分]\s*(?P<second>[0-9]{2}))?)?"
    r"(?![0-9:：])"
)
# Clocks differ a little: a time without a day that is this far in the future means today, not yesterday.
_CLOCK_SKEW = timedelta(minutes=10)
# Years that are tried for a date without a year: 29 February may be up to four years ago.
_YEARS_TRIED = 5


def beijing_near(text: str, at: datetime) -> datetime:
    """The latest time before `at` (aware UTC) that fits a text such as 09-27 18:26, 08:05, 昨天 08:05, 3小时前, 刚刚.

    The result is aware UTC; ValueError for a text without a time.
    """
    if "刚刚" in text:
        return at
    if (ago := _AGO.search(text)) is not None:
        return at - timedelta(**{_UNITS[ago["unit"]]: int(ago["count"])})
    found = next((match for match in _SHORT.finditer(text) if match.group().strip()), None)
    if found is None:
        raise ValueError(f"no time in {text[:80]!r}")
    return _latest(found, at.astimezone(BEIJING)).astimezone(UTC)


def _latest(found: re.Match[str], near: datetime) -> datetime:
    """The latest Beijing time, at most slightly after `near`, that these parts of a date fit."""
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["month"] is None:
        named = found["named"]
        then = near.replace(hour=hour, minute=minute, second=second, microsecond=0) - timedelta(
            days=_DAYS_BACK.get(named, 0)
        )
        return then if named or then <= near + _CLOCK_SKEW else then - timedelta(days=1)
    for year in range(near.year, near.year - _YEARS_TRIED, -1):
        with suppress(ValueError):  # 29 February in most years, or a day that no month has
            then = datetime(year, int(found["month"]), int(found["day"]), hour, minute, second, tzinfo=BEIJING)
            if then <= near + _CLOCK_SKEW:
                return then
    raise ValueError(f"no date in {found.group()!r:.80}")


# Unix times in seconds. Numbers outside this range are not times of news, but milliseconds or ids.
_YEAR_1990, _YEAR_2100 = 631152000, 4102444800


def from_unix(value: object) -> datetime:
    """The time, aware UTC, that a number or text states as a unix time in seconds.

    ValueError for anything else, and for times outside of the years 1990 to 2100.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"not a unix time: {value!r:.80}")
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        raise ValueError(f"not a unix time: {value!r:.80}") from None
    if not _YEAR_1990 <= seconds < _YEAR_2100:
        raise ValueError(f"not a unix time in seconds: {value!r:.80}")
    return datetime.fromtimestamp(seconds, UTC)

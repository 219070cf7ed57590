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
# Digits are spelled out, and blanks are not: portals put no-break and ideographic ones between day and hour.
_NAIVE = re.compile(
    r"(?<![0-9])(?P<year>[0-9]{4})\s*[-/.年]\s*(?P<month>[0-9]{1,2})\s*[-/.月]\s*"
    r"(?P<day>[0-9]{1,2})(?![0-9](?![0-9]?[:：时]))\s*日?"
    r"(?:[\sT-]*(?P<hour>[0-9]{1,2})\s*[:：时]\s*(?P<minute>[0-9]{1,2})(?:\s*[:：分]\s*(?P<second>[0-9]{1,2}))?)?"
)


def beijing(text: str) -> datetime:
    """The instant, aware UTC, that a portal's text names first.

    It is read as Beijing time unless the text states its zone. ValueError for a text without a date, or with one out of
    range.
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
    """A date, or a date and time, of Beijing."""
    parts = {name: int(value) for name, value in found.groupdict(default="0").items()}
    return datetime(**parts, tzinfo=BEIJING)


# What a list writes of its newest rows: without a year, without a day, or as a while ago.
_AGO = re.compile(r"(?P<count>[0-9]{1,4})\s*(?P<unit>秒|分钟|小时|天)(?:钟)?[之以]?前")
_UNITS = {"秒": "seconds", "分钟": "minutes", "小时": "hours", "天": "days"}
_DAYS_BACK = {"今天": 0, "昨天": 1, "前天": 2}
_SHORT = re.compile(
    r"(?<![0-9:./-])(?:(?P<named>今天|昨天|前天)|(?P<month>[0-9]{1,2})\s*[-/.月]\s*(?P<day>[0-9]{1,2})\s*日?)?\s*"
    r"(?:(?<![0-9:])(?P<hour>[0-9]{1,2})\s*[:：时]\s*(?P<minute>[0-9]{2})(?:\s*[:：分]\s*(?P<second>[0-9]{2}))?)?"
    r"(?![0-9:：])"
)
# Clocks differ a little: a row that is this far in the future is of today, not of yesterday.
_AHEAD = timedelta(minutes=10)
# So many years are tried for a date without one: 29 February may be up to four years back.
_YEARS_TRIED = 5


def beijing_near(text: str, at: datetime) -> datetime:
    """The last instant before `at` (aware UTC) that a text means: 09-27 18:26, 08:05, 昨天 08:05, 3小时前, 刚刚.

    The result is aware UTC; ValueError for a text that names no time.
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
    """The last time in Beijing, before `near` and a little after it, that these parts of a date mean."""
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["month"] is None:
        named = found["named"]
        then = near.replace(hour=hour, minute=minute, second=second, microsecond=0) - timedelta(
            days=_DAYS_BACK.get(named, 0)
        )
        return then if named or then <= near + _AHEAD else then - timedelta(days=1)
    for year in range(near.year, near.year - _YEARS_TRIED, -1):
        with suppress(ValueError):  # 29 February, or no date at all
            then = datetime(year, int(found["month"]), int(found["day"]), hour, minute, second, tzinfo=BEIJING)
            if then <= near + _AHEAD:
                return then
    raise ValueError(f"no date in {found.group()!r:.80}")


# In seconds: numbers outside are no times of news, but milliseconds or ids.
_YEAR_1990, _YEAR_2100 = 631152000, 4102444800


def from_unix(value: object) -> datetime:
    """The instant, aware UTC, of a unix time in seconds, a number or text.

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

"""Reads times of feeds and sitemaps: RFC 822 with its common errors, ISO 8601, and the forms of Chinese portals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

from tracking.dates import BEIJING, beijing

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_NAMES)})[a-z]*\.?,?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_DAY_FIRST = re.compile(rf"\b{_DAY}[\s-]{{1,3}}{_MONTH}[\s-]{{1,3}}(?P<year>[0-9]{{4}}|[0-9]{{2}})\b", re.IGNORECASE)
# As Java and JavaScript print dates: the year is before or after the time. +0800 is a zone, not a year.
_YEAR = r"(?<![+-])\b(?P<year>[0-9]{4})\b"
_MONTH_FIRST = re.compile(rf"\b{_MONTH}\s{{1,3}}{_DAY}\b,?(?=.{{0,40}}?{_YEAR})", re.IGNORECASE)
_CLOCK = re.compile(r"\b(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?(?:[.,][0-9]+)?")
_HALF = re.compile(r"\s*(?P<half>[AP])\.?M\b\.?", re.IGNORECASE)
_OFFSET = re.compile(r"\s*(?:GMT|UTC?)?\s*(?P<sign>[+-])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})?\b")
_ZONE = re.compile(r"\s*(?P<name>[A-Z]{1,4})\b")
# Hours ahead of UTC. CST is China Standard Time here. Unknown names mean Beijing time, as does none at all.
_HOURS = {"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "CST": 8, "HKT": 8, "BJT": 8, "SGT": 8, "JST": 9, "KST": 9, "CET": 1}
_HOURS |= {"CEST": 2, "BST": 1, "EST": -5, "EDT": -4, "PST": -8, "PDT": -7}

_GREENWICH = re.compile(r"(?<=[0-9])\s*(?:GMT|UTC?)$")
_SHORT_OFFSET = re.compile(r"(?<=:[0-9]{2})\s?([+-][0-9]{2})$")
_NO_SECONDS = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2})(?=\s?(?:Z|[+-][0-9]{2}:?[0-9]{2})$)")
# Programs without a time write 1 January of the years 1, 1900 or 1970.
_FIRST_YEAR = 1990
# Characters of a text that are read.
_LONGEST = 100


def feed_time(text: str) -> datetime | None:
    """The time in a text, aware UTC, to the second, read as Beijing time if it states no zone; None without one."""
    text = text.strip()[:_LONGEST]
    for read in (_english, _iso):
        with suppress(ValueError, OverflowError):
            at = read(text).astimezone(UTC).replace(microsecond=0)
            return at if at.year >= _FIRST_YEAR else None
    return None


def first_time(texts: Iterable[object]) -> datetime | None:
    """The first time, by `feed_time`, in these values, of which only texts count; None without one."""
    times = (feed_time(text) for text in texts if isinstance(text, str))
    return next((at for at in times if at is not None), None)


def _english(text: str) -> datetime:
    """A date with the English name of a month, in any order; ValueError for another text."""
    date = _DAY_FIRST.search(text) or _MONTH_FIRST.search(text)
    if date is None:
        raise ValueError("no English name of a month")
    year = int(date["year"]) + (2000 if len(date["year"]) == 2 else 0)
    month = _NAMES.index(date["month"].lower()) + 1
    clock = _CLOCK.search(text, date.end("day"))
    if clock is None:
        return datetime(year, month, int(date["day"]), tzinfo=BEIJING)
    hour, zone = _hour_and_zone(text, clock)
    return datetime(year, month, int(date["day"]), hour, int(clock["minute"]), int(clock["second"] or 0), tzinfo=zone)


def _hour_and_zone(text: str, clock: re.Match[str]) -> tuple[int, timezone]:
    """The hour (0 to 23) and the zone of a time; the zone is Beijing's when no known one follows."""
    half = _HALF.match(text, clock.end())
    hour, after = int(clock["hour"]), (half or clock).end()
    if half is not None:
        hour = hour % 12 + (12 if half["half"] in "pP" else 0)
    if (offset := _OFFSET.match(text, after)) is not None:
        shift = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        return hour, timezone(-shift if offset["sign"] == "-" else shift)
    zone = _ZONE.match(text, after)
    known = zone is not None and zone["name"] in _HOURS
    return hour, timezone(timedelta(hours=_HOURS[zone["name"]])) if zone and known else BEIJING


def _iso(text: str) -> datetime:
    """A date in digits, after correcting common errors in its zone."""
    text = _SHORT_OFFSET.sub(r"\1:00", _GREENWICH.sub("Z", text))
    return beijing(_NO_SECONDS.sub(r"\1T\2", text))

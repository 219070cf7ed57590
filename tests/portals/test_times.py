"""Times as feeds and sitemaps write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portals.feeds.times import feed_time, first_time

BEIJING = [
    "Fri, 20 Nov 2026 08:30:00 +0800",
    "Fri, 20 Nov 2026 00:30:00 GMT",
    "Fri, 20 Nov 2026 00:30:00 UT",
    "Fri, 20 Nov 2026 00:30:00 -0000",
    "Fri, 20 Nov 2026 08:30:00 CST",
    "Fri, 20 Nov 2026 08:30:00",
    "Fri, 20 Nov 2026 08:30:00 +08:00",
    "Fri, 20 Nov 2026 08:30:00 GMT+8",
    "Fri, 20 Nov 2026 08:30:00 BJT",
    "Thu, 19 Nov 2026 19:30:00 EST",
    "20 Nov 26 08:30 +0800",
    "星期五, 20 Nov 2026 08:30:00 +0800",
    "Fri Nov 20 08:30:00 CST 2026",
    "Fri Nov 20 2026 08:30:00 GMT+0800 (中国标准时间)",
    "November 20, 2026 8:30 AM",
    "2026-11-20T08:30:00+08:00",
    "2026-11-20T08:30:00 +0800",
    "2026-11-20T00:30:00Z",
    "2026-11-20T00:30:00.123456789Z",
    "2026-11-20T00:30Z",
    "2026-11-20T00:30:00+00",
    "2026-11-20 00:30 +0000",
    "2026-11-20 00:30:00 GMT",
    "2026-11-20 00:30:00 UTC",
    "2026-11-20 08:30:00",
    "2026-11-20 08:30:00.0",
    "2026/11/20 08:30",
    "2026年11月20日 08:30",
    "2026年11月20日 8时30分",
]


@pytest.mark.parametrize("text", BEIJING)
def test_every_way_to_write_one_time(text: str) -> None:
    assert feed_time(f"\n {text} ") == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


def test_a_day_alone_is_its_beginning_in_beijing() -> None:
    for text in ("2026-11-20", "2026年11月20日", "20 Nov 2026", "Nov 20, 2026"):
        assert feed_time(text) == datetime(2026, 11, 19, 16, tzinfo=UTC)


def test_noon_and_midnight() -> None:
    assert feed_time("20 Nov 2026 12:30 AM +0800") == datetime(2026, 11, 19, 16, 30, tzinfo=UTC)
    assert feed_time("20 Nov 2026 12:30 PM +0800") == datetime(2026, 11, 20, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "昨天",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "Fri, 31 Feb 2026 08:30:00 GMT",
        "Fri, 20 Nov 2026 25:30:00 GMT",
        "Fri, 20 Nov 2026 08:30:00 +9999",
        "may 1" * 1000,
    ],
)
def test_what_is_no_time(text: str) -> None:
    assert feed_time(text) is None


def test_the_first_text_that_names_a_time_counts_whatever_else_stands_there() -> None:
    assert first_time((None, 7, "soon", "2026-11-20 08:30", "2020-01-01")) == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    assert first_time(("soon", None)) is None

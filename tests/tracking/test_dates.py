"""Times as portals write them: every shape that was seen, and what is no time at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.dates import BEIJING, beijing, from_unix

TEN = datetime(2026, 9, 19, 2, 0, tzinfo=UTC)
FIRST, YEARS = datetime(1990, 1, 2, tzinfo=BEIJING), timedelta(days=365 * 109)
INSTANTS = st.timedeltas(timedelta(0), YEARS).map(lambda age: FIRST + age)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026/09/19 10:00:00", TEN),
        ("2026/09/19 10:00", TEN),
        ("2026-09-29-22:44:43", datetime(2026, 9, 29, 14, 44, 43, tzinfo=UTC)),
        ("2019年06月15日08:18", datetime(2019, 6, 15, 0, 18, tzinfo=UTC)),
        ("2019年11月25日 18:57", datetime(2019, 11, 25, 10, 57, tzinfo=UTC)),
        ("2019年11月25日 18时57分", datetime(2019, 11, 25, 10, 57, tzinfo=UTC)),
        ("2023-11-17 20:52:15", datetime(2023, 11, 17, 12, 52, 15, tzinfo=UTC)),
        ("2026-09-25 02:34 星期五", datetime(2026, 9, 24, 18, 34, tzinfo=UTC)),
        ("2026.9.19 10:00", TEN),
        ("2026-9-19 10：00", TEN),
        ("2026-09-19T10:00:00", TEN),
        ("2026-09-1910:00", TEN),  # a date and a time that stood in two spans
    ],
)
def test_a_time_without_a_zone_is_beijing_time(text: str, instant: datetime) -> None:
    assert beijing(text) == instant
    assert beijing(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-19T10:00:00+08:00",
        "2026-09-19T10:00+08:00",
        "2026-09-19T10:00:00.000+0800",
        "2026-09-19T02:00:00Z",
        "2026-09-19T02:00:00.123456Z",
        "2026-09-18T22:00:00-04:00",
        "2026-09-19 02:00:00Z",
        "2026-09-19 02:00:00 UTC",
        "2026-09-19 02:00:00 +0000",
        "2026-09-18 22:00:00 -04:00",
    ],
)
def test_a_zone_that_is_stated_counts(text: str) -> None:
    assert beijing(text).replace(microsecond=0) == TEN


def test_a_range_of_hours_is_no_zone() -> None:
    assert beijing("2026-09-19 10:00-11:30") == TEN
    assert beijing("2026-09-19 10:00:00-11:30:00") == TEN


@pytest.mark.parametrize("text", ["2026-09-19", "2026/9/19", "2026年9月19日", "2026 年 9 月 19 日"])
def test_a_date_alone_is_its_midnight_in_beijing(text: str) -> None:
    assert beijing(text) == datetime(2026, 9, 18, 16, tzinfo=UTC)


@pytest.mark.parametrize("blank", [" ", "\xa0", "\u3000", "\u2003", "\n\t ", "  "])
def test_blanks_of_any_kind_may_stand_between_day_and_hour(blank: str) -> None:
    assert beijing(f"2026-09-19{blank}10:00") == TEN
    assert beijing(f"2026年09月19日{blank}10:00") == TEN


def test_words_around_a_time_do_not_matter() -> None:
    assert beijing("　来源：新华社　2026年09月19日 10:00　责任编辑：某某") == TEN


@pytest.mark.parametrize(
    "text",
    [
        "2026-13-40",
        "2026-00-10",
        "2026-02-30",
        "0000-01-01",
        "0001-01-01 00:00",  # in UTC this lies before the first year
        "9999-12-31T23:59:59-08:00",  # and this after the last
        "2026-09-19 24:00",
        "2026-09-19 10:60",
        "2026-09-19T10:00:00+99:99",
        "20260919",
        "12026-09-19",
        "99999999999999-1-1",
        "2026-09-191",
        "2026-9999999999-1",
        "09-19 10:00",
        "10:00",
        "今天 10:00",
        "3分钟前",
        "２０２６-０９-１９ １０:００",
        "٢٠٢٦-٠٩-١٩T١٠:٠٠:٠٠Z",
        "",
        "9" * 100_000,
        "2026" + " " * 100_000,
    ],
)
def test_what_names_no_possible_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        beijing(text)


def test_the_complaint_about_a_long_text_is_short() -> None:
    with pytest.raises(ValueError, match="no date in") as caught:
        beijing("年月日" * 100_000)
    assert len(str(caught.value)) < 120


@settings(deadline=None)
@given(INSTANTS)
def test_every_shape_of_a_time_is_read_back(instant: datetime) -> None:
    minute = instant.replace(second=0, microsecond=0)
    second = instant.replace(microsecond=0)
    assert beijing(instant.isoformat()) == instant
    assert beijing(instant.astimezone(UTC).isoformat().replace("+00:00", "Z")) == instant
    assert beijing(f"{second:%Y-%m-%d %H:%M:%S}") == second
    assert beijing(f"{second:%Y-%m-%d-%H:%M:%S}") == second
    assert beijing(f"{minute:%Y年%m月%d日%H:%M}") == minute
    assert beijing(f"{minute:%Y/}{minute.month}/{minute.day} {minute.hour}:{minute:%M}") == minute


@settings(deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from("0123456789-/.:年月日时分秒TZ+ \u3000"), st.characters())))
def test_any_text_is_a_time_in_utc_or_a_value_error(text: str) -> None:
    try:
        found = beijing(text)
    except ValueError:
        return
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize("value", ["1789783200", 1789783200, 1789783200.0, " 1789783200 "])
def test_seconds_since_1970_are_read_as_number_or_text(value: object) -> None:
    assert from_unix(value) == TEN


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        float("nan"),
        "nan",
        float("inf"),
        "-inf",
        "1e999",
        10**400,
        1789783200000,
        "1789783200000",
        0,
        -1,
        "",
        "昨天",
        "2026-09-19",
        b"1789783200",
        [1789783200],
        {},
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_time_in_seconds_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not a unix time"):
        from_unix(value)


def test_the_complaint_about_a_long_value_is_short() -> None:
    with pytest.raises(ValueError, match="not a unix time") as caught:
        from_unix("年" * 100_000)
    assert len(str(caught.value)) < 120


@settings(deadline=None)
@given(INSTANTS)
def test_a_unix_time_leads_back_to_its_instant(instant: datetime) -> None:
    seconds = int(instant.timestamp())
    assert from_unix(seconds) == from_unix(str(seconds)) == instant.replace(microsecond=0)

"""Hostile text on a terminal."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outputs.plain import beijing_time, hours, safe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("北京：数字经济 50%", "北京：数字经济 50%"),
        ("a\x1b[31;1mred\x1b[0m", "ared"),
        ("a\x9b2Jb", "ab"),
        ("a\x1b]0;new title\x07b", "ab"),
        ("a\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\b", "alinkb"),
        ("a\x1bPdevice\x1b\\b\x1b_app\x1b\\c", "abc"),
        ("a\x1b]0;no end, still to be read", "a0;no end, still to be read"),
        ("a\x1bcb\x1b(0c", "abc"),
        ("one\r\ntwo\tthree\x0bfour\u2028five", "one two three four five"),
        ("gpj\u202eexe.\u2066x\u200f", "gpjexe.x"),
        ("数\u200b字\ufeff经\x00济\x7f", "数字经济"),
        ("half \ud83d pair", "half  pair"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("\x1b\x1b[0m[31mx", "[31mx"),
    ],
)
def test_what_steers_a_terminal_or_hides_is_gone(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_a_text_without_end_is_cut() -> None:
    assert safe("数" * 700) == "数" * 599 + "…"
    assert safe("数" * 600) == "数" * 600
    assert safe("abcdef", 3) == "ab…"


@settings(database=None, deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\x1b[]0;m\x07\x9b\x9d\\P\u202e\r\n"))))
def test_no_text_brings_anything_unprintable(text: str) -> None:
    shown = safe(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert not set(shown) & set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    shown.encode("utf-8")


@pytest.mark.parametrize("piece", ["\x1b", "\x9d", "\x1b]", "\x1b[", "\x1b[0", "\x1b(", "\x1b]a\x07"])
def test_escape_sequences_by_the_million_cost_no_more_than_their_length(piece: str) -> None:
    started = perf_counter()
    safe(piece * 300_000)
    assert perf_counter() - started < 5


def test_times_are_shown_as_in_beijing_even_at_the_end_of_time() -> None:
    assert beijing_time(datetime(2026, 11, 20, 16, 30, tzinfo=UTC)) == "2026-11-21 00:30"
    assert beijing_time(datetime(9999, 12, 31, 23, 0, tzinfo=UTC)) == "9999-12-31 23:00"


def test_lengths_of_time_are_said_in_hours() -> None:
    said = [hours(number) for number in (0.2, 1, 1.04, 2.5, 5.0, 71.96)]
    assert said == ["less than an hour", "1 hour", "1 hour", "2.5 hours", "5 hours", "72 hours"]

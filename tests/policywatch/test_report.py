"""A report: where it begins, in which form it comes, and when the reader moves; on both databases."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from policywatch.app.report import ReportOptions, report
from storage import ledger
from storage.database import Database
from tests.storage.builders import DAY, see, seen

LATER = DAY + timedelta(hours=1)
EVERYTHING = ledger.EventFilter(include_untracked=True)


@pytest.fixture
def filled(database: Database) -> Database:
    see(database, seen("a1"), seen("a2", title="港"))
    return database


def reported(database: Database, options: ReportOptions) -> list[int]:
    """The numbers of the events that are reported, as JSON."""
    lines: list[str] = []
    report(database, options, LATER, lines.append)
    return [json.loads(line)["seq"] for line in lines]


def options(reader: str = "me", *, from_start: bool = False, moves_reader: bool = True) -> ReportOptions:
    return ReportOptions(reader, EVERYTHING, "json", from_start=from_start, moves_reader=moves_reader)


def place(database: Database, reader: str = "me") -> int:
    with database.read() as connection:
        return ledger.position(connection, reader)


def newest(database: Database) -> int:
    with database.read() as connection:
        return ledger.newest(connection)


def test_each_event_is_reported_once_to_each_reader(filled: Database) -> None:
    everything = list(range(1, newest(filled) + 1))
    assert reported(filled, options()) == reported(filled, options("you")) == everything
    assert reported(filled, options()) == []
    see(filled, seen("a3"), at=LATER)
    assert reported(filled, options()) == list(range(len(everything) + 1, newest(filled) + 1))


def test_a_reader_that_does_not_move_sees_the_same_again(filled: Database) -> None:
    first = reported(filled, options(moves_reader=False))
    assert reported(filled, options(moves_reader=False)) == first != []
    assert place(filled) == 0


def test_from_the_start_it_begins_with_what_was_seen_already(filled: Database) -> None:
    first = reported(filled, options())
    assert reported(filled, options(from_start=True, moves_reader=False)) == first


def test_a_reader_moves_past_events_that_it_does_not_want(filled: Database) -> None:
    nothing = ReportOptions("me", ledger.EventFilter(portal="cs"), "json")
    assert reported(filled, nothing) == []
    assert place(filled) == newest(filled)


def test_a_reader_whose_lines_did_not_arrive_stays_where_it_is(filled: Database) -> None:
    arrived: list[str] = []

    def out(line: str) -> None:
        if arrived:
            raise BrokenPipeError
        arrived.append(line)

    with pytest.raises(BrokenPipeError):
        report(filled, options(), LATER, out)
    assert place(filled) == 0
    assert len(reported(filled, options())) == newest(filled)


@pytest.mark.parametrize(("format_", "beginning"), [("text", ""), ("markdown", "#"), ("json", "{")])
def test_it_comes_in_three_forms(filled: Database, format_: str, beginning: str) -> None:
    lines: list[str] = []
    report(filled, ReportOptions("me", EVERYTHING, format_), LATER, lines.append)
    assert lines[0].startswith(beginning)
    assert any("港" in line for line in lines)

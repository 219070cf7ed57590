"""What commands share: times as people write them, columns, and output into a file or to stdout."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from policywatch.cli import common
from policywatch.cli.common import TimeParam, columns, write_or_stdout

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "now", lambda: NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20", datetime(2026, 11, 19, 16, tzinfo=UTC)),
        ("2026-11-20T08:00", datetime(2026, 11, 20, 0, tzinfo=UTC)),
        ("2026-11-20T08:00Z", NOW),
        ("2026-11-20T08:00+08:00", datetime(2026, 11, 20, 0, tzinfo=UTC)),
        ("90m", NOW - timedelta(minutes=90)),
        ("36h", NOW - timedelta(hours=36)),
        ("7d", NOW - timedelta(days=7)),
        ("2w", NOW - timedelta(weeks=2)),
    ],
)
def test_a_time_is_a_date_in_beijing_an_instant_or_a_while_ago(text: str, expected: datetime) -> None:
    assert TimeParam().convert(text, None, None) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "7y", "d", "2026-13-01", "999999999999w", "0001-01-01"])
def test_what_is_no_time_is_wrong_use(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a time such as"):
        TimeParam().convert(text, None, None)


def test_columns_stand_below_each_other_whatever_they_hold() -> None:
    assert list(columns([("a", "site", "n"), ("bbb", "新浪", 1), ("c", "", "")])) == [
        "a    site  n",
        "bbb  新浪  1",
        "c",
    ]


def test_a_document_goes_into_a_file_or_to_stdout(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write_or_stdout(b"\xff\n", tmp_path / "new" / "x")
    assert (tmp_path / "new" / "x").read_bytes() == b"\xff\n"
    write_or_stdout(b"\xfe\n", None)
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == b"\xfe\n"


def test_a_file_that_cannot_be_written_is_one_line_and_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as caught:
        write_or_stdout(b"", tmp_path / "file" / "x")
    assert caught.value.code == 1
    assert capsys.readouterr().err == f"policywatch: {tmp_path}/file/x: File exists\n"

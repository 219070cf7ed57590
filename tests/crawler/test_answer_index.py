"""The index of a WARC file: which of its records answer which request."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from twisted.python.failure import Failure

from crawler.fetch.errors import failure_kind_of, reason_of
from crawler.recording.answer_index import normal_url
from crawler.recording.answers import BadRecording
from crawler.recording.recorded_errors import CONTENT_TYPE, FORMER_CONTENT_TYPE
from tests.crawler.recording_builders import HELLO, OK, SECOND, URL, answers_in, next_response, warc_record
from tracking.observation import FailureKind


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "crawl.warc.gz"


def failure(error: Exception) -> Failure:
    return Failure(error)  # type: ignore[no-untyped-call]


# --- requests ---


def test_a_form_that_was_sent_is_answered_by_what_it_got(file: Path) -> None:
    form = b"POST /a HTTP/1.1\r\nHost: own.test\r\n\r\nname=1"
    records = [
        warc_record("request", form, WARC_Record_ID="<q1>", WARC_Concurrent_To="<r1>"),
        warc_record("response", OK + b"\r\nform", WARC_Record_ID="<r1>"),
        warc_record("response", OK + b"\r\nhead", WARC_Record_ID="<r2>", WARC_Concurrent_To="<q2>"),
        warc_record("request", b"HEAD /a HTTP/1.1\r\n\r\n", WARC_Record_ID="<q2>"),
        warc_record("response", OK + b"\r\nplain", WARC_Record_ID="<r3>"),
    ]
    answers = answers_in(file, *records)
    assert next_response(answers) == OK + b"\r\nplain"
    assert next_response(answers, method="POST", body=b"name=1") == OK + b"\r\nform"
    assert next_response(answers, method="POST", body=b"name=2") is None


@pytest.mark.parametrize(
    ("stored", "requested"),
    [
        ("<http://own.test/a>", "http://own.test/a"),
        ("http://own.test/a#part", "http://own.test/a"),
        ("http://own.test/数字", "http://own.test/%E6%95%B0%E5%AD%97"),
        ("http://own.test/a b", "http://own.test/a%20b"),
    ],
)
def test_addresses_are_found_as_other_tools_write_them(file: Path, stored: str, requested: str) -> None:
    assert next_response(answers_in(file, warc_record("response", HELLO, stored)), requested) == HELLO


@pytest.mark.parametrize(
    "requested", ["https://own.test/a", "http://own.test/a?b", "http://own.test:81/a", "http://own.test/A"]
)
def test_another_address_is_another(file: Path, requested: str) -> None:
    assert answers_in(file, warc_record("response", HELLO)).next("GET", requested) is None


def test_what_cannot_be_an_address_is_none() -> None:
    assert normal_url("http://[own.test/a") == ""


# --- responses ---


def test_a_revisit_has_the_body_of_what_it_refers_to(file: Path) -> None:
    names: dict[str, Any] = {
        "WARC_Record_ID": "<r1>",
        "WARC_Payload_Digest": "sha1:A",
        "WARC_Date": "2026-11-19T08:00:00Z",
    }
    first = warc_record("response", OK + b"Date: then\r\n\r\nhello", URL + "0", **names)
    by_id = warc_record("revisit", OK + b"Date: now\r\n\r\n", URL + "1", WARC_Refers_To="<r1>")
    by_address = warc_record(
        "revisit",
        b"",
        URL + "2",
        WARC_Refers_To_Target_URI=URL + "0",
        WARC_Refers_To_Date="2026-11-19T08:00:00Z",
    )
    by_body = warc_record("revisit", b"HTTP/1.1 304 Not Modified\r\n\r\n", URL + "3", WARC_Payload_Digest="sha1:A")
    of_none = warc_record("revisit", OK + b"\r\n", URL + "4", WARC_Payload_Digest="sha1:B")
    answers = answers_in(file, first, by_id, by_address, by_body, of_none)
    assert next_response(answers, URL + "1") == OK + b"Date: now\r\n\r\nhello"
    then = OK + b"Date: then\r\n\r\nhello"
    assert next_response(answers, URL + "2") == next_response(answers, URL + "3") == then
    assert next_response(answers, URL + "4") is None


def test_not_modified_is_no_answer(file: Path) -> None:
    unmodified = warc_record("response", b"HTTP/1.1 304 Not Modified\r\n\r\n")
    answers = answers_in(file, unmodified, warc_record("response", HELLO), unmodified)
    assert [next_response(answers) for _ in range(2)] == [HELLO, HELLO]


def test_a_response_that_was_cut_off_when_it_was_recorded_is_an_error(file: Path) -> None:
    answer = answers_in(file, warc_record("response", HELLO, WARC_Truncated="len\x1b[31mgth")).next("GET", URL)
    assert answer is not None
    assert answer.recorded_error is not None
    reason = reason_of(failure(answer.recorded_error.exception()))
    assert reason == "cut off when it was recorded (len\\x1b[31mgth)"


def test_records_that_are_no_answers_are_passed_over(file: Path) -> None:
    others = [
        warc_record(warc_type, b"hello", Content_Type="text/plain")
        for warc_type in ("resource", "conversion", "metadata", "x")
    ]
    assert answers_in(file, *others).next("GET", URL) is None


# --- errors ---

VALUES = {"kind": "SlowError", "words": "why", "ignored": False, "again": True}


@pytest.mark.parametrize(("content_type", "key"), [(CONTENT_TYPE, "failure_kind"), (FORMER_CONTENT_TYPE, "trouble")])
def test_an_error_is_an_answer_in_recordings_of_this_version_and_of_earlier_ones(
    file: Path, content_type: str, key: str
) -> None:
    block = json.dumps(VALUES | {key: "timeout"}).encode()
    answer = answers_in(file, warc_record("metadata", block, Content_Type=content_type)).next("GET", URL)
    assert answer is not None
    assert answer.recorded_error is not None
    error = failure(answer.recorded_error.exception())
    assert (reason_of(error), failure_kind_of(error)) == ("slow: why", FailureKind.TIMEOUT)


def test_an_error_that_is_none_is_passed_over(file: Path) -> None:
    good = json.dumps(VALUES | {"failure_kind": "timeout"}).encode()
    records = [
        warc_record("metadata", b"{}", Content_Type=CONTENT_TYPE),
        warc_record("metadata", good, URL + "1", Content_Type=CONTENT_TYPE),
    ]
    answers = answers_in(file, *records)
    assert answers.next("GET", URL) is None
    assert answers.next("GET", URL + "1") is not None


# --- dates and portals ---


@pytest.mark.parametrize("date", ["", "soon", "2026-11-20", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_date_that_cannot_be_is_passed_over(file: Path, date: str) -> None:
    answers = answers_in(file, warc_record("response", HELLO, WARC_Date=date), warc_record("response", HELLO))
    assert answers.begun == datetime(2026, 11, 20, 8, tzinfo=UTC)
    with pytest.raises(BadRecording, match="no record says when it was made"):
        answers_in(file, warc_record("response", HELLO, WARC_Date=date))


def test_time_never_goes_back(file: Path) -> None:
    dates = ["2026-11-20T08:00:05Z", "2026-11-20T08:00:01Z", "2026-11-20T09:00:06+01:00"]
    answers = answers_in(file, *(warc_record("response", HELLO, WARC_Date=date) for date in dates))
    found = [answers.next("GET", URL) for _ in dates]
    assert [(answer.at - answers.begun) / SECOND for answer in found if answer] == [0, 0, 1]


def test_names_that_no_portal_can_have_are_passed_over(file: Path) -> None:
    info = b"software: other/1\r\npolicywatch-portals: sina ../x SINA cs sina \x1b[31m\r\n"
    assert answers_in(file, warc_record("warcinfo", info)).portals == ("sina", "cs")

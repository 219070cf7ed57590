"""What ended a request ends it again at a replay, in the same words and with the same consequences."""

from __future__ import annotations

import json
from typing import Any

import pytest
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.settings import Settings
from scrapy.utils.misc import load_object
from twisted.internet.error import ConnectionLost, DNSLookupError
from twisted.python.failure import Failure

from crawler.fetch.errors import failure_kind_of, reason_of
from crawler.fetch.guard import Refused
from crawler.fetch.robots import ForbiddenByRobots
from crawler.fetch.settings import FetchRules, scrapy_settings
from crawler.recording.recorded_errors import (
    CONTENT_TYPE,
    FORMER_CONTENT_TYPE,
    RecordedError,
    is_recorded_error,
    read_recorded_error,
    recorded_error_of,
)
from tracking.observation import FailureKind

RETRIED = tuple(map(load_object, Settings(scrapy_settings(FetchRules())).getlist("RETRY_EXCEPTIONS")))


def failure(error: Exception) -> Failure:
    return Failure(error)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    "error",
    [
        DownloadTimeoutError("Getting http://own.test/a took longer than 20.0 seconds."),
        ConnectionLost("so what"),
        DNSLookupError("no results"),
        OSError(5, "bad"),
        RuntimeError("数字\n\x1b[31m"),
        Refused("own.test", "10.0.0.5", "not a public address"),
        ForbiddenByRobots("Forbidden by robots.txt"),
        IgnoreRequest("no"),
    ],
)
def test_what_went_wrong_goes_wrong_again_in_the_same_words(error: Exception) -> None:
    block = recorded_error_of(error, RETRIED).as_json()
    again = read_recorded_error(CONTENT_TYPE, block).exception()
    first, second = failure(error), failure(again)
    assert (reason_of(first), failure_kind_of(first)) == (reason_of(second), failure_kind_of(second))
    assert isinstance(again, RETRIED) == isinstance(error, RETRIED)
    assert isinstance(again, IgnoreRequest) == isinstance(error, IgnoreRequest)


def test_a_very_long_message_is_cut() -> None:
    assert len(recorded_error_of(RuntimeError("x" * 9999), RETRIED).words) == 2000


# As version 0.2.0 wrote it into a recording, to the byte.
FORMER = (
    b'{"kind": "DownloadTimeoutError", "words": "Getting it took too long.", "trouble": "timeout", '
    b'"ignored": false, "again": true}'
)


def test_an_error_in_a_recording_of_an_earlier_version_can_be_read() -> None:
    error = RecordedError("DownloadTimeoutError", "Getting it took too long.", FailureKind.TIMEOUT, again=True)
    assert read_recorded_error(FORMER_CONTENT_TYPE, FORMER) == error
    assert read_recorded_error(CONTENT_TYPE, error.as_json()) == error


def test_each_content_type_has_keys_of_its_own() -> None:
    for content_type, block in [
        (CONTENT_TYPE, FORMER),
        (FORMER_CONTENT_TYPE, FORMER.replace(b"trouble", b"failure_kind")),
    ]:
        with pytest.raises(ValueError, match="not a recorded error"):
            read_recorded_error(content_type, block)


def test_both_content_types_are_known_and_no_other() -> None:
    assert is_recorded_error("application/vnd.policywatch.recorded-error+json")
    assert is_recorded_error("application/vnd.policywatch.mishap+json")
    assert not is_recorded_error("application/json")
    with pytest.raises(ValueError, match="not a recorded error"):
        read_recorded_error("application/json", FORMER)


GOOD: dict[str, Any] = {"kind": "X", "words": "why", "failure_kind": "timeout", "ignored": False, "again": True}
BAD: list[dict[str, Any]] = [
    {"kind": "\x1b"},
    {"kind": 7},
    {"kind": "X" * 99},
    {"words": None},
    {"failure_kind": "x"},
    {"failure_kind": []},
]


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"\xff",
        b"[" * 60_000,
        b'{"kind": "X"}',
        *(json.dumps(GOOD | bad).encode() for bad in BAD),
    ],
)
def test_a_block_that_holds_no_error_is_refused(block: bytes) -> None:
    assert read_recorded_error(CONTENT_TYPE, json.dumps(GOOD).encode()).again
    with pytest.raises(ValueError):  # noqa: PT011  (the caller passes the record over, whatever is wrong with it)
        read_recorded_error(CONTENT_TYPE, block)

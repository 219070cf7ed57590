"""Responses that other tools recorded: the head says no more than is true of the body."""

from __future__ import annotations

import gzip
import io

import pytest

from crawler.recording.foreign_answers import consistent_response
from crawler.recording.records import records
from tests.crawler.recording_builders import HELLO, OK, URL, warc_record

PACKED = gzip.compress(b"hello", mtime=0)
CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"


def response(*blocks: bytes, head_of: int | None = None, packed: bool = True) -> bytes:
    """The last but one of some recorded responses; with the head of another one if `head_of` says of which."""
    file = io.BytesIO(b"".join(warc_record("response", block, URL, packed=packed) for block in blocks))
    offsets = [record.offset for record in records(file)]
    return b"".join(consistent_response(file, offsets[-2], None if head_of is None else offsets[head_of]))


@pytest.mark.parametrize(
    ("stored", "given"),
    [
        (HELLO, HELLO),
        (OK + b"\r\nhello", OK + b"\r\nhello"),
        (b"HTTP/1.0 200\r\nA: b\r\n\r\nhello", b"HTTP/1.0 200\r\nA: b\r\n\r\nhello"),
        (b"HTTP/2 200 \r\nA: b\r\n\r\nhello", b"HTTP/1.1 200 \r\nA: b\r\n\r\nhello"),
        (b"HTTP/1.1 200 OK\nA: b\n\nhello", b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nhello"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS, OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS),
        (OK + b"transfer-encoding: Chunked\r\n\r\n<p>hello", OK + b"\r\n<p>hello"),
        (OK + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n<p>hello", OK + b"\r\n<p>hello"),
        (OK + b"Content-Encoding: gzip\r\n\r\n" + PACKED, OK + b"Content-Encoding: gzip\r\n\r\n" + PACKED),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 99\r\n\r\nhello", OK + b"\r\nhello"),
        # Longer than its Content-Length: the tool unpacked it. Shorter: it was cut off, and stays so.
        (OK + b"Content-Length: 2\r\n\r\nhello", OK + b"\r\nhello"),
        (OK + b"Content-Length: 9\r\n\r\nhello", OK + b"Content-Length: 9\r\n\r\nhello"),
        (OK, OK),
        (b"", b""),
        (b"\x00\x01", b"\x00\x01"),
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_a_head_says_no_more_than_is_true_of_the_body(stored: bytes, given: bytes, packed: bool) -> None:
    assert response(b"x", stored, b"x", packed=packed) == given


def test_a_later_head_takes_the_place_of_the_first_one() -> None:
    later = OK + b"Date: now\r\n\r\n"
    assert response(later, OK + b"Date: then\r\n\r\nhello", b"x", head_of=0) == later + b"hello"


def test_a_later_head_has_to_fit_the_body_too() -> None:
    later = OK + b"Date: now\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n"
    assert response(later, OK + b"\r\nhello", b"x", head_of=0) == OK + b"Date: now\r\n\r\nhello"


def test_a_body_larger_than_a_piece_comes_whole() -> None:
    body = bytes(range(256)) * 1000
    assert response(OK + b"\r\n" + body, b"x") == OK + b"\r\n" + body

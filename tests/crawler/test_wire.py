"""What is kept of the bytes that come in over a connection."""

from __future__ import annotations

import pytest

from crawler.recording.wire import ResponseBytes


def came(*pieces: bytes, limit: int = 100) -> ResponseBytes:
    incoming = ResponseBytes(limit)
    for piece in pieces:
        incoming.add(piece)
    return incoming


def test_a_response_is_kept_as_it_came() -> None:
    assert came(b"HTTP/1.1 200 OK\r\n", b"\r\n", b"hello").complete() == b"HTTP/1.1 200 OK\r\n\r\nhello"


def test_what_a_broken_connection_said_is_forgotten() -> None:
    incoming = came(b"HTTP/1.1 200 OK\r\nContent-Le")
    incoming.start()
    incoming.add(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert incoming.complete() == b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.mark.parametrize(("size", "kept"), [(99, True), (100, True), (101, False), (10_000, False)])
def test_a_response_beyond_the_limit_is_not_kept(size: int, kept: bool) -> None:
    assert (came(*[b"x"] * size).complete() is not None) == kept


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_a_response_after_an_interim_one_is_not_kept(version: bytes) -> None:
    early = b"HTTP/%b 103 Early Hints\r\n\r\n" % version
    assert came(early, b"HTTP/1.1 200 OK\r\n\r\n").complete() is None

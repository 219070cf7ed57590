"""HTTP responses that other tools recorded, with heads that fit their bodies.

Many tools store a body decompressed and without chunks, under the head that the server sent. Such a response would be
read wrongly, so the fields that contradict the body are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from crawler.fetch.guard import LARGEST_HEAD
from crawler.recording.records import read_block

#: The empty line after the head of an HTTP message; some tools end lines without a carriage return.
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
# The first line of a body in chunks: the length of the first one.
_CHUNK_LENGTH = re.compile(rb"[0-9A-Fa-f]{1,8}[ \t]*(?:;[^\r\n]*)?\r?\n")
# Tools write HTTP/2 responses in the form of HTTP/1, where Twisted knows no other version than 1.0 and 1.1.
_LATER_HTTP = re.compile(rb"HTTP/(?!1\.[01] )[\d.]+ ")
# The first bytes of a body, by its content coding; other codings have no such mark.
_MAGIC_BYTES = {b"gzip": b"\x1f\x8b", b"x-gzip": b"\x1f\x8b", b"zstd": b"\x28\xb5\x2f\xfd"}


def consistent_response(file: BinaryIO, offset: int, head_offset: int | None = None) -> Iterator[bytes]:
    """The HTTP response in the record at `offset`, in pieces, its head consistent with its body.

    With `head_offset` the head is that of the record there, as a revisit record has it. A block that is no HTTP
    response stays as it is.
    """
    later_head = None if head_offset is None else _read_message(file, head_offset).head
    message = _read_message(file, offset)
    body_start = next(message.body, b"")
    if END_OF_HEAD.search(message.head):
        yield _consistent_head(later_head or message.head, message.body_length, body_start)
    else:
        yield message.head
    yield body_start
    yield from message.body


@dataclass(frozen=True, slots=True)
class _Message:
    """A recorded HTTP message."""

    #: Up to the empty line and with it; the first bytes of a message in which that line is not found.
    head: bytes
    #: In bytes.
    body_length: int
    #: The body in pieces, none of them empty.
    body: Iterator[bytes]


def _read_message(file: BinaryIO, offset: int) -> _Message:
    """The HTTP message in the record at `offset`; its head is looked for in the first 256 KiB."""
    length, pieces = read_block(file, offset)
    start = b""
    while (end := END_OF_HEAD.search(start)) is None and len(start) < LARGEST_HEAD and (piece := next(pieces, b"")):
        start += piece
    head_length = len(start) if end is None else end.end()
    rest = filter(None, [start[head_length:]])
    return _Message(start[:head_length], length - head_length, chain(rest, pieces))


def _consistent_head(head: bytes, body_length: int, body_start: bytes) -> bytes:
    """A head without the fields that contradict a body of this length that starts like this."""
    status, *lines = re.split(rb"\r?\n", head.rstrip(b"\r\n"))
    fields = {_field_name(line): line.partition(b":")[2].strip().lower() for line in lines}
    wrong = _contradicted(fields, body_length, body_start)
    kept = [line for line in lines if _field_name(line) not in wrong]
    return b"\r\n".join([_LATER_HTTP.sub(b"HTTP/1.1 ", status, count=1), *kept, b"", b""])


def _field_name(line: bytes) -> bytes:
    return line.partition(b":")[0].strip().lower()


def _contradicted(fields: dict[bytes, bytes], body_length: int, body_start: bytes) -> set[bytes]:
    """The names of the fields that the body contradicts, in lower case."""
    if b"chunked" not in fields.get(b"transfer-encoding", b""):
        return _contradicted_without_chunks(fields, body_length, body_start)
    if _CHUNK_LENGTH.match(body_start):
        return set()
    return {b"transfer-encoding"} | _contradicted_without_chunks(fields, body_length, body_start)


def _contradicted_without_chunks(fields: dict[bytes, bytes], body_length: int, body_start: bytes) -> set[bytes]:
    """The same for a body that is not in chunks.

    A body that is longer than its Content-Length was decompressed by the tool. One that is shorter was cut off when it
    was recorded; the field stays, so that a replay fails as the crawl did.
    """
    magic = _MAGIC_BYTES.get(fields.get(b"content-encoding", b""), b"")
    if not body_start.startswith(magic):
        return {b"content-encoding", b"content-length"}
    stated = fields.get(b"content-length", b"")
    return {b"content-length"} if stated.isdigit() and int(stated) < body_length else set()

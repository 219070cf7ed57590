"""Answers that other tools recorded, made into what a server may have said: many keep bodies unpacked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from crawler.guard import LARGEST_HEAD
from crawler.warc_records import block_at

END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,8}[ \t]*(?:;[^\r\n]*)?\r?\n")
_LATER_HTTP = re.compile(rb"HTTP/(?!1\.[01] )[\d.]+ ")
# What a body begins with that is packed in this way; other ways have no sign.
_SIGNS = {b"gzip": b"\x1f\x8b", b"x-gzip": b"\x1f\x8b", b"zstd": b"\x28\xb5\x2f\xfd"}


def mended(file: BinaryIO, offset: int, head_at: int | None) -> Iterator[bytes]:
    """The answer in the record at `offset`, with the head of the record at `head_at` if there is one."""
    own = b"" if head_at is None else _parts(file, head_at)[0]
    head, length, body = _parts(file, offset)
    first = next(body, b"")
    yield _true_to(own or head, length, first) if END_OF_HEAD.search(head) else head
    yield first
    yield from body


def _parts(file: BinaryIO, offset: int) -> tuple[bytes, int, Iterator[bytes]]:
    """The head of a recorded answer with the empty line after it, the length of its body, and its body."""
    length, pieces = block_at(file, offset)
    begun = b""
    while (end := END_OF_HEAD.search(begun)) is None and len(begun) < LARGEST_HEAD and (piece := next(pieces, b"")):
        begun += piece
    at = len(begun) if end is None else end.end()
    return begun[:at], length - at, _and_then(begun[at:], pieces)


def _and_then(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _true_to(head: bytes, length: int, body: bytes) -> bytes:
    """A head without what the body of this length that begins so belies."""
    status, *lines = re.split(rb"\r?\n", head.rstrip(b"\r\n"))
    fields = {line.partition(b":")[0].strip().lower(): line.partition(b":")[2].strip().lower() for line in lines}
    belied = _belied(fields, length, body)
    kept = [line for line in lines if line.partition(b":")[0].strip().lower() not in belied]
    return b"\r\n".join([_LATER_HTTP.sub(b"HTTP/1.1 ", status, count=1), *kept, b"", b""])


def _belied(fields: dict[bytes, bytes], length: int, body: bytes) -> set[bytes]:
    if b"chunked" in fields.get(b"transfer-encoding", b""):
        return set() if _CHUNK.match(body) else {b"transfer-encoding"} | _belied_whole(fields, length, body)
    return _belied_whole(fields, length, body)


def _belied_whole(fields: dict[bytes, bytes], length: int, body: bytes) -> set[bytes]:
    """What is wrong about a body that is not in chunks. One that is shorter than was said is cut off: that stays."""
    said = fields.get(b"content-length", b"")
    sign = _SIGNS.get(fields.get(b"content-encoding", b""), b"")
    if not body.startswith(sign):
        return {b"content-encoding", b"content-length"}
    return {b"content-length"} if said.isdigit() and int(said) < length else set()

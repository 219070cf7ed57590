"""The records of a WARC file, one by one, with bounds on all that a file can make large."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from warcio.archiveiterator import WARCIterator
from warcio.bufferedreaders import DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed

from crawler.guard import LARGEST_HEAD

_MOST = 500_000  # records of one file
_BEGINNING = 65_536  # bytes of a block that are looked at
PIECE = 65_536
# It would tell of addresses with spaces, in the words of the file.
logging.getLogger("warcio.recordloader").disabled = True


class Damaged(ValueError):
    """A file, or the rest of it, is no WARC; the message says why in a few words."""


class Packed(Damaged):
    """The records cannot be reached one by one."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: where it begins, its named fields, and the beginning of its block."""

    offset: int
    kind: str
    fields: dict[str, str]
    beginning: bytes

    def field(self, name: str) -> str:
        """The value of a named field; nothing when the record lacks it."""
        return self.fields.get(name.lower(), "")


def records(file: BinaryIO) -> Iterator[Record]:
    """The records that stand whole in a file; Damaged at the first that does not."""
    archive = _Archive(file)
    reader = archive.reader
    for number, record in enumerate(_guarded(archive)):
        if number >= _MOST:
            raise Damaged(f"more than {_MOST} records")
        if not record.rec_type:
            raise Damaged("no WARC record")
        beginning = record.raw_stream.read(_BEGINNING)
        fields = {name.lower(): value for name, value in reversed(record.rec_headers.headers)}
        if reader.ended or not _is_whole(record, len(beginning), fields.get("content-length", "")):
            raise Damaged("a record is cut off")
        yield Record(archive.end(), record.rec_type, fields, beginning)
    if reader.unfinished:
        raise Damaged("a record is cut off")


def block_at(file: BinaryIO, offset: int) -> tuple[int, Iterator[bytes]]:
    """The length of the block of the record at `offset`, and its bytes, read as they are asked for."""
    file.seek(offset)
    record = next(_guarded(_Archive(file)))
    return record.length, iter(lambda: record.raw_stream.read(PIECE), b"")


class _Reader(DecompressingBufferedReader):  # type: ignore[misc]
    """As warcio's, without endless lines and heads, and without guesses at what it cannot unpack."""

    decompressor: Any
    # Whether the file ended in the middle: of lines, or of what is packed.
    ended = unfinished = False
    _head = 0

    def begin(self) -> None:
        """A new head, or the empty lines before one."""
        self._head, self.ended = 0, False

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = super().readline(LARGEST_HEAD if length is None else length)
        self._head += len(line)
        if self._head > LARGEST_HEAD:
            raise Damaged("the head of a record does not end")
        self.ended = not line.endswith(b"\n")
        return line

    def _decompress(self, data: bytes) -> bytes:
        if not self.decompressor:
            return data
        try:
            unpacked: bytes = self.decompressor.decompress(data)
        except zlib.error as error:
            if self.num_read:
                raise Damaged(f"it cannot be unpacked, {error}") from error
            self.decompressor = None  # it is not packed at all
            return data
        self.unfinished = not self.decompressor.eof
        return unpacked


class _Archive(WARCIterator):  # type: ignore[misc]
    """As warcio's, which says on stderr what it does not like."""

    INC_RECORD = ""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, no_record_parse=True)
        self.reader: Any = _Reader(self.fh)

    def end(self) -> int:
        """Look for what follows a record, and say where it began itself."""
        self.reader.begin()
        offset: int = self.get_record_offset()
        self.reader.begin()
        return offset


def _guarded(archive: _Archive) -> Iterator[Any]:
    """The records, and Damaged for all that warcio may find wrong."""
    try:
        yield from archive
    except ArchiveLoadFailed as error:
        if "gzip block continues" in str(error):
            raise Packed("packed as a whole, not record by record; unpack it first") from error
        raise Damaged("no WARC record") from error


def _is_whole(record: Any, read: int, length: str) -> bool:
    """Whether the block of a record, of which so much is read, is as long as its head says."""
    while piece := record.raw_stream.read(PIECE):
        read += len(piece)
    return length.isdecimal() and read == int(length)

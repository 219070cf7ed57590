"""The records of a WARC file, one by one, with a limit on everything that a hostile file can make large.

warcio does the parsing. What is added here: limits, and one error for all that is wrong with a file.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from warcio.archiveiterator import WARCIterator
from warcio.bufferedreaders import DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed

from crawler.fetch.guard import LARGEST_HEAD
from tracking.errors import PolicywatchError

#: Bytes that are read from a block at a time; a block as a whole may be larger than memory.
PIECE_BYTES = 65_536
# Bytes at the start of a block that are kept with its record: enough for warcinfo, for requests and for HTTP heads.
_BLOCK_START_BYTES = 65_536
# Records of one file. Its index is in memory; that of so many answers takes about half a gigabyte.
_MOST_RECORDS = 500_000
# warcio logs addresses that contain spaces, in the words of the file; a hostile file would write to the terminal.
logging.getLogger("warcio.recordloader").disabled = True


class Damaged(PolicywatchError, ValueError):
    """A file is no WARC file, or stops being one; the message says why in a few words."""


class SingleGzipMember(Damaged):
    """All records are compressed together, so that none of them can be read by itself."""


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record, without the rest of its block: `read_block` reads that."""

    #: Where the record begins: bytes from the start of the file, as it is on disk.
    offset: int
    #: The WARC-Type, such as "response".
    warc_type: str
    #: The named fields by their names in lower case; of a field that is there twice, the first.
    fields: dict[str, str]
    #: The first bytes of the block, at most 64 KiB.
    block_start: bytes

    def field(self, name: str) -> str:
        """The value of a named field, in any spelling of the name; empty when the record lacks it."""
        return self.fields.get(name.lower(), "")


def records(file: BinaryIO) -> Iterator[Record]:
    """All records from the file's position on, in their order, each of them complete.

    Damaged at the first record that is not, and at the end of a file that is cut off.
    """
    iterator = _BoundedIterator(file)
    stream = iterator.reader
    for number, record in enumerate(_with_damage_named(iterator)):
        if number >= _MOST_RECORDS:
            raise Damaged(f"more than {_MOST_RECORDS} records")
        if not record.rec_type:
            raise Damaged("no WARC record")
        block_start = record.raw_stream.read(_BLOCK_START_BYTES)
        fields = {name.lower(): value for name, value in reversed(record.rec_headers.headers)}
        if stream.line_cut_off or not _is_complete(record, len(block_start), fields.get("content-length", "")):
            raise Damaged("a record is cut off")
        yield Record(iterator.finish_record(), record.rec_type, fields, block_start)
    if stream.member_cut_off:
        raise Damaged("a record is cut off")


def read_block(file: BinaryIO, offset: int) -> tuple[int, Iterator[bytes]]:
    """The length in bytes of the block of the record at `offset`, and its bytes in pieces.

    The pieces are read from the file as they are wanted: do not read another block in between.
    """
    file.seek(offset)
    record = next(_with_damage_named(_BoundedIterator(file)))
    return record.length, iter(lambda: record.raw_stream.read(PIECE_BYTES), b"")


class _BoundedStream(DecompressingBufferedReader):  # type: ignore[misc]
    """As warcio's, with a limit on the head of a record, and without attempts at what cannot be decompressed."""

    decompressor: Any
    #: Whether the last line that was read has no end.
    line_cut_off = False
    #: Whether the gzip member that was read last is not complete.
    member_cut_off = False
    # Bytes of the lines since `start_head`.
    _head_bytes = 0

    def start_head(self) -> None:
        """What follows is the head of a record, or the empty lines before one."""
        self._head_bytes, self.line_cut_off = 0, False

    def readline(self, length: int | None = None) -> bytes:
        """As the base class; Damaged when the head is larger than that of any HTTP response may be."""
        line: bytes = super().readline(LARGEST_HEAD if length is None else length)
        self._head_bytes += len(line)
        if self._head_bytes > LARGEST_HEAD:
            raise Damaged("the head of a record does not end")
        self.line_cut_off = not line.endswith(b"\n")
        return line

    def _decompress(self, data: bytes) -> bytes:
        """As the base class, which would take what cannot be decompressed for text; Damaged here."""
        if not self.decompressor:
            return data
        try:
            plain: bytes = self.decompressor.decompress(data)
        except zlib.error as error:
            if self.num_read:
                raise Damaged(f"it cannot be unpacked, {error}") from error
            self.decompressor = None  # the file is not compressed at all
            return data
        self.member_cut_off = not self.decompressor.eof
        return plain


class _BoundedIterator(WARCIterator):  # type: ignore[misc]
    """As warcio's, over a `_BoundedStream`, and silent: warcio prints its complaints to stderr."""

    INC_RECORD = ""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, no_record_parse=True)
        self.reader: Any = _BoundedStream(self.fh)  # the attribute from which warcio reads

    def finish_record(self) -> int:
        """Read up to the next record; the offset at which the present one began."""
        self.reader.start_head()
        offset: int = self.get_record_offset()
        self.reader.start_head()
        return offset


def _with_damage_named(iterator: _BoundedIterator) -> Iterator[Any]:
    """warcio's records; Damaged for everything that warcio finds wrong."""
    try:
        yield from iterator
    except ArchiveLoadFailed as error:
        if "gzip block continues" in str(error):
            raise SingleGzipMember("packed as a whole, not record by record; unpack it first") from error
        raise Damaged("no WARC record") from error


def _is_complete(record: Any, read: int, content_length: str) -> bool:
    """Whether a block has the length that its head states; `read` bytes of it are read, the rest is read here."""
    while piece := record.raw_stream.read(PIECE_BYTES):
        read += len(piece)
    return content_length.isdecimal() and read == int(content_length)

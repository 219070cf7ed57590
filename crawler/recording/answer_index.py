"""The index of a WARC file: the answers to each request that it holds, and where in the file they are."""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple
from urllib.parse import urldefrag

from w3lib.url import safe_url_string

from crawler.recording.foreign_answers import END_OF_HEAD
from crawler.recording.recorded_errors import RecordedError, is_recorded_error, read_recorded_error
from crawler.recording.records import Damaged, Record, SingleGzipMember, records
from crawler.recording.warc import PORTALS_FIELD, is_own_software
from tracking.hosts import printable
from tracking.observation import FailureKind

_PORTAL_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
# The first bytes of a zip file, such as a web archive in the WACZ format.
_ZIP_MAGIC = b"PK\x03\x04"
# A replay makes no conditional requests, so a "not modified" in the file cannot be an answer.
_NOT_MODIFIED = re.compile(rb"HTTP/[\d.]+ 304\b")
# Dates outside of this range are ignored: the clock of the replay would be set to them. The first one means that no
# date is known.
_FIRST_DATE, _LAST_DATE = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class Query(NamedTuple):
    """A request as the index distinguishes it: header fields do not count."""

    #: In capitals, such as "GET".
    method: str
    #: As `normal_url` gives it.
    url: str
    #: The body of a form; empty for most requests.
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request: an HTTP response in the file, or an error."""

    #: Its position among all answers of the file, from 0.
    position: int
    #: When it came, aware UTC; never before an earlier answer of the file.
    at: datetime
    #: Where the record with its body begins, in bytes from the start of the file.
    offset: int
    #: Whether the record holds the very bytes that the server sent; only files that policywatch wrote do.
    exact: bool = False
    #: Where the record with its head begins, if that is another one; None otherwise.
    head_offset: int | None = None
    #: The error that ended the request; None when there was a response.
    recorded_error: RecordedError | None = None


@dataclass(frozen=True, slots=True)
class _RecordedAnswer:
    """An answer, and what connects it with its request."""

    #: The answer.
    answer: Answer
    #: As `normal_url` gives it.
    url: str
    #: The ids that its own record and the record of its request may have in common.
    ids: tuple[str, str]


class Index:
    """The answers of a WARC file, gathered record by record."""

    def __init__(self) -> None:
        #: The date of the first record that has one, aware UTC.
        self.begun = _FIRST_DATE
        #: The names of the portals that were crawled, in their order; the values mean nothing.
        self.portals = dict[str, None]()
        #: How many records were added.
        self.count = 0
        #: Up to which record the file could be read, and why not further; None when all of it could.
        self.damage: str | None = None
        self._at = _FIRST_DATE
        self._exact = False
        self._answers: list[_RecordedAnswer] = []
        # Method and body of the requests that are not plain GETs, by the ids that connect them with their answers.
        self._requests: dict[str, tuple[str, bytes]] = {}
        # The offsets of the records whose bodies revisit records may refer to.
        self._bodies: dict[_Reference, int] = {}

    def has_begun(self) -> bool:
        """Whether any record says when it was made."""
        return self.begun != _FIRST_DATE

    def add(self, record: Record) -> None:
        """Take in the next record of the file; one that concerns no request is passed over."""
        self.count += 1
        self._at = max(self._at, _date_of(record))
        self.begun = self.begun if self.has_begun() else self._at
        match record.warc_type:
            case "warcinfo":
                self._add_info(record)
            case "request":
                self._add_request(record)
            case "response":
                self._add_response(record)
            case "revisit":
                self._add_revisit(record)
            case "metadata" if is_recorded_error(record.field("Content-Type")):
                self._add_error(record)

    def answers(self) -> dict[Query, list[Answer]]:
        """The answers to each request, in the order of the file."""
        found: defaultdict[Query, list[Answer]] = defaultdict(list)
        for recorded in self._answers:
            method, body = next((self._requests[id_] for id_ in recorded.ids if id_ in self._requests), ("GET", b""))
            found[Query(method, recorded.url, body)].append(recorded.answer)
        return dict(found)

    def _add_info(self, record: Record) -> None:
        """Which tool wrote the records that follow, and which portals it crawled."""
        lines = record.block_start.decode("utf-8", "replace").splitlines()
        info = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self._exact = is_own_software(info.get("software", ""))
        self.portals |= dict.fromkeys(filter(_PORTAL_NAME.fullmatch, info.get(PORTALS_FIELD, "").split()))

    def _add_request(self, record: Record) -> None:
        """Remember a request that is not a plain GET, so that its answer is found by method and body."""
        head, *rest = END_OF_HEAD.split(record.block_start, maxsplit=1)
        request = (head.split(b" ", 1)[0].decode("ascii", "replace"), b"".join(rest))
        if request != ("GET", b""):
            self._requests |= dict.fromkeys(filter(None, _connecting_ids(record)), request)

    def _add_response(self, record: Record) -> None:
        """A response; an error if the tool cut it off, nothing if it is "not modified"."""
        if cut := record.field("WARC-Truncated"):
            reason = printable(f"cut off when it was recorded ({cut[:40]})")
            error = RecordedError("Truncated", reason, FailureKind.UNREACHABLE, ignored=True)
            self._add(record, replace(self._answer_in(record), recorded_error=error))
        elif not _NOT_MODIFIED.match(record.block_start):
            self._add(record, self._answer_in(record))
            if not self._exact:
                self._bodies |= dict.fromkeys(_own_references(record), record.offset)

    def _add_revisit(self, record: Record) -> None:
        """A response whose body is the same as that of an earlier one, where the file keeps it."""
        body = next((self._bodies[name] for name in _body_references(record) if name in self._bodies), None)
        if body is not None:
            has_head = record.block_start and not _NOT_MODIFIED.match(record.block_start)
            head = record.offset if has_head else None
            self._add(record, replace(self._answer_in(record), offset=body, head_offset=head))

    def _add_error(self, record: Record) -> None:
        """A request that got no response; a record from which no error can be read is passed over."""
        with suppress(ValueError):
            error = read_recorded_error(record.field("Content-Type"), record.block_start)
            self._add(record, replace(self._answer_in(record), recorded_error=error))

    def _answer_in(self, record: Record) -> Answer:
        """The next answer, with the body that this record holds."""
        return Answer(position=len(self._answers), at=self._at, offset=record.offset, exact=self._exact)

    def _add(self, record: Record, answer: Answer) -> None:
        url = normal_url(record.field("WARC-Target-URI"))
        self._answers.append(_RecordedAnswer(answer, url, _connecting_ids(record)))


def index_of(file: BinaryIO) -> Index:
    """The index of an open file. A file that is damaged later on is used up to there; the index says so in `damage`.

    Damaged when no record can be used, or none says when it was made.
    """
    if file.read(len(_ZIP_MAGIC)) == _ZIP_MAGIC:
        raise Damaged("a zip file, such as WACZ; unpack the .warc.gz that is in it")
    file.seek(0)
    index = Index()
    try:
        for record in records(file):
            index.add(record)
    except Damaged as error:
        if not index.count or isinstance(error, SingleGzipMember):
            raise
        index.damage = f"record {index.count}; what follows cannot be read ({error})"
    if not index.has_begun():
        raise Damaged("no record says when it was made" if index.count else "no WARC record")
    return index


def normal_url(url: str) -> str:
    """An address as requests have it: escaped and without a fragment. Empty when it cannot be an address."""
    with suppress(ValueError):
        return urldefrag(safe_url_string(url.removeprefix("<").removesuffix(">"))).url
    return ""


def _date_of(record: Record) -> datetime:
    """When a record was made, aware UTC; the first of all dates when it does not say so, or cannot be right."""
    with suppress(ValueError):
        at = datetime.fromisoformat(record.field("WARC-Date"))
        if at.tzinfo is not None and _FIRST_DATE <= at <= _LAST_DATE:
            return at.astimezone(UTC)
    return _FIRST_DATE


def _connecting_ids(record: Record) -> tuple[str, str]:
    """The record's own id, and the one that it states it belongs to; a request and its answer share one of them."""
    return record.field("WARC-Record-ID"), record.field("WARC-Concurrent-To")


# A way in which a revisit record names another record: the kind of the name, and its parts.
_Reference = tuple[str, ...]


def _own_references(record: Record) -> list[_Reference]:
    """The names by which revisit records may refer to this record."""
    return _references(record, "WARC-Record-ID", "WARC-Target-URI", "WARC-Date")


def _body_references(record: Record) -> list[_Reference]:
    """The names by which a revisit record refers to the one with its body, the most certain first."""
    return _references(record, "WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date")


def _references(record: Record, id_field: str, url_field: str, date_field: str) -> list[_Reference]:
    """The references that the record states in these fields; one that lacks a part is left out."""
    references = [
        ("id", record.field(id_field)),
        ("address and date", normal_url(record.field(url_field)), record.field(date_field)),
        ("payload", record.field("WARC-Payload-Digest")),
    ]
    return [reference for reference in references if all(reference)]

"""What a WARC file answers, whoever wrote it: its answers to each request, in their order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urldefrag

from w3lib.url import safe_url_string

from crawler.guard import printable
from crawler.tape.mending import END_OF_HEAD, mended
from crawler.tape.mishaps import Mishap, read_mishap
from crawler.tape.records import Damaged, Packed, Record, block_at, records
from crawler.tape.warc import MISHAP, PORTALS, is_ours
from tracking.sightings import Trouble

_PORTAL = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_ZIP = b"PK\x03\x04"
_NOT_MODIFIED = re.compile(rb"HTTP/[\d.]+ 304\b")
# A date before or after is a slip, and would take the clock of a crawl with it.
_FIRST, _LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

# Method, address and body of a request.
_Key = tuple[str, str, bytes]
_PLAIN = ("GET", b"")


class BadRecording(ValueError):
    """A file that cannot be replayed; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request: its place among all answers, when it came, and its record, or what went wrong.

    `exact` says that the record has the very bytes that came; `head_at` is where the head is kept of an answer whose
    body is kept with another one.
    """

    place: int
    at: datetime
    offset: int
    exact: bool = False
    head_at: int | None = None
    mishap: Mishap | None = None


class Recording:
    """A file that is open for asking."""

    def __init__(self, path: Path) -> None:
        """BadRecording when there is no such file, or when it cannot be used."""
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise BadRecording(f"{path}: {(error.strerror or str(error)).lower()}") from error
        try:
            index = _indexed(self._file)
        except ValueError as error:
            self._file.close()
            raise BadRecording(f"{path}: {error}") from error
        self.begun, self.portals = index.begun, tuple(index.portals)
        # What is wrong with the end of the file, for people; None when it is whole.
        self.note = None if index.note is None else f"{path}: used up to {index.note}"
        self._answers, self._given = index.answers(), defaultdict[_Key, int](int)

    def next(self, method: str, url: str, body: bytes = b"") -> Answer | None:
        """The next answer to this request, the last one again and again; None when there is none."""
        key = (method, _address(url), body)
        answers = self._answers.get(key, [])
        self._given[key] += 1
        return next(iter(answers[self._given[key] - 1 :] or answers[-1:]), None)

    def pieces(self, answer: Answer) -> Iterator[bytes]:
        """An answer as it came over the wire, piece by piece."""
        if not answer.exact:
            return mended(self._file, answer.offset, answer.head_at)
        _, pieces = block_at(self._file, answer.offset)
        return pieces

    def close(self) -> None:
        """No more is asked."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class _Found:
    """An answer, the address it was given at, its record's id, and that of the record it belongs to."""

    answer: Answer
    url: str
    names: tuple[str, str]


class _Index:
    """Gathers what there is, record by record."""

    def __init__(self) -> None:
        self.begun, self.portals = _FIRST, dict[str, None]()
        self.count = 0
        self.note: str | None = None
        self._at, self._exact = _FIRST, False
        self._found: list[_Found] = []
        # Requests that are not plain ones, by the names of the records they belong to.
        self._asked: dict[str, tuple[str, bytes]] = {}
        # Where the records are whose bodies others refer to.
        self._bodies: dict[tuple[str, ...], int] = {}

    def add(self, record: Record) -> None:
        """Take in one record."""
        self.count += 1
        self._at = max(self._at, _date(record))
        self.begun = self._at if self.begun == _FIRST else self.begun
        match record.kind:
            case "warcinfo":
                self._begin(record)
            case "request":
                self._ask(record)
            case "response":
                self._respond(record)
            case "revisit":
                self._respond_again(record)
            case "metadata" if record.field("Content-Type") == MISHAP:
                with suppress(ValueError):
                    self._add(record, mishap=read_mishap(record.beginning))

    def answers(self) -> dict[_Key, list[Answer]]:
        """The answers by what they answer."""
        found: defaultdict[_Key, list[Answer]] = defaultdict(list)
        for one in self._found:
            method, body = next((self._asked[name] for name in one.names if name in self._asked), _PLAIN)
            found[method, one.url, body].append(one.answer)
        return dict(found)

    def _begin(self, record: Record) -> None:
        lines = record.beginning.decode("utf-8", "replace").splitlines()
        told = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self._exact = is_ours(told.get("software", ""))
        self.portals |= dict.fromkeys(filter(_PORTAL.fullmatch, told.get(PORTALS, "").split()))

    def _ask(self, record: Record) -> None:
        head, *rest = END_OF_HEAD.split(record.beginning, maxsplit=1)
        asked = (head.split(b" ", 1)[0].decode("ascii", "replace"), b"".join(rest))
        if asked != _PLAIN:
            self._asked |= dict.fromkeys(filter(None, _names(record)), asked)

    def _respond(self, record: Record) -> None:
        if cut := record.field("WARC-Truncated"):
            words = printable(f"cut off when it was recorded ({cut[:40]})")
            self._add(record, mishap=Mishap("Truncated", words, Trouble.UNREACHABLE, ignored=True))
        elif not _NOT_MODIFIED.match(record.beginning):
            # "Not modified" says nothing to who does not know the page yet, and no request of ours asks for it.
            self._add(record)
            if not self._exact:
                names = _referred(record, "WARC-Record-ID", "WARC-Target-URI", "WARC-Date")
                self._bodies |= dict.fromkeys(names, record.offset)

    def _respond_again(self, record: Record) -> None:
        names = _referred(record, "WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date")
        body = next((self._bodies[name] for name in names if name in self._bodies), None)
        if body is not None:
            has_head = record.beginning and not _NOT_MODIFIED.match(record.beginning)
            self._add(record, offset=body, head_at=record.offset if has_head else None)

    def _add(self, record: Record, **facts: Any) -> None:
        kept = {"offset": record.offset, "exact": self._exact} | facts
        answer = Answer(place=len(self._found), at=self._at, **kept)
        self._found.append(_Found(answer, _address(record.field("WARC-Target-URI")), _names(record)))


def _indexed(file: BinaryIO) -> _Index:
    if file.read(len(_ZIP)) == _ZIP:
        raise Damaged("a zip file, such as WACZ; unpack the .warc.gz that is in it")
    file.seek(0)
    index = _Index()
    try:
        for record in records(file):
            index.add(record)
    except Damaged as error:
        if not index.count or isinstance(error, Packed):
            raise
        index.note = f"record {index.count}; what follows cannot be read ({error})"
    if index.begun == _FIRST:
        raise Damaged("no record says when it was made" if index.count else "no WARC record")
    return index


def _date(record: Record) -> datetime:
    """When a record was made; the first of all times when it does not say so."""
    with suppress(ValueError):
        at = datetime.fromisoformat(record.field("WARC-Date"))
        if at.tzinfo is not None and _FIRST <= at <= _LAST:
            return at.astimezone(UTC)
    return _FIRST


def _names(record: Record) -> tuple[str, str]:
    return record.field("WARC-Record-ID"), record.field("WARC-Concurrent-To")


def _referred(record: Record, id_: str, url: str, at: str) -> list[tuple[str, ...]]:
    """The ways in which one record names another, the surest first."""
    id_, url, at, digest = (record.field(name) for name in (id_, url, at, "WARC-Payload-Digest"))
    names = [("id", id_), ("look", _address(url), at), ("payload", digest)]
    return [name for name in names if all(name)]


def _address(url: str) -> str:
    """An address as a request has it."""
    with suppress(ValueError):
        return urldefrag(safe_url_string(url.removeprefix("<").removesuffix(">"))).url
    return ""

"""Recordings of crawls as WARC files: what is written of each request, and how."""

from __future__ import annotations

import io
from base64 import b32encode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urldefrag, urlsplit
from uuid import uuid4

from scrapy import Request
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.settings import BOT_NAME, user_agent
from crawler.tape.mishaps import Mishap

# A request that was never answered has a record of this type, in JSON.
MISHAP = "application/vnd.policywatch.mishap+json"
# The names of the portals that were crawled, in the record that a file begins with.
PORTALS = "policywatch-portals"
# What is nobody else's business.
_SECRET = (b"Proxy-Authorization",)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is recorded: its address, and the request as it was sent."""

    url: str
    sent: bytes


def asked_for(request: Request) -> Asked:
    """What is recorded of a request."""
    url, _ = urldefrag(request.url)
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = [f"{request.method} {path} HTTP/1.1", f"Host: {parts.netloc}"]
    fields = (b"%b: %b" % (name, value) for name, value in _fields(request))
    return Asked(url, b"\r\n".join([*(line.encode() for line in head), *fields, b"", request.body]))


def _fields(request: Request) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, values in request.headers.items() if name not in _SECRET for value in values]


class WarcWriter:
    """Writes a new file, record by record, each of them whole and compressed by itself.

    There is no file under another name that is renamed at the end: whatever ends a crawl, a signal, a crash or a full
    disk, what was recorded so far stands in the file that was asked for, and can be read.
    """

    def __init__(self, path: Path, begun: datetime, portals: Sequence[str]) -> None:
        """OSError when the file cannot be made; FileExistsError when there is one."""
        self._path, self._end = path, 0
        self._file = path.open("xb", buffering=0)
        self._info = _new_id()
        self.problem: str | None = None
        told = {"software": user_agent(""), "format": "WARC File Format 1.1", PORTALS: " ".join(portals)}
        block = "".join(f"{name}: {value}\r\n" for name, value in told.items()).encode()
        info = [("WARC-Type", "warcinfo"), ("WARC-Record-ID", self._info), ("WARC-Date", _written(begun))]
        self._append(_record(info, block, "application/warc-fields"))

    def keep(self, asked: Asked, at: datetime, answer: bytes | Mishap) -> None:
        """Record a request and what came of it; once that fails, `problem` says so and nothing more is recorded."""
        request = _new_id()
        sent = self._about("request", request, asked.url, at)
        came = self._about("response" if isinstance(answer, bytes) else "metadata", _new_id(), asked.url, at)
        came.append(("WARC-Concurrent-To", request))
        self._append(
            _http_record(sent, asked.sent, "request"),
            _record(came, answer.as_json(), MISHAP)
            if isinstance(answer, Mishap)
            else _http_record(came, answer, "response"),
        )

    def close(self) -> None:
        """Nothing more will come."""
        self._file.close()

    def _about(self, kind: str, id_: str, url: str, at: datetime) -> list[tuple[str, str]]:
        return [
            ("WARC-Type", kind),
            ("WARC-Record-ID", id_),
            ("WARC-Warcinfo-ID", self._info),
            ("WARC-Date", _written(at)),
            ("WARC-Target-URI", url),
        ]

    def _append(self, *records: bytes) -> None:
        """Write records whole, or not at all."""
        if self.problem is not None:
            return
        left = memoryview(b"".join(records))
        length = len(left)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            self.problem = f"{self._path}: the recording ends early: {error.strerror}"
            with suppress(OSError):
                self._file.truncate(self._end)
        else:
            self._end += length


def is_ours(software: str) -> bool:
    """Whether a file was written here: then its answers stand in it byte for byte as they came."""
    # A checkout that is not installed does not know its version.
    return software.partition("/")[0] == BOT_NAME


def _http_record(about: list[tuple[str, str]], block: bytes, kind: str) -> bytes:
    _, _, payload = block.partition(b"\r\n\r\n")
    return _record([*about, ("WARC-Payload-Digest", _digest(payload))], block, f"application/http;msgtype={kind}")


def _record(about: list[tuple[str, str]], block: bytes, content_type: str) -> bytes:
    """A record as it stands in the file. The block goes in as it is: warcio would write a head of its own."""
    head = StatusAndHeaders("", [*about, ("WARC-Block-Digest", _digest(block))], "WARC/1.1")
    kind, written = dict(about)["WARC-Type"], io.BytesIO()
    record = ArcWarcRecord("warc", kind, head, io.BytesIO(block), None, content_type, len(block))
    WARCWriter(written, gzip=True).write_record(record)
    return written.getvalue()


def _digest(data: bytes) -> str:
    return f"sha256:{b32encode(sha256(data).digest()).decode()}"


def _new_id() -> str:
    return uuid4().urn.join("<>")


def _written(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"

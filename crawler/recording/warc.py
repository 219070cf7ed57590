"""Writes recordings of crawls as WARC files: which records there are of each request, and what is in them."""

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

from crawler.fetch.settings import BOT_NAME, user_agent
from crawler.recording.recorded_errors import CONTENT_TYPE, RecordedError

#: The field of the warcinfo record that names the portals that were crawled, with spaces between.
PORTALS_FIELD = "policywatch-portals"
# Header fields that are not recorded: a recording may be passed on, the password of a proxy may not.
_SECRET_FIELDS = (b"Proxy-Authorization",)

# The named fields of a WARC record, in their order.
_Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request as it is recorded."""

    #: Without a fragment.
    url: str
    #: The request as an HTTP/1.1 message, with head and body.
    message: bytes


def sent_request(request: Request) -> SentRequest:
    """What is recorded of a request: all of it, except passwords of proxies."""
    url, _ = urldefrag(request.url)
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = [f"{request.method} {path} HTTP/1.1", f"Host: {parts.netloc}"]
    fields = (b"%b: %b" % (name, value) for name, value in _public_fields(request))
    return SentRequest(url, b"\r\n".join([*(line.encode() for line in head), *fields, b"", request.body]))


def _public_fields(request: Request) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, values in request.headers.items() if name not in _SECRET_FIELDS for value in values]


class WarcWriter:
    """Writes a new file, record by record, each of them complete and compressed by itself.

    The file has its final name from the beginning. So whatever ends a crawl, a signal, a crash or a full disk: what was
    recorded up to then is in the file that was named, and can be read.
    """

    def __init__(self, path: Path, begun: datetime, portals: Sequence[str]) -> None:
        """Begin a file; `begun` is when the crawl begins, aware. FileExistsError or another OSError when that fails."""
        #: Why the file does not hold everything, one line for people; None while it does.
        self.problem: str | None = None
        self._path = path
        self._file = path.open("xb", buffering=0)
        self._length = 0  # bytes of complete records
        self._info_id = _new_id()
        info = {"software": user_agent(""), "format": "WARC File Format 1.1", PORTALS_FIELD: " ".join(portals)}
        block = "".join(f"{name}: {value}\r\n" for name, value in info.items()).encode()
        fields = [("WARC-Type", "warcinfo"), ("WARC-Record-ID", self._info_id), ("WARC-Date", _warc_date(begun))]
        self._append(_record(fields, block, "application/warc-fields"))

    def write(self, request: SentRequest, at: datetime, answer: bytes | RecordedError) -> None:
        """Record a request and what came of it at this time (aware): the bytes of the HTTP response, or an error.

        Once that fails, `problem` says why, and nothing more is written.
        """
        request_id = _new_id()
        sent = self._fields("request", request_id, request.url, at)
        came = self._fields("response" if isinstance(answer, bytes) else "metadata", _new_id(), request.url, at)
        came.append(("WARC-Concurrent-To", request_id))
        self._append(
            _http_record(sent, request.message, "request"),
            _record(came, answer.as_json(), CONTENT_TYPE)
            if isinstance(answer, RecordedError)
            else _http_record(came, answer, "response"),
        )

    def close(self) -> None:
        """Close the file; nothing can be written any more."""
        self._file.close()

    def _fields(self, warc_type: str, id_: str, url: str, at: datetime) -> _Fields:
        """The named fields that all records about a request have."""
        return [
            ("WARC-Type", warc_type),
            ("WARC-Record-ID", id_),
            ("WARC-Warcinfo-ID", self._info_id),
            ("WARC-Date", _warc_date(at)),
            ("WARC-Target-URI", url),
        ]

    def _append(self, *records: bytes) -> None:
        """Write all of these records, or none of them."""
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
                self._file.truncate(self._length)
        else:
            self._length += length


def is_own_software(software: str) -> bool:
    """Whether policywatch wrote a file, by the software that its warcinfo record names.

    Then its responses are, byte for byte, what the servers sent.
    """
    # A checkout that is not installed does not know its version.
    return software.partition("/")[0] == BOT_NAME


def _http_record(fields: _Fields, block: bytes, message_type: str) -> bytes:
    """A compressed record of an HTTP message; `message_type` is "request" or "response"."""
    _, _, payload = block.partition(b"\r\n\r\n")
    with_digest = [*fields, ("WARC-Payload-Digest", _digest(payload))]
    return _record(with_digest, block, f"application/http;msgtype={message_type}")


def _record(fields: _Fields, block: bytes, content_type: str) -> bytes:
    """A compressed record as it is in the file."""
    head = StatusAndHeaders("", [*fields, ("WARC-Block-Digest", _digest(block))], "WARC/1.1")
    warc_type, written = dict(fields)["WARC-Type"], io.BytesIO()
    # The HTTP head stays in the block (the None): warcio would write it in its own form, not byte for byte.
    record = ArcWarcRecord("warc", warc_type, head, io.BytesIO(block), None, content_type, len(block))
    WARCWriter(written, gzip=True).write_record(record)
    return written.getvalue()


def _digest(data: bytes) -> str:
    """A digest as WARC writes it: the algorithm, and the hash in base 32."""
    return f"sha256:{b32encode(sha256(data).digest()).decode()}"


def _new_id() -> str:
    """A new record id, in the angle brackets that WARC puts around it."""
    return uuid4().urn.join("<>")


def _warc_date(at: datetime) -> str:
    """A date as WARC 1.1 writes it: UTC, with microseconds, so that a replay has the very times of the crawl."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"

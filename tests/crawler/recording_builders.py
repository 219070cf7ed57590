"""WARC files for tests: records as any tool may write them, and what they answer."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.recording.answers import WarcAnswers

#: When the recordings of the tests begin.
BEGUN = datetime(2026, 11, 20, 8, 0, 0, 123456, tzinfo=UTC)
SECOND = timedelta(seconds=1)
URL = "http://own.test/a"
#: The head of a response without its end, so that a test may add fields.
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
HELLO = OK + b"Content-Length: 5\r\n\r\nhello"


def warc_record(warc_type: str, block: bytes, url: str = URL, *, packed: bool = True, **fields: str) -> bytes:
    """A record as any tool may write it; `fields` as in WARC_Date="", which leaves a field out."""
    named = {
        "WARC-Type": warc_type,
        "WARC-Date": "2026-11-20T08:00:00Z",
        "WARC-Record-ID": "<urn:uuid:1>",
        "WARC-Target-URI": url,
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    whole = f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n"
    return gzip.compress(whole, 1) if packed else whole


def answers_in(file: Path, *records: bytes) -> WarcAnswers:
    """A file of these records, opened."""
    file.write_bytes(b"".join(records))
    return WarcAnswers(file)


def next_response(answers: WarcAnswers, url: str = URL, method: str = "GET", body: bytes = b"") -> bytes | None:
    """The next answer as it would come from a server; None when there is none."""
    answer = answers.next(method, url, body)
    return None if answer is None else b"".join(answers.pieces(answer))

"""What is written into a recording can be read by other tools, and proves itself by its digests."""

from __future__ import annotations

import gzip
import json
from io import FileIO
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from warcio.archiveiterator import ArchiveIterator

from crawler.recording.recorded_errors import RecordedError
from crawler.recording.warc import WarcWriter, is_own_software, sent_request
from tests.crawler.recording_builders import BEGUN, HELLO, SECOND, URL
from tracking.observation import FailureKind

TIMEOUT = RecordedError("X", "why", FailureKind.TIMEOUT)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "crawl.warc.gz"


def one_of_each(file: Path) -> list[tuple[str, str, bytes]]:
    """A recording of a response and of an error, as warcio reads it: type, content type and payload."""
    writer = WarcWriter(file, BEGUN, ["sina", "cs"])
    request = Request(URL + "?b=1#part", headers={"Accept": "text/html", "Proxy-Authorization": "Basic c2VjcmV0"})
    writer.write(sent_request(request), BEGUN + SECOND, HELLO)
    writer.write(sent_request(request), BEGUN + 2 * SECOND, TIMEOUT)
    writer.close()
    with file.open("rb") as stream:
        return [
            (record.rec_type, record.rec_headers["Content-Type"], record.raw_stream.read())
            for record in ArchiveIterator(stream, check_digests="raise")
        ]


def test_what_is_written_can_be_read_by_others_and_proves_itself(file: Path) -> None:
    records = one_of_each(file)
    assert [warc_type for warc_type, *_ in records] == ["warcinfo", "request", "response", "request", "metadata"]
    assert b"policywatch-portals: sina cs\r\n" in records[0][2]
    assert records[2][2] == b"hello"
    assert HELLO in gzip.decompress(file.read_bytes())


def test_an_error_is_written_under_the_content_type_and_keys_of_today(file: Path) -> None:
    _, content_type, block = one_of_each(file)[4]
    assert content_type == "application/vnd.policywatch.recorded-error+json"
    assert json.loads(block) == {
        "kind": "X",
        "words": "why",
        "failure_kind": "timeout",
        "ignored": False,
        "again": False,
    }


def test_a_request_is_written_as_it_was_sent_but_for_the_password_of_a_proxy(file: Path) -> None:
    one_of_each(file)
    whole = gzip.decompress(file.read_bytes())
    assert b"GET /a?b=1 HTTP/1.1\r\nHost: own.test\r\nAccept: text/html\r\n\r\n" in whole
    assert b"Authorization" not in whole


def test_the_body_of_a_form_is_written(file: Path) -> None:
    message = sent_request(Request(URL, method="POST", body=b"name=1")).message
    assert message == b"POST /a HTTP/1.1\r\nHost: own.test\r\n\r\nname=1"


def test_a_file_that_is_there_is_left_alone(file: Path) -> None:
    file.write_bytes(b"precious")
    with pytest.raises(FileExistsError):
        WarcWriter(file, BEGUN, [])
    assert file.read_bytes() == b"precious"


class FullDisk:
    """A file on a disk that has room for `room` more bytes."""

    def __init__(self, file: FileIO, room: int) -> None:
        self._file, self.room = file, room

    def write(self, data: memoryview) -> int:
        if not self.room:
            raise OSError(28, "No space left on device")
        written = self._file.write(data[: self.room])
        self.room -= written
        return written

    def truncate(self, length: int) -> None:
        self._file.truncate(length)
        self._file.seek(length)


def test_a_full_disk_leaves_complete_records_and_ends_the_recording(file: Path) -> None:
    writer = WarcWriter(file, BEGUN, [])
    disk: Any = FullDisk(writer._file, room=2000)
    writer._file = disk
    while writer.problem is None:
        before = file.read_bytes()
        writer.write(sent_request(Request(URL)), BEGUN, HELLO)
    assert writer.problem == f"{file}: the recording ends early: No space left on device"
    assert file.read_bytes() == before
    disk.room = 1_000_000
    writer.write(sent_request(Request(URL)), BEGUN, HELLO)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("software", "own"),
    [
        ("policywatch", True),
        ("policywatch/0.2.0", True),
        ("policywatcher/1", False),
        ("warcio/1.8", False),
        ("", False),
    ],
)
def test_own_files_are_known_by_the_software_that_they_name(software: str, own: bool) -> None:
    assert is_own_software(software) == own

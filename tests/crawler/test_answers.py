"""A WARC file answers requests in its order; a damaged one is refused, or used as far as it goes."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from scrapy import Request

from crawler.recording.answers import BadRecording, WarcAnswers
from crawler.recording.warc import WarcWriter, sent_request
from tests.crawler.recording_builders import BEGUN, HELLO, OK, SECOND, URL, answers_in, next_response, warc_record


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "crawl.warc.gz"


def test_requests_are_answered_in_order_and_by_the_last_answer_from_then_on(file: Path) -> None:
    writer = WarcWriter(file, BEGUN, ["sina"])
    for number in range(3):
        writer.write(sent_request(Request(URL)), BEGUN + number * SECOND, OK + b"\r\n%d" % number)
        writer.write(sent_request(Request(URL + str(number))), BEGUN, HELLO)
    writer.close()
    answers = WarcAnswers(file)
    assert (answers.begun, answers.portals, answers.note) == (BEGUN, ("sina",), None)
    found = [answer for answer in (answers.next("GET", URL) for _ in range(5)) if answer]
    assert [answer.position for answer in found] == [0, 2, 4, 4, 4]
    assert [answer.at - BEGUN for answer in found] == [0 * SECOND, SECOND, *[2 * SECOND] * 3]
    assert [b"".join(answers.pieces(answer))[-1:] for answer in found] == [b"0", b"1", b"2", b"2", b"2"]


def test_responses_that_we_recorded_are_given_to_the_byte(file: Path) -> None:
    odd = OK + b"Content-Length: 2\r\n\r\nhello"
    writer = WarcWriter(file, BEGUN, [])
    writer.write(sent_request(Request(URL)), BEGUN, odd)
    assert next_response(WarcAnswers(file)) == odd


# --- files that are none ---


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("archive/data.warc.gz", warc_record("response", HELLO))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no WARC record"),
        (b"\n\n\n", "no WARC record"),
        (b"<html>hello</html>", "no WARC record"),
        (bytes(range(256)) * 400, "no WARC record"),
        (gzip.compress(b"hello"), "no WARC record"),
        (gzip.compress(HELLO)[:20], "no WARC record"),
        (b"filedesc://a.arc 0.0.0.0 20261120080000 text/plain 9\n1 0 x\n\n", "no WARC record"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n", "a record is cut off"),
        (warc_record("response", HELLO, Content_Length="99999999999999"), "a record is cut off"),
        *(
            (warc_record("response", HELLO, Content_Length=length), "a record is cut off")
            for length in ("", "-1", "9e9", "x")
        ),
        (b"WARC/1.0\r\n" + b"X: y\r\n" * 100_000, "the head of a record does not end"),
        (b"WARC/1.0\r\nX: " + b"y" * 1_000_000, "the head of a record does not end"),
        (gzip.compress(b"WARC/1.0\r\nX: " + bytes(50_000_000)), "the head of a record does not end"),
        (gzip.compress(warc_record("response", HELLO, packed=False) * 2), "packed as a whole, not record by record"),
        (zipped(), "a zip file, such as WACZ; unpack the .warc.gz that is in it"),
    ],
)
def test_what_is_no_recording_is_refused_in_one_line(
    file: Path, content: bytes, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadRecording) as refusal:
        answers_in(file, content)
    assert str(refusal.value).startswith(f"{file}: {words}")
    assert "\n" not in str(refusal.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("path", ["missing", "."])
def test_what_cannot_be_opened_is_refused_in_one_line(tmp_path: Path, path: str) -> None:
    with pytest.raises(BadRecording, match=r"no such file or directory$|is a directory$"):
        WarcAnswers(tmp_path / path)


# --- files that end too early, or in rubbish ---


def small(file: Path) -> bytes:
    writer = WarcWriter(file, BEGUN, ["sina"])
    for number in range(4):
        writer.write(sent_request(Request(f"{URL}{number}")), BEGUN, OK + b"\r\n" + b"hello " * number)
    writer.close()
    return file.read_bytes()


def found(file: Path) -> list[bytes | None]:
    answers = WarcAnswers(file)
    responses = [next_response(answers, f"{URL}{number}") for number in range(4)]
    answers.close()
    return responses


def test_what_was_recorded_before_a_crash_can_be_read_wherever_it_came(file: Path) -> None:
    whole = small(file)
    responses = found(file)
    counts = []
    for length in range(400, len(whole) + 1, 4):
        file.write_bytes(whole[:length])
        now = found(file)
        counts.append(len([response for response in now if response]))
        assert now == [*responses[: counts[-1]], *[None] * (4 - counts[-1])]
    assert counts == sorted(counts)
    assert set(counts) >= {0, 1, 2, 3}


@pytest.mark.parametrize(
    "rubbish", [b"x", b"\x1f\x8b\x08\x00", b"\r\n" * 9 + b"<html>", gzip.compress(b"hello"), bytes(999)]
)
def test_rubbish_at_the_end_is_noted_and_what_stands_before_it_is_used(file: Path, rubbish: bytes) -> None:
    whole = small(file)
    responses = found(file)
    file.write_bytes(whole + rubbish)
    assert found(file) == responses
    assert str(WarcAnswers(file).note).startswith(f"{file}: used up to record 9; what follows cannot be read")


LINES = [b"\r\n\r\n", b"Content-Length: -1\r\n", b"Content-Length: 9e9\r\n", b"WARC/1.0\r\n", b"\xff\xfe\n"]


def damaged(whole: bytes, chance: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randint(1, 300)]
            case 2:
                data[at:at] = chance.randbytes(chance.randint(1, 30))
            case _:
                data[at:at] = chance.choice(LINES)
        data += b"." * (not data)
    return bytes(data)


@pytest.mark.parametrize("packed", [True, False])
def test_a_damaged_file_is_read_or_refused_and_nothing_else(
    file: Path, packed: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    chance, whole = random.Random(20261121), small(file)  # noqa: S311
    whole = whole if packed else gzip.decompress(whole)
    for _ in range(300):
        file.write_bytes(damaged(whole, chance))
        with suppress(BadRecording):
            found(file)
    assert capfd.readouterr() == ("", "")

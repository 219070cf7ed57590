"""WARC files: what is written can be read by others, and what others wrote, or broke, is read with distrust."""

from __future__ import annotations

import gzip
import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.settings import Settings
from scrapy.utils.misc import load_object
from twisted.internet.error import ConnectionLost, DNSLookupError
from twisted.python.failure import Failure
from warcio.archiveiterator import ArchiveIterator

from crawler.guard import Refused
from crawler.reasons import reason_of, trouble_of
from crawler.settings import FetchRules, scrapy_settings
from crawler.tape.mishaps import Mishap, mishap_of, read_mishap
from crawler.tape.recording import BadRecording, Recording
from crawler.tape.warc import MISHAP, WarcWriter, asked_for
from tracking.sightings import Trouble

BEGUN = datetime(2026, 11, 20, 8, 0, 0, 123456, tzinfo=UTC)
SECOND = timedelta(seconds=1)
URL = "http://own.test/a"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
HELLO = OK + b"Content-Length: 5\r\n\r\nhello"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "crawl.warc.gz"


def recorded(record: str, block: bytes, url: str = URL, *, packed: bool = True, **fields: str) -> bytes:
    """A record as any tool may write it."""
    told = {
        "WARC-Type": record,
        "WARC-Date": "2026-11-20T08:00:00Z",
        "WARC-Record-ID": "<urn:uuid:1>",
        "WARC-Target-URI": url,
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value)
    whole = f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n"
    return gzip.compress(whole, 1) if packed else whole


def written(file: Path, *records: bytes) -> Recording:
    file.write_bytes(b"".join(records))
    return Recording(file)


def failure(error: Exception) -> Failure:
    return Failure(error)  # type: ignore[no-untyped-call]


def wire(recording: Recording, url: str = URL, method: str = "GET", body: bytes = b"") -> bytes | None:
    """The next answer as it would come over the wire."""
    answer = recording.next(method, url, body)
    return None if answer is None else b"".join(recording.pieces(answer))


# --- what is written ---


def test_what_is_written_can_be_read_by_others_and_proves_itself(file: Path) -> None:
    writer = WarcWriter(file, BEGUN, ["sina", "cs"])
    request = Request(URL + "?b=1#part", headers={"Accept": "text/html", "Proxy-Authorization": "Basic c2VjcmV0"})
    writer.keep(asked_for(request), BEGUN + SECOND, HELLO)
    writer.keep(asked_for(request), BEGUN + 2 * SECOND, Mishap("X", "why", Trouble.TIMEOUT))
    writer.close()
    with file.open("rb") as stream:
        seen = [
            (record.rec_type, record.raw_stream.read()) for record in ArchiveIterator(stream, check_digests="raise")
        ]
    assert [kind for kind, _ in seen] == ["warcinfo", "request", "response", "request", "metadata"]
    assert b"policywatch-portals: sina cs\r\n" in seen[0][1]
    assert seen[2][1] == b"hello"
    whole = gzip.decompress(file.read_bytes())
    assert b"GET /a?b=1 HTTP/1.1\r\nHost: own.test\r\nAccept: text/html\r\n\r\n" in whole
    assert HELLO in whole
    assert b"Authorization" not in whole


def test_what_was_written_is_answered_in_order_and_the_last_answer_again(file: Path) -> None:
    writer = WarcWriter(file, BEGUN, ["sina"])
    for number in range(3):
        writer.keep(asked_for(Request(URL)), BEGUN + number * SECOND, OK + b"\r\n%d" % number)
        writer.keep(asked_for(Request(URL + str(number))), BEGUN, HELLO)
    writer.close()
    recording = Recording(file)
    assert (recording.begun, recording.portals, recording.note) == (BEGUN, ("sina",), None)
    answers = [recording.next("GET", URL) for _ in range(5)]
    assert [answer.place for answer in answers if answer] == [0, 2, 4, 4, 4]
    assert [answer.at - BEGUN for answer in answers if answer] == [0 * SECOND, SECOND, *[2 * SECOND] * 3]
    assert [b"".join(recording.pieces(answer))[-1:] for answer in answers if answer] == [b"0", b"1", b"2", b"2", b"2"]


def test_our_own_answers_are_not_mended(file: Path) -> None:
    odd = OK + b"Content-Length: 2\r\n\r\nhello"
    writer = WarcWriter(file, BEGUN, [])
    writer.keep(asked_for(Request(URL)), BEGUN, odd)
    assert wire(Recording(file)) == odd


def test_a_file_that_is_there_is_left_alone(file: Path) -> None:
    file.write_bytes(b"precious")
    with pytest.raises(FileExistsError):
        WarcWriter(file, BEGUN, [])
    assert file.read_bytes() == b"precious"


# --- requests ---


def test_a_form_that_was_sent_is_answered_by_what_it_got(file: Path) -> None:
    form = b"POST /a HTTP/1.1\r\nHost: own.test\r\n\r\nname=1"
    records = [
        recorded("request", form, WARC_Record_ID="<q1>", WARC_Concurrent_To="<r1>"),
        recorded("response", OK + b"\r\nform", WARC_Record_ID="<r1>"),
        recorded("response", OK + b"\r\nhead", WARC_Record_ID="<r2>", WARC_Concurrent_To="<q2>"),
        recorded("request", b"HEAD /a HTTP/1.1\r\n\r\n", WARC_Record_ID="<q2>"),
        recorded("response", OK + b"\r\nplain", WARC_Record_ID="<r3>"),
    ]
    recording = written(file, *records)
    assert wire(recording) == OK + b"\r\nplain"
    assert wire(recording, method="POST", body=b"name=1") == OK + b"\r\nform"
    assert wire(recording, method="POST", body=b"name=2") is None


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("<http://own.test/a>", "http://own.test/a"),
        ("http://own.test/a#part", "http://own.test/a"),
        ("http://own.test/数字", "http://own.test/%E6%95%B0%E5%AD%97"),
        ("http://own.test/a b", "http://own.test/a%20b"),
    ],
)
def test_addresses_are_found_as_other_tools_write_them(file: Path, stored: str, asked: str) -> None:
    assert wire(written(file, recorded("response", HELLO, stored)), asked) == HELLO


@pytest.mark.parametrize(
    "asked", ["https://own.test/a", "http://own.test/a?b", "http://own.test:81/a", "http://own.test/A"]
)
def test_another_address_is_another(file: Path, asked: str) -> None:
    assert written(file, recorded("response", HELLO)).next("GET", asked) is None


# --- answers of other tools ---

PACKED = gzip.compress(b"hello", mtime=0)
CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (HELLO, HELLO),
        (OK + b"\r\nhello", OK + b"\r\nhello"),
        (b"HTTP/1.0 200\r\nA: b\r\n\r\nhello", b"HTTP/1.0 200\r\nA: b\r\n\r\nhello"),
        (b"HTTP/2 200 \r\nA: b\r\n\r\nhello", b"HTTP/1.1 200 \r\nA: b\r\n\r\nhello"),
        (b"HTTP/1.1 200 OK\nA: b\n\nhello", b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nhello"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS, OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS),
        (OK + b"transfer-encoding: Chunked\r\n\r\n<p>hello", OK + b"\r\n<p>hello"),
        (OK + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n<p>hello", OK + b"\r\n<p>hello"),
        (OK + b"Content-Encoding: gzip\r\n\r\n" + PACKED, OK + b"Content-Encoding: gzip\r\n\r\n" + PACKED),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 99\r\n\r\nhello", OK + b"\r\nhello"),
        # Longer than was said: unpacked. Shorter: cut off, which stays.
        (OK + b"Content-Length: 2\r\n\r\nhello", OK + b"\r\nhello"),
        (OK + b"Content-Length: 9\r\n\r\nhello", OK + b"Content-Length: 9\r\n\r\nhello"),
        (OK, OK),
        (b"", b""),
        (b"\x00\x01", b"\x00\x01"),
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_an_answer_says_no_more_than_is_true_of_its_body(file: Path, stored: bytes, said: bytes, packed: bool) -> None:
    before, after = recorded("response", b"x", URL + "1", packed=packed), recorded("response", b"x", packed=packed)
    assert wire(written(file, before, recorded("response", stored, packed=packed), after)) == said


def test_a_revisit_has_the_body_of_what_it_refers_to(file: Path) -> None:
    names: dict[str, Any] = {
        "WARC_Record_ID": "<r1>",
        "WARC_Payload_Digest": "sha1:A",
        "WARC_Date": "2026-11-19T08:00:00Z",
    }
    first = recorded("response", OK + b"Date: then\r\n\r\nhello", URL + "0", **names)
    by_id = recorded("revisit", OK + b"Date: now\r\n\r\n", URL + "1", WARC_Refers_To="<r1>")
    by_look = recorded(
        "revisit",
        b"",
        URL + "2",
        WARC_Refers_To_Target_URI=URL + "0",
        WARC_Refers_To_Date="2026-11-19T08:00:00Z",
    )
    by_body = recorded("revisit", b"HTTP/1.1 304 Not Modified\r\n\r\n", URL + "3", WARC_Payload_Digest="sha1:A")
    of_none = recorded("revisit", OK + b"\r\n", URL + "4", WARC_Payload_Digest="sha1:B")
    recording = written(file, first, by_id, by_look, by_body, of_none)
    assert wire(recording, URL + "1") == OK + b"Date: now\r\n\r\nhello"
    assert wire(recording, URL + "2") == wire(recording, URL + "3") == OK + b"Date: then\r\n\r\nhello"
    assert wire(recording, URL + "4") is None


def test_not_modified_is_no_answer(file: Path) -> None:
    unmodified = recorded("response", b"HTTP/1.1 304 Not Modified\r\n\r\n")
    recording = written(file, unmodified, recorded("response", HELLO), unmodified)
    assert [wire(recording) for _ in range(2)] == [HELLO, HELLO]


def test_what_was_cut_off_when_it_was_recorded_is_no_page(file: Path) -> None:
    answer = written(file, recorded("response", HELLO, WARC_Truncated="len\x1b[31mgth")).next("GET", URL)
    assert answer is not None
    assert answer.mishap is not None
    assert reason_of(failure(answer.mishap.error())) == "cut off when it was recorded (len\\x1b[31mgth)"


def test_records_that_are_no_answers_are_passed_over(file: Path) -> None:
    others = [
        recorded(kind, b"hello", Content_Type="text/plain") for kind in ("resource", "conversion", "metadata", "x")
    ]
    assert written(file, *others).next("GET", URL) is None


@pytest.mark.parametrize("date", ["", "soon", "2026-11-20", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_date_that_cannot_be_is_passed_over(file: Path, date: str) -> None:
    recording = written(file, recorded("response", HELLO, WARC_Date=date), recorded("response", HELLO))
    assert recording.begun == datetime(2026, 11, 20, 8, tzinfo=UTC)
    with pytest.raises(BadRecording, match="no record says when it was made"):
        written(file, recorded("response", HELLO, WARC_Date=date))


# --- files that are none ---


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("archive/data.warc.gz", recorded("response", HELLO))
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
        (recorded("response", HELLO, Content_Length="99999999999999"), "a record is cut off"),
        *(
            (recorded("response", HELLO, Content_Length=length), "a record is cut off")
            for length in ("", "-1", "9e9", "x")
        ),
        (b"WARC/1.0\r\n" + b"X: y\r\n" * 100_000, "the head of a record does not end"),
        (b"WARC/1.0\r\nX: " + b"y" * 1_000_000, "the head of a record does not end"),
        (gzip.compress(b"WARC/1.0\r\nX: " + bytes(50_000_000)), "the head of a record does not end"),
        (gzip.compress(recorded("response", HELLO, packed=False) * 2), "packed as a whole, not record by record"),
        (zipped(), "a zip file, such as WACZ; unpack the .warc.gz that is in it"),
    ],
)
def test_what_is_no_recording_is_refused_in_one_line(
    file: Path, content: bytes, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadRecording) as refusal:
        written(file, content)
    assert str(refusal.value).startswith(f"{file}: {words}")
    assert "\n" not in str(refusal.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("path", ["missing", "."])
def test_what_cannot_be_opened_is_refused_in_one_line(tmp_path: Path, path: str) -> None:
    with pytest.raises(BadRecording, match=r"no such file or directory$|is a directory$"):
        Recording(tmp_path / path)


# --- files that end too early, or in rubbish ---


def small(file: Path) -> bytes:
    writer = WarcWriter(file, BEGUN, ["sina"])
    for number in range(4):
        writer.keep(asked_for(Request(f"{URL}{number}")), BEGUN, OK + b"\r\n" + b"hello " * number)
    writer.close()
    return file.read_bytes()


def found(file: Path) -> list[bytes | None]:
    recording = Recording(file)
    said = [wire(recording, f"{URL}{number}") for number in range(4)]
    recording.close()
    return said


def test_what_was_recorded_before_a_crash_can_be_read_wherever_it_came(file: Path) -> None:
    whole = small(file)
    said = found(file)
    counts = []
    for length in range(400, len(whole) + 1, 4):
        file.write_bytes(whole[:length])
        now = found(file)
        counts.append(len([answer for answer in now if answer]))
        assert now == [*said[: counts[-1]], *[None] * (4 - counts[-1])]
    assert counts == sorted(counts)
    assert set(counts) >= {0, 1, 2, 3}


@pytest.mark.parametrize(
    "rubbish", [b"x", b"\x1f\x8b\x08\x00", b"\r\n" * 9 + b"<html>", gzip.compress(b"hello"), bytes(999)]
)
def test_rubbish_at_the_end_is_told_and_what_stands_before_it_is_used(file: Path, rubbish: bytes) -> None:
    whole = small(file)
    said = found(file)
    file.write_bytes(whole + rubbish)
    assert found(file) == said
    assert str(Recording(file).note).startswith(f"{file}: used up to record 9; what follows cannot be read")


LINES = [b"\r\n\r\n", b"Content-Length: -1\r\n", b"Content-Length: 9e9\r\n", b"WARC/1.0\r\n", b"\xff\xfe\n"]


def _damaged(whole: bytes, chance: random.Random) -> bytes:
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
                line = [
                    b"\r\n\r\n",
                    b"Content-Length: -1\r\n",
                    b"Content-Length: 9e9\r\n",
                    b"WARC/1.0\r\n",
                    b"\xff\xfe\n",
                ]
                data[at:at] = chance.choice(line)
        data += b"." * (not data)
    return bytes(data)


@pytest.mark.parametrize("packed", [True, False])
def test_a_damaged_file_is_read_or_refused_and_nothing_else(
    file: Path, packed: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    chance, whole = random.Random(20261121), small(file)  # noqa: S311
    whole = whole if packed else gzip.decompress(whole)
    for _ in range(300):
        file.write_bytes(_damaged(whole, chance))
        with suppress(BadRecording):
            found(file)
    assert capfd.readouterr() == ("", "")


# --- what was never answered ---

RETRIED = tuple(map(load_object, Settings(scrapy_settings(FetchRules())).getlist("RETRY_EXCEPTIONS")))


@pytest.mark.parametrize(
    "error",
    [
        DownloadTimeoutError("Getting http://own.test/a took longer than 20.0 seconds."),
        ConnectionLost("so what"),
        DNSLookupError("no results"),
        OSError(5, "bad"),
        RuntimeError("数字\n\x1b[31m"),
        Refused("own.test", "10.0.0.5", "not a public address"),
        IgnoreRequest("no"),
    ],
)
def test_what_went_wrong_goes_wrong_again_in_the_same_words(error: Exception) -> None:
    again = read_mishap(mishap_of(error, RETRIED).as_json()).error()
    first, second = failure(error), failure(again)
    assert (reason_of(first), trouble_of(first)) == (reason_of(second), trouble_of(second))
    assert isinstance(again, RETRIED) == isinstance(error, RETRIED)
    assert isinstance(again, IgnoreRequest) == isinstance(error, IgnoreRequest)


BAD: list[dict[str, Any]] = [
    {"kind": "\x1b"},
    {"kind": 7},
    {"kind": "X" * 99},
    {"words": None},
    {"trouble": "x"},
    {"trouble": []},
]
GOOD: dict[str, Any] = {"kind": "X", "words": "why", "trouble": "timeout", "ignored": False, "again": True}


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"\xff",
        b"[" * 60_000,
        b'{"kind": "X"}',
        *(json.dumps(GOOD | bad).encode() for bad in BAD),
    ],
)
def test_a_mishap_that_is_none_is_passed_over(file: Path, told: bytes) -> None:
    good = recorded("metadata", json.dumps(GOOD).encode(), URL + "1", Content_Type=MISHAP)
    recording = written(file, recorded("metadata", told, Content_Type=MISHAP), good)
    assert recording.next("GET", URL) is None
    assert recording.next("GET", URL + "1") is not None


# --- a whole file of it, replayed ---


def replayed(file: Path, urls: Sequence[str], **rules: Any) -> Mapping[str, Any]:
    job = json.dumps({"file": str(file), "urls": list(urls), "rules": rules})
    command = [sys.executable, "-m", "tests.crawler.replayer"]
    done = subprocess.run(command, input=job, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    outcome: Mapping[str, Any] = json.loads(done.stdout)
    return outcome


HOSTILE = {
    "said": OK + b"Content-Length: 30000\r\n\r\n" + b"x" * 30_000,
    "unsaid": OK + b"\r\n" + b"x" * 30_000,
    "bomb": OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(5_000_000)),
    "onion": OK + b"Content-Encoding: gzip, gzip, gzip\r\n\r\nx",
    "chunk": OK + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\nhello",
    "lengths": OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "cut": OK + b"Content-Length: 9\r\n\r\nhello",
    "head": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\nhello",
    "rubbish": bytes(range(256)),
    "empty": b"",
    "inside": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/secret\r\nContent-Length: 0\r\n\r\n",
    "away": b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
    "round": b"HTTP/1.1 302 Found\r\nLocation: /round\r\nContent-Length: 0\r\n\r\n",
}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    file = tmp_path_factory.mktemp("hostile") / "hostile.warc.gz"
    timeout = Mishap("DownloadTimeoutError", "Getting it took too long.", Trouble.TIMEOUT, again=True).as_json()
    records = [
        *(recorded("response", block, f"http://own.test/{name}") for name, block in HOSTILE.items()),
        recorded("response", HELLO, "http://127.0.0.1/secret"),
        recorded("metadata", timeout, "http://own.test/slow", Content_Type=MISHAP),
        recorded("response", HELLO, "http://own.test/slow"),
        recorded("metadata", timeout, "http://own.test/never", Content_Type=MISHAP),
        recorded("response", OK + b"\r\n" + bytes(80_000_000), "http://own.test/huge"),
        recorded("response", HELLO),
    ]
    file.write_bytes(b"".join(records))
    names = [*HOSTILE, "slow", "never", "huge", "unknown", "a"]
    urls = ["http://127.0.0.1/secret", *(f"http://own.test/{name}" for name in names)]
    return replayed(file, urls, max_bytes=20_000, delay=5.0)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("said", "Expected to receive 30000 bytes which is larger than download max size (20000)"),
        ("unsaid", ""),
        ("huge", ""),
        ("bomb", "exceeded DOWNLOAD_MAXSIZE"),
        ("onion", "compressed too many times over"),
        ("chunk", ""),
        ("lengths", "conflicting Content-Length"),
        ("cut", ""),
        ("head", "Connection was closed"),
        ("rubbish", "wrong number of parts"),
        ("empty", "Connection was closed"),
        ("inside", "refused 127.0.0.1: not a public address"),
        ("away", "Ignoring non-200 response"),
        ("round", "max redirections reached"),
        ("never", "Getting it took too long."),
        ("unknown", "not in the recording"),
    ],
)
def test_a_hostile_answer_is_as_harmless_as_from_the_net(outcome: Mapping[str, Any], path: str, words: str) -> None:
    assert words in outcome["errors"][f"http://own.test/{path}"]["text"]


def test_the_rest_is_answered_and_little_is_kept_in_memory(outcome: Mapping[str, Any]) -> None:
    assert {url: page["start"] for url, page in outcome["pages"].items()} == {
        URL: "hello",
        "http://own.test/slow": "hello",
    }
    assert outcome["errors"]["http://127.0.0.1/secret"]["refused"]
    assert outcome["peak_bytes"] < 130_000_000

"""A recording that is replayed: hostile answers are as harmless as from the network."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.utils.misc import load_object

from crawler.fetch.settings import FetchRules, scrapy_settings
from crawler.recording.answers import WarcAnswers
from crawler.recording.handlers import LiveRecording, RecordedRetry, RecordingHandler, Replay, ReplayHandler
from crawler.recording.recorded_errors import CONTENT_TYPE, FORMER_CONTENT_TYPE, RecordedError
from tests.crawler.recording_builders import BEGUN, HELLO, OK, SECOND, URL, warc_record
from tracking.observation import FailureKind

# --- clock and settings ---


@pytest.fixture
def recording(tmp_path: Path) -> LiveRecording:
    times = iter([BEGUN, BEGUN + 2 * SECOND, BEGUN + SECOND])
    return LiveRecording(tmp_path / "crawl.warc.gz", lambda: next(times), ["sina"])


def test_the_clock_moves_with_the_answers_and_never_back(recording: LiveRecording) -> None:
    assert recording.clock() == BEGUN
    recording.record(Request(URL), HELLO)
    assert recording.clock() == BEGUN + 2 * SECOND
    recording.record(Request(URL), HELLO)
    assert recording.clock() == BEGUN + 2 * SECOND
    assert recording.seconds() == pytest.approx((BEGUN + timedelta(seconds=2)).timestamp())


def test_a_replay_begins_when_the_recorded_crawl_did(recording: LiveRecording, tmp_path: Path) -> None:
    recording.close()
    replay = Replay(WarcAnswers(tmp_path / "crawl.warc.gz"))
    assert (replay.clock(), replay.answers.portals, replay.answers.note) == (BEGUN, ("sina",), None)


def test_the_settings_name_the_handler_and_the_clocked_middleware(recording: LiveRecording, tmp_path: Path) -> None:
    usual = scrapy_settings(FetchRules(delay=2.0))
    live, replayed = recording.settings(usual), Replay(WarcAnswers(tmp_path / "crawl.warc.gz")).settings(usual)
    for settings, handler in [(live, RecordingHandler), (replayed, ReplayHandler)]:
        assert {load_object(path) for path in settings["DOWNLOAD_HANDLERS"].values()} == {handler}
        middlewares = {load_object(path): order for path, order in settings["DOWNLOADER_MIDDLEWARES"].items()}
        assert middlewares[RecordedRetry] == 550
        assert len(middlewares) == len(usual["DOWNLOADER_MIDDLEWARES"])
    assert (live["DOWNLOAD_DELAY"], replayed["DOWNLOAD_DELAY"]) == (2.0, 0)
    assert not replayed["AUTOTHROTTLE_ENABLED"]


# --- a file of hostile answers, replayed ---

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
TIMEOUT = RecordedError("DownloadTimeoutError", "Getting it took too long.", FailureKind.TIMEOUT, again=True).as_json()
FORMER_TIMEOUT = TIMEOUT.replace(b'"failure_kind"', b'"trouble"')


def replayed(file: Path, urls: Sequence[str], **rules: Any) -> Mapping[str, Any]:
    """What becomes of these addresses, in a process of its own."""
    job = json.dumps({"file": str(file), "urls": list(urls), "rules": rules})
    command = [sys.executable, "-m", "tests.crawler.replayer"]
    done = subprocess.run(command, input=job, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    outcome: Mapping[str, Any] = json.loads(done.stdout)
    return outcome


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    file = tmp_path_factory.mktemp("hostile") / "hostile.warc.gz"
    records = [
        *(warc_record("response", block, f"http://own.test/{name}") for name, block in HOSTILE.items()),
        warc_record("response", HELLO, "http://127.0.0.1/secret"),
        warc_record("metadata", TIMEOUT, "http://own.test/slow", Content_Type=CONTENT_TYPE),
        warc_record("response", HELLO, "http://own.test/slow"),
        warc_record("metadata", FORMER_TIMEOUT, "http://own.test/former", Content_Type=FORMER_CONTENT_TYPE),
        warc_record("response", HELLO, "http://own.test/former"),
        warc_record("metadata", TIMEOUT, "http://own.test/never", Content_Type=CONTENT_TYPE),
        warc_record("response", OK + b"\r\n" + bytes(80_000_000), "http://own.test/huge"),
        warc_record("response", HELLO),
    ]
    file.write_bytes(b"".join(records))
    names = [*HOSTILE, "slow", "former", "never", "huge", "unknown", "a"]
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
def test_a_hostile_answer_is_as_harmless_as_from_the_network(outcome: Mapping[str, Any], path: str, words: str) -> None:
    assert words in outcome["errors"][f"http://own.test/{path}"]["text"]


def test_the_rest_is_answered_after_recorded_errors_too_and_little_is_kept_in_memory(
    outcome: Mapping[str, Any],
) -> None:
    assert {url: page["start"] for url, page in outcome["pages"].items()} == {
        URL: "hello",
        "http://own.test/slow": "hello",
        "http://own.test/former": "hello",
    }
    assert outcome["errors"]["http://127.0.0.1/secret"]["refused"]
    assert outcome["peak_bytes"] < 130_000_000

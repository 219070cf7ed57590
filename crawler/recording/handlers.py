"""The two download handlers of recorded and of replayed crawls, and the clock and order of answers that they share.

The clock of such a crawl advances with each answer and stands still in between, and each answer has all its effects
before the next one is delivered. So a replay does what the recorded crawl did, at the same times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from http.client import responses
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import urldefrag

from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.utils.misc import load_object

from crawler.fetch.backoff import BackoffRetry
from crawler.fetch.guard import LARGEST_HEAD, GuardedHandler, GuardedPool
from crawler.recording.answer_index import Answer
from crawler.recording.answers import WarcAnswers
from crawler.recording.delivery import OrderedDelivery
from crawler.recording.recorded_errors import RecordedError, recorded_error_of
from crawler.recording.warc import WarcWriter, sent_request
from crawler.recording.wire import RecordingPool, ReplayPool, ResponseBytes
from tracking.observation import FailureKind

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

# The Scrapy setting that hands the recording to handlers and middlewares. Its value is a function that returns the
# recording: Scrapy makes deep copies of its settings, but not of functions.
_RECORDING = "POLICYWATCH_RECORDING"
# The middlewares that read a clock, and those that read the recording's instead.
_CLOCKED_BY_RECORDING = {"crawler.fetch.backoff.BackoffRetry": "crawler.recording.handlers.RecordedRetry"}
# Request header fields that ask for "not modified", which would mean nothing to a database that lacks the page.
_CONDITIONS = ("If-None-Match", "If-Modified-Since")
# Position of an answer that is delivered before all that are in the recording.
_FIRST = -1

_Pool = TypeVar("_Pool", bound=GuardedPool)


class Recording:
    """What recorded and replayed runs have in common: one clock and one order of answers for all crawls of a run."""

    #: The import path of the download handler.
    handler: ClassVar[str]
    #: Why the file does not hold the whole run, one line for people; None when it does.
    problem: str | None = None

    def __init__(self, begun: datetime) -> None:
        """Set the clock to `begun`, aware UTC."""
        #: The order in which all crawls of the run get their answers.
        self.delivery = OrderedDelivery()
        self._at = begun

    def clock(self) -> datetime:
        """The time of the last answer, aware UTC; before the first answer, when the run began."""
        return self._at

    def seconds(self) -> float:
        """The same time in seconds since 1970, for code that measures durations."""
        return self._at.timestamp()

    def crawl(self, crawler: Crawler) -> AbstractContextManager[None]:
        """Within it, a crawl is part of the run; leave it when everything that the crawl found is stored."""
        return self.delivery.crawl(crawler)

    def settings(self, usual: Mapping[str, Any]) -> dict[str, Any]:
        """Scrapy's settings for a crawl of the run, from those of a usual crawl."""
        handlers = {"DOWNLOAD_HANDLERS": {"http": self.handler, "https": self.handler}}
        middlewares = {
            _CLOCKED_BY_RECORDING.get(name, name): order for name, order in usual["DOWNLOADER_MIDDLEWARES"].items()
        }
        return {**usual, **handlers, "DOWNLOADER_MIDDLEWARES": middlewares, _RECORDING: lambda: self}

    def close(self) -> None:
        """Close the file, after the last crawl of the run."""
        raise NotImplementedError

    def advance_clock(self, at: datetime) -> None:
        """Set the clock to the time of an answer; it never goes back."""
        self._at = max(self._at, at)


class LiveRecording(Recording):
    """A run that is crawled from the network and recorded."""

    handler = "crawler.recording.handlers.RecordingHandler"

    def __init__(self, path: Path, clock: Callable[[], datetime], portals: Sequence[str]) -> None:
        """Record into a new file at `path`; `portals` names what is crawled, `clock` gives the present, aware UTC.

        FileExistsError or another OSError when the file cannot be made.
        """
        super().__init__(clock())
        self._clock, self._writer = clock, WarcWriter(path, self.clock(), portals)

    def record(self, request: Request, answer: bytes | RecordedError) -> None:
        """Write what came of a request, at the present time: the bytes of the HTTP response, or an error."""
        self.advance_clock(self._clock())
        self._writer.write(sent_request(request), self.clock(), answer)
        self.problem = self._writer.problem

    def close(self) -> None:
        """Close the file; what was recorded is complete."""
        self._writer.close()


class Replay(Recording):
    """A run that gets all its answers from a recording."""

    handler = "crawler.recording.handlers.ReplayHandler"

    def __init__(self, answers: WarcAnswers) -> None:
        """Replay an open file; `close` closes it."""
        super().__init__(answers.begun)
        #: The open file, with the names of its portals and a note on damage.
        self.answers = answers

    def settings(self, usual: Mapping[str, Any]) -> dict[str, Any]:
        """As the base class, and without pauses between requests."""
        return super().settings(usual) | {"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False}

    def close(self) -> None:
        """Close the file; no request can be answered from it any more."""
        self.answers.close()


class RecordingHandler(GuardedHandler):
    """As the base class, and records what comes in before anything is made of it."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool = self._recording_pool = _pool_like(self._pool, RecordingPool)
        self._recording: LiveRecording = crawler.settings[_RECORDING]()
        self._retried = tuple(map(load_object, crawler.settings.getlist("RETRY_EXCEPTIONS")))

    async def download_request(self, request: Request) -> Response:
        """The response, recorded and in order. It is never "not modified": no request is sent conditionally."""
        for name in _CONDITIONS:
            request.headers.pop(name, None)
        with self._recording.delivery.request(self._crawler):
            outcome, message = await self._fetch(request)
            async with self._recording.delivery.in_order(0):  # in the order in which they come in
                return self._record(request, outcome, message)

    async def _fetch(self, request: Request) -> tuple[Response | Exception, bytes]:
        """The response, with the bytes that came in; or the exception that ended the request, without bytes."""
        incoming = ResponseBytes(LARGEST_HEAD + 2 * self._default_maxsize)
        # The pool takes it up before this coroutine waits for anything, so no other request can come in between.
        self._recording_pool.incoming = incoming
        try:
            response = await super().download_request(request)
        except Exception as error:  # noqa: BLE001  (it is raised again when it is recorded)
            return error, b""
        message = incoming.complete()
        return response, _http_message(response) if message is None else message

    def _record(self, request: Request, outcome: Response | Exception, message: bytes) -> Response:
        """Record what came of a request, and let it have its effect: the response is returned, an exception raised."""
        if isinstance(outcome, Exception):
            self._recording.record(request, recorded_error_of(outcome, self._retried))
            raise outcome
        self._recording.record(request, message)
        return outcome


class ReplayHandler(GuardedHandler):
    """As the base class, but what comes in is read from the recording, and no connection is opened.

    Nothing waits: the pauses that robots.txt and our own settings ask for were made when the crawl was recorded.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        crawler.signals.connect(self._end_pause, signals.request_reached_downloader)
        self._pool = self._replay_pool = _pool_like(self._pool, ReplayPool)
        self._replay: Replay = crawler.settings[_RECORDING]()

    async def download_request(self, request: Request) -> Response:
        """The recorded response, in order. The recorded exception is raised again; NotRecorded when there is none."""
        delivery = self._replay.delivery
        answer = self._replay.answers.next(request.method, urldefrag(request.url).url, request.body)
        with delivery.request(self._crawler):
            async with delivery.in_order(_FIRST if answer is None else answer.position):
                return await self._replayed(request, answer)

    async def _replayed(self, request: Request, answer: Answer | None) -> Response:
        """Set the clock to an answer and let it have its effect."""
        if answer is None:
            raise NotRecorded("not in the recording")
        self._replay.advance_clock(answer.at)
        if answer.recorded_error is not None:
            raise answer.recorded_error.exception()
        self._replay_pool.response = self._replay.answers.pieces(answer)
        return await super().download_request(request)

    def _end_pause(self, request: Request) -> None:
        """Send a request at once that Scrapy would hold back for the sake of its host."""
        slot = self._crawler.engine.downloader.slots[request.meta["download_slot"]]
        slot.close()  # Scrapy's name; all it does is to cancel a pause that is going on
        slot.delay = 0.0


class NotRecorded(IgnoreRequest):
    """The recording holds no answer to a request."""

    failure_kind = FailureKind.UNREACHABLE


class RecordedRetry(BackoffRetry):
    """As the base class, by the clock of the recording, so that a host's pause ends as it did in the recorded crawl."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self._recording: Recording = settings[_RECORDING]()

    def _now(self) -> datetime:
        return self._recording.clock()

    def _seconds(self) -> float:
        return self._recording.seconds()


def _pool_like(pool: Any, kind: type[_Pool]) -> _Pool:
    """A pool of another kind with the settings of this one."""
    other = kind(pool._reactor, pool._tls, pool._allowed)
    other.maxPersistentPerHost = pool.maxPersistentPerHost
    return other


def _http_message(response: Response) -> bytes:
    """An HTTP message that has the status, fields and body of a response; for one whose own bytes were not kept."""
    status = f"HTTP/1.1 {response.status} {responses.get(response.status, '')}".encode()
    headers = dict(response.headers.items()) | {b"Content-Length": [b"%d" % len(response.body)]}
    fields = (b"%b: %b" % (name, value) for name, values in headers.items() for value in values)
    return b"\r\n".join([status, *fields, b"", response.body])

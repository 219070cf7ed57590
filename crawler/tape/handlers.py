"""Crawls that are recorded, and crawls of a recording: two handlers in the place of the one way out.

The clock of such a crawl moves with its answers and stands still between them, and each answer has all its effects
before the next one comes. So a crawl of a recording does what the recorded crawl did, at the very same times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from http.client import responses
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urldefrag

from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.utils.misc import load_object

from crawler.guard import LARGEST_HEAD, GuardedHandler
from crawler.middlewares import PatientRetry
from crawler.tape.mishaps import Mishap, mishap_of
from crawler.tape.recording import Answer, Recording
from crawler.tape.turns import Turns
from crawler.tape.warc import WarcWriter, asked_for
from crawler.tape.wire import Heard, ListeningPool, RepeatingPool
from tracking.sightings import Trouble

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

# The setting that hands a tape to its handler: Scrapy copies its settings deeply, and a function is handed on as it is.
_TAPE = "POLICYWATCH_TAPE"
_CONDITIONS = ("If-None-Match", "If-Modified-Since")


class Tape:
    """What recording and replaying have in common: the clock and the turns of all crawls of a run."""

    handler: ClassVar[str]
    # Why not all that was asked for is on it.
    problem: str | None = None

    def __init__(self, begun: datetime) -> None:
        self.turns, self._at = Turns(), begun

    def clock(self) -> datetime:
        """When the last answer came; before the first, when the run began."""
        return self._at

    def seconds(self) -> float:
        """The same in seconds, for what only measures time."""
        return self._at.timestamp()

    def crawl(self, crawler: Crawler) -> AbstractContextManager[None]:
        """One crawl of the run, until all that is to be kept of it is kept."""
        return self.turns.crawl(crawler)

    def settings(self, usual: Mapping[str, Any]) -> dict[str, Any]:
        """The settings of a crawl with this tape, from the usual ones."""
        handlers = {"DOWNLOAD_HANDLERS": {"http": self.handler, "https": self.handler}}
        middlewares = {_TAPED.get(name, name): place for name, place in usual["DOWNLOADER_MIDDLEWARES"].items()}
        return {**usual, **handlers, "DOWNLOADER_MIDDLEWARES": middlewares, _TAPE: lambda: self}

    def close(self) -> None:
        """No crawl goes on with it."""
        raise NotImplementedError

    def advance(self, at: datetime) -> None:
        """An answer came, or would have come."""
        self._at = max(self._at, at)


class Recorder(Tape):
    """A tape that is being recorded."""

    handler = "crawler.tape.handlers.RecordingHandler"

    def __init__(self, path: Path, clock: Callable[[], datetime], portals: Sequence[str]) -> None:
        """OSError when the file cannot be made."""
        super().__init__(clock())
        self._clock, self._file = clock, WarcWriter(path, self.clock(), portals)

    def keep(self, request: Request, answer: bytes | Mishap) -> None:
        """Record what came of a request, now."""
        self.advance(self._clock())
        self._file.keep(asked_for(request), self.clock(), answer)
        self.problem = self._file.problem

    def close(self) -> None:
        self._file.close()


class Player(Tape):
    """A tape that is replayed."""

    handler = "crawler.tape.handlers.ReplayHandler"

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording.begun)
        self.recording = recording

    def settings(self, usual: Mapping[str, Any]) -> dict[str, Any]:
        return super().settings(usual) | {"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False}

    def close(self) -> None:
        self.recording.close()


class RecordingHandler(GuardedHandler):
    """As the base class, and the tape keeps what comes, before anything is made of it."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool = self._listening = _as(ListeningPool, self._pool)
        self._recorder: Recorder = crawler.settings[_TAPE]()
        self._retried = tuple(map(load_object, crawler.settings.getlist("RETRY_EXCEPTIONS")))

    async def download_request(self, request: Request) -> Response:
        """The response, when it is its turn; never "not modified", which would say nothing to who replays it."""
        for name in _CONDITIONS:
            request.headers.pop(name, None)
        with self._recorder.turns.request(self._crawler):
            came = await self._fetched(request)
            async with self._recorder.turns.turn(0):
                return self._kept(request, *came)

    async def _fetched(self, request: Request) -> tuple[Response | Exception, bytes]:
        # Both are taken up at once: no other request comes in between.
        self._listening.heard = heard = Heard(LARGEST_HEAD + 2 * self._default_maxsize)
        try:
            response = await super().download_request(request)
        except Exception as error:  # noqa: BLE001  (it is raised again when it is recorded)
            return error, b""
        whole = heard.whole()
        return response, _rebuilt(response) if whole is None else whole

    def _kept(self, request: Request, came: Response | Exception, block: bytes) -> Response:
        if isinstance(came, Exception):
            self._recorder.keep(request, mishap_of(came, self._retried))
            raise came
        self._recorder.keep(request, block)
        return came


class ReplayHandler(GuardedHandler):
    """As the base class, but what connections say comes from the tape, and no connection leads anywhere.

    Nothing waits: whatever a pause was meant for, a site's robots.txt or our own manners, it was made already.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        crawler.signals.connect(self._hurry, signals.request_reached_downloader)
        self._pool = self._repeating = _as(RepeatingPool, self._pool)
        self._player: Player = crawler.settings[_TAPE]()

    async def download_request(self, request: Request) -> Response:
        """The recorded response, when it is its turn; what was recorded to go wrong goes wrong again."""
        player = self._player
        answer = player.recording.next(request.method, urldefrag(request.url).url, request.body)
        with player.turns.request(self._crawler):
            async with player.turns.turn(-1 if answer is None else answer.place):
                return await self._answered(request, answer)

    async def _answered(self, request: Request, answer: Answer | None) -> Response:
        if answer is None:
            raise NotRecorded("not in the recording")
        self._player.advance(answer.at)
        if answer.mishap is not None:
            raise answer.mishap.error()
        self._repeating.pieces = self._player.recording.pieces(answer)
        return await super().download_request(request)

    def _hurry(self, request: Request) -> None:
        slot = self._crawler.engine.downloader.slots[request.meta["download_slot"]]
        slot.close()  # which only calls off a wait that goes on
        slot.delay = 0.0


class NotRecorded(IgnoreRequest):
    """Nothing was recorded for this address."""

    trouble = Trouble.UNREACHABLE


class TapedRetry(PatientRetry):
    """As the base class, by the clock of the tape."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self._tape: Tape = settings[_TAPE]()

    def _now(self) -> datetime:
        return self._tape.clock()

    def _seconds(self) -> float:
        return self._tape.seconds()


_TAPED = {"crawler.middlewares.PatientRetry": "crawler.tape.handlers.TapedRetry"}


def _as(kind: Any, pool: Any) -> Any:
    """A pool of another kind with the same settings."""
    made = kind(pool._reactor, pool._tls, pool._allowed)
    made.maxPersistentPerHost = pool.maxPersistentPerHost
    return made


def _rebuilt(response: Response) -> bytes:
    """A response that says what this one said, where its own bytes were not kept."""
    status = f"HTTP/1.1 {response.status} {responses.get(response.status, '')}".encode()
    told = dict(response.headers.items()) | {b"Content-Length": [b"%d" % len(response.body)]}
    fields = (b"%b: %b" % (name, value) for name, values in told.items() for value in values)
    return b"\r\n".join([status, *fields, b"", response.body])

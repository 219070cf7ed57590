"""The two ends of a recording, at the connections: one keeps the bytes that come in, one plays them back.

Both work below Twisted's HTTP client: what it and Scrapy make of a response is done again at a replay.
"""

# ruff: noqa: N802, N815  (names that Twisted gave)

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from crawler.fetch.guard import GuardedPool

# The address of both ends of a connection that leads nowhere.
_NO_ADDRESS = IPv4Address("TCP", "0.0.0.0", 0)  # noqa: S104  (nobody listens there)


class ResponseBytes:
    """The bytes that come in as the response to one request."""

    def __init__(self, limit: int) -> None:
        """Keep up to about `limit` bytes, in memory."""
        self._bytes, self._limit = bytearray(), limit

    def start(self) -> None:
        """Forget what came so far: its connection broke, and the pool sends the request again on a new one."""
        self._bytes.clear()

    def add(self, data: bytes) -> None:
        """Keep more of the response; beyond the limit nothing more is kept."""
        if len(self._bytes) <= self._limit:
            self._bytes += data

    def complete(self) -> bytes | None:
        """The whole response; None when it is beyond the limit, or an interim response (HTTP 1xx) came before it."""
        interim = self._bytes.startswith((b"HTTP/1.1 1", b"HTTP/1.0 1"))
        return None if interim or len(self._bytes) > self._limit else bytes(self._bytes)


class RecordingPool(GuardedPool):
    """As the base class, and what comes in on the next connection goes to `incoming`, too.

    Set `incoming` before each request.
    """

    incoming: ResponseBytes

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:
        """A connection as the base class gives it, which keeps what comes in."""
        return super().getConnection(key, endpoint).addCallback(_recorded, self.incoming)


def _recorded(connection: Any, incoming: ResponseBytes) -> Any:
    """The same connection; a persistent one that turns out to be closed by now is replaced, and that one recorded."""
    if (reconnect := getattr(connection, "_newConnection", None)) is not None:
        connection._newConnection = lambda: reconnect().addCallback(_recorded, incoming)
        _record(connection._clientProtocol, incoming)
    else:
        _record(connection, incoming)
    return connection


def _record(protocol: Any, incoming: ResponseBytes) -> None:
    """Keep what a protocol receives from now on. An earlier request on the same connection no longer keeps anything."""
    receive = type(protocol).dataReceived

    def received(data: bytes) -> None:
        incoming.add(data)
        receive(protocol, data)

    incoming.start()
    protocol.dataReceived = received


class ReplayPool(GuardedPool):
    """Opens no connection: the next one receives `response`, and is closed then.

    Set `response`, the bytes of an HTTP response in pieces, before each request.
    """

    response: Iterable[bytes]

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:
        """A connection over a transport that is not connected to anything."""
        factory: Any = self._factory
        protocol = factory(lambda _: None, "a recording").buildProtocol(_NO_ADDRESS)
        protocol.makeConnection(_ReplayTransport(protocol, self.response, self._reactor))
        return succeed(protocol)


class _ReplayTransport:
    """A transport that delivers a recorded response as soon as a request is written to it."""

    def __init__(self, protocol: Any, response: Iterable[bytes], reactor: Any) -> None:
        self._protocol, self._response, self._reactor = protocol, response, reactor
        self._requested = self._closed = False

    def write(self, data: bytes) -> None:
        """Deliver the response soon after the first part of the request; what it says is not looked at."""
        if not self._requested:
            self._requested = True
            # Later: the protocol expects a response only after it has written the request.
            self._reactor.callLater(0, self._deliver)

    def writeSequence(self, pieces: Iterable[bytes]) -> None:
        """The same for a request in several parts."""
        self.write(b"".join(pieces))

    def _deliver(self) -> None:
        """Hand the response to the protocol, and close the connection as a server does that is done."""
        try:
            for piece in self._response:
                if self._closed:
                    break
                self._protocol.dataReceived(piece)
        finally:
            self._protocol.connectionLost(Failure(ConnectionDone()))  # type: ignore[no-untyped-call]

    def loseConnection(self) -> None:
        """Deliver no more of the response."""
        self._closed = True

    abortConnection = stopProducing = loseConnection

    def getPeer(self) -> IPv4Address:
        """An address that is no server's."""
        return _NO_ADDRESS

    getHost = getPeer

    def resumeProducing(self) -> None:
        """Nothing is to be done: what is not delivered yet is still in the file, and takes no memory."""

    pauseProducing = unregisterProducer = resumeProducing

    def registerProducer(self, producer: object, streaming: bool) -> None:
        """The body of a request goes nowhere."""

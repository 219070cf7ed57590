"""The two ends of a recording: connections that are listened to, and connections that only say what was recorded."""

# ruff: noqa: N802, N815  (names that Twisted gave)

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from crawler.guard import GuardedPool

_NOWHERE = IPv4Address("TCP", "0.0.0.0", 0)  # noqa: S104  (nobody listens there)


class Heard:
    """What came over the wire in answer to one request, up to `most` bytes."""

    def __init__(self, most: int) -> None:
        self._bytes, self._most = bytearray(), most

    def begin(self) -> None:
        """Forget what a connection said that then broke: the pool asks once more on another one."""
        self._bytes.clear()

    def add(self, data: bytes) -> None:
        """More of the answer."""
        if len(self._bytes) <= self._most:
            self._bytes += data

    def whole(self) -> bytes | None:
        """All of it; None when it was too much, or when an interim answer (HTTP 1xx) came before it."""
        interim = self._bytes.startswith((b"HTTP/1.1 1", b"HTTP/1.0 1"))
        return None if interim or len(self._bytes) > self._most else bytes(self._bytes)


class ListeningPool(GuardedPool):
    """As the base class; what the next connection that is asked for says goes to `heard`, too."""

    heard: Heard

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:
        return super().getConnection(key, endpoint).addCallback(_listened_to, self.heard)


def _listened_to(connection: Any, heard: Heard) -> Any:
    if (again := getattr(connection, "_newConnection", None)) is not None:
        # A connection that is used once more may have been closed by now; what is wrapped here then asks on a new one.
        connection._newConnection = lambda: again().addCallback(_listened_to, heard)
        _listen(connection._clientProtocol, heard)
    else:
        _listen(connection, heard)
    return connection


def _listen(connection: Any, heard: Heard) -> None:
    receive = type(connection).dataReceived

    def received(data: bytes) -> None:
        heard.add(data)
        receive(connection, data)

    heard.begin()
    connection.dataReceived = received


class RepeatingPool(GuardedPool):
    """Connects to nothing: the next connection that is asked for says `pieces`, and then ends."""

    pieces: Iterable[bytes]

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:
        factory: Any = self._factory
        protocol = factory(lambda _: None, "a recording").buildProtocol(_NOWHERE)
        protocol.makeConnection(_Wire(protocol, self.pieces, self._reactor))
        return succeed(protocol)


class _Wire:
    """A transport that answers the first thing that is written to it."""

    def __init__(self, protocol: Any, pieces: Iterable[bytes], reactor: Any) -> None:
        self._protocol, self._pieces, self._reactor = protocol, pieces, reactor
        self._asked = self._hung_up = False

    def write(self, data: bytes) -> None:
        if not self._asked:
            self._asked = True
            # The protocol listens only after it has written.
            self._reactor.callLater(0, self._answer)

    def writeSequence(self, pieces: Iterable[bytes]) -> None:
        self.write(b"".join(pieces))

    def _answer(self) -> None:
        try:
            for piece in self._pieces:
                if self._hung_up:
                    break
                self._protocol.dataReceived(piece)
        finally:
            self._protocol.connectionLost(Failure(ConnectionDone()))  # type: ignore[no-untyped-call]

    def loseConnection(self) -> None:
        self._hung_up = True

    abortConnection = stopProducing = loseConnection

    def getPeer(self) -> IPv4Address:
        return _NOWHERE

    getHost = getPeer

    def resumeProducing(self) -> None:
        """Nothing is ever held back: what is not read yet is still in the file."""

    pauseProducing = unregisterProducer = resumeProducing

    def registerProducer(self, producer: object, streaming: bool) -> None:
        """Bodies of requests go nowhere."""

"""`GuardedHandler`, through which everything is fetched: it connects to public addresses and to allowed hosts only."""

# ruff: noqa: N802, N803  (names that Twisted gave)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.exceptions import IgnoreRequest
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import (
    IHostnameResolver,
    IReactorPluggableNameResolver,
    IResolutionReceiver,
    IStreamClientEndpoint,
)
from twisted.web._newclient import HEADER, STATUS
from twisted.web.client import HTTPConnectionPool
from zope.interface import implementer

from tracking.hosts import ForbiddenAddress, Hosts, Target, check_public, host_of, is_public, target

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

# Bytes of the status line and all headers; browsers have about the same limit.
LARGEST_HEAD = 262_144


class Refused(ForbiddenAddress, IgnoreRequest):
    """A request that is not made; as an IgnoreRequest it makes Scrapy call the errback of the request."""

    @classmethod
    def from_error(cls, error: ForbiddenAddress) -> Refused:
        """The refusal of a fetch from the address that an error names."""
        return cls(error.host, error.address, error.reason)


def target_of(url: str, allowed: Hosts | None = None) -> Target:
    """The host and port of an address; Refused when it is no plain http(s) address.

    With `allowed`, also refused when it names an address that is neither public nor allowed.
    """
    try:
        where = target(url)
        if allowed is not None:
            check_public(where, allowed)
    except ForbiddenAddress as error:
        raise Refused.from_error(error) from error
    return where


@implementer(IResolutionReceiver)
class _ResolvedAddresses:
    """Collects the addresses that a resolver finds; `complete` fires with them."""

    def __init__(self) -> None:
        self._found: list[Any] = []
        self.complete: Deferred[list[Any]] = Deferred()

    def resolutionBegan(self, resolution: object) -> None:
        pass

    def addressResolved(self, address: object) -> None:
        self._found.append(address)

    def resolutionComplete(self) -> None:
        self.complete.callback(self._found)


@implementer(IReactorPluggableNameResolver, IHostnameResolver)
class _PinnedReactor:
    """The reactor, except that every name resolves to the addresses that were checked."""

    def __init__(self, reactor: Any, addresses: list[Any]) -> None:
        self._reactor, self._addresses = reactor, addresses

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)

    @property
    def nameResolver(self) -> _PinnedReactor:
        return self

    def resolveHostName(self, receiver: Any, *_: object, **__: object) -> _PinnedReactor:
        receiver.resolutionBegan(self)
        for address in self._addresses:
            receiver.addressResolved(address)
        receiver.resolutionComplete()
        return self


@implementer(IStreamClientEndpoint)
class GuardedEndpoint:
    """Resolves a host once, drops the addresses that are not public, and connects to one of the others."""

    def __init__(self, reactor: Any, where: Target, allowed: bool, tls: Any) -> None:
        self._reactor, self._where, self._allowed, self._tls = reactor, where, allowed, tls

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        """Fires with the protocol; fails with Refused when the host has no public address."""
        return Deferred.fromCoroutine(self._connect(protocolFactory))

    async def _connect(self, factory: Any) -> Any:
        host, port = self._where.host, self._where.port
        answers = _ResolvedAddresses()
        self._reactor.nameResolver.resolveHostName(answers, host, port)
        found = await answers.complete
        usable = [address for address in found if self._allowed or is_public(address.host)]
        if found and not usable:
            raise Refused(host, ", ".join(address.host for address in found), "not a public address")
        endpoint: Any = HostnameEndpoint(_PinnedReactor(self._reactor, usable), host, port)
        if self._where.scheme == "https":
            endpoint = wrapClientTLS(self._tls.creatorForNetloc(host.encode(), port), endpoint)
        return await endpoint.connect(factory)


class GuardedPool(HTTPConnectionPool):
    """Connects through GuardedEndpoint; a proxy that the environment names is not checked."""

    def __init__(self, reactor: Any, tls: Any, allowed: Hosts) -> None:
        super().__init__(reactor, persistent=True)  # type: ignore[no-untyped-call]
        self._tls, self._allowed = tls, allowed
        self._factory = _BoundedFactory

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:
        """As the base class; LookupError for a kind of connection that is not known here."""
        match key:
            case (b"http" | b"https" as scheme, bytes(host), int(port), None):
                where = Target(scheme.decode(), *host_of(host.decode("ascii").lower()), port)
                return super().getConnection(key, self._guarded(where))
            case (b"http-proxy", _, _, _) | (b"https", _, _, _, _, _, _):
                return super().getConnection(key, endpoint)
        raise LookupError(f"neither a direct nor a proxied connection: {key!r}")

    def _guarded(self, where: Target) -> Any:
        return GuardedEndpoint(self._reactor, where, self._allowed.matches(where), self._tls)


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Closes the connection when the headers are too large: Twisted limits the length of a line, not their number."""

    _head = 0

    def request(self, request: Any) -> Any:
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:
        if getattr(self._parser, "state", None) in (STATUS, HEADER):
            self._head += len(data)
        if self._head > LARGEST_HEAD:
            self.transport.abortConnection()  # type: ignore[union-attr]
        else:
            super().dataReceived(data)  # type: ignore[no-untyped-call]


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _BoundedProtocol:
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class GuardedHandler(HTTP11DownloadHandler):
    """Scrapy's handler over a GuardedPool; the setting ALLOW_HOSTS names hosts that need not be public."""

    def __init__(self, crawler: Crawler) -> None:
        from twisted.internet import reactor  # not at the top: importing it earlier would install another reactor

        super().__init__(crawler)
        self._allowed = Hosts(crawler.settings.getlist("ALLOW_HOSTS"))
        self._pool = GuardedPool(reactor, self._contextFactory, self._allowed)
        self._pool.maxPersistentPerHost = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")

    async def download_request(self, request: Request) -> Response:
        """The response; Refused when the host is not public. Behind a proxy only a literal address can be checked."""
        target_of(request.url, self._allowed)
        return await super().download_request(request)

"""The one way out: every fetch passes `GuardedHandler`, to public addresses and to hosts that are named."""

# ruff: noqa: N802, N803  (names that Twisted gave)

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any, NamedTuple

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

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

LONGEST_URL = 2083  # what Scrapy itself follows
LARGEST_HEAD = 262_144  # bytes of status line and headers; browsers take about as much

# The IANA special-purpose registries whole, also the rows that are reachable: no portal lives in any of them.
_SPECIAL_V4 = (
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
    "192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 "
    "198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
)
# Global unicast is 2000::/3; every form that carries an IPv4 address (mapped, compatible, translated, NAT64)
# lies outside it or, as 6to4 and Teredo (in 2001::/23), in a row below. They are refused, not unwrapped:
# whoever is public has an address of his own.
_UNICAST_V6 = ip_network("2000::/3")
_SPECIAL_V6 = "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3ffe::/16 3fff::/20"
_SPECIAL = tuple(ip_network(row) for row in (*_SPECIAL_V4.split(), *_SPECIAL_V6.split()))

# So narrow that no two parsers can read it differently: no credentials, no backslash, nothing unprintable.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?:[/?#][!-\[\]-~]*)?",
    re.ASCII | re.IGNORECASE,
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class Refused(IgnoreRequest):
    """A fetch that is not made: `host`, `address` (of the network, or the URL before a look-up), `reason`."""

    def __init__(self, host: str, address: str, reason: str) -> None:
        super().__init__(host, address, reason)
        self.host, self.address, self.reason = printable(host), printable(address), reason

    def __str__(self) -> str:
        where = self.address if self.host in self.address else f"{self.host} ({self.address})"
        return f"refused {where}: {self.reason}"


class Target(NamedTuple):
    """Where a URL leads; `host` is in lower case, `literal` says that it is an address and not a name."""

    scheme: str
    host: str
    literal: bool
    port: int


class Hosts:
    """Entries `host` or `host:port`; a plain `host` means `ports`, or every port when that is empty."""

    def __init__(self, entries: Iterable[str], ports: Iterable[int] = ()) -> None:
        self._entries = frozenset(_entry(entry) for entry in entries)
        self._ports = frozenset(ports)

    def names(self, target: Target) -> bool:
        """Whether an entry names this host and port."""
        usual = self._is_usual(target) and (target.host, None) in self._entries
        return usual or (target.host, target.port) in self._entries

    def _is_usual(self, target: Target) -> bool:
        return not self._ports or target.port in self._ports


class Sites(Hosts):
    """As Hosts, with `*.site.cn` for every host below site.cn, and `*` for every host.

    It says what a portal wants to fetch; what may be fetched at all is named host by host.
    """

    def __init__(self, entries: Iterable[str], ports: Iterable[int] = ()) -> None:
        entries = list(entries)
        below = [entry for entry in entries if entry.startswith("*.")]
        super().__init__((entry for entry in entries if entry not in {"*", *below}), ports)
        self._all = "*" in entries
        self._below = tuple(f".{_entry(entry[2:])[0]}" for entry in below)

    def names(self, target: Target) -> bool:
        """Whether an entry names this host and port."""
        below = self._all or (not target.literal and target.host.endswith(self._below))
        return super().names(target) or (self._is_usual(target) and below)


def printable(text: str) -> str:
    """The text with everything but printable characters escaped, so that it may go to a terminal or a log."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def is_public(address: str) -> bool:
    """Whether this is an IP address, canonically written, on the open internet."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if parsed.version == 6 and ("%" in address or parsed not in _UNICAST_V6):
        return False
    return not any(parsed in network for network in _SPECIAL)


def target(url: str) -> Target:
    """Where the URL leads; Refused when it is not a plain http(s) URL."""
    match = _URL.fullmatch(url)
    if match is None or len(url) > LONGEST_URL:
        raise Refused("", url[:LONGEST_URL], "not a plain http or https address")
    scheme, port = match["scheme"].lower(), match["port"]
    usual = {"http": 80, "https": 443}[scheme]
    return Target(scheme, *_host(match["host"].lower()), int(port) if port else usual)


def check(where: Target, allowed: Hosts) -> None:
    """Refused for a host that is not public by its very name, whoever would look it up."""
    if allowed.names(where):
        return
    if where.literal and not is_public(where.host):
        raise Refused(where.host, where.host, "not a public address")
    if is_this_machine(where) and not where.literal:
        raise Refused(where.host, where.host, "a name for this machine")


def is_this_machine(where: Target) -> bool:
    """Whether the host is a loopback address or a name that is reserved for one."""
    if where.literal:
        return ip_address(where.host).is_loopback
    name = where.host.rstrip(".")
    return name == "localhost" or name.endswith(".localhost")


def _host(text: str) -> tuple[str, bool]:
    # As in the URL standard a host that ends in a number is an IPv4 address. 127.1, 0177.0.0.1 and 2130706433
    # are one to the system's resolver as well, and to a proxy; here only the canonical spelling is.
    bare = text.strip("[]")
    if bare == text and not _NUMBER.fullmatch(text.rstrip(".").rsplit(".", 1)[-1]):
        return text, False
    try:
        return str(ip_address(bare)), True
    except ValueError:
        raise Refused(text, text, "an address in an unusual spelling") from None


def _entry(entry: str) -> tuple[str, int | None]:
    match = _URL.fullmatch(f"http://{entry}")
    if match is None or (match["port"] is None and match.end("host") < match.end()):
        raise ValueError(f"not a host or host:port: {entry!r}")
    try:
        host, _ = _host(match["host"].lower())
    except Refused as error:
        raise ValueError(f"not a host or host:port: {entry!r}") from error
    return host, int(match["port"]) if match["port"] else None


@implementer(IResolutionReceiver)
class _Answers:
    """Collects what a resolver finds; `complete` fires with the addresses."""

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
class _Pinned:
    """The reactor, except that every name resolves to the addresses that were checked."""

    def __init__(self, reactor: Any, addresses: list[Any]) -> None:
        self._reactor, self._addresses = reactor, addresses

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)

    @property
    def nameResolver(self) -> _Pinned:
        return self

    def resolveHostName(self, receiver: Any, *_: object, **__: object) -> _Pinned:
        receiver.resolutionBegan(self)
        for address in self._addresses:
            receiver.addressResolved(address)
        receiver.resolutionComplete()
        return self


@implementer(IStreamClientEndpoint)
class GuardedEndpoint:
    """Resolves a host, drops what is not public, and connects to the very addresses that are left."""

    def __init__(self, reactor: Any, where: Target, allowed: bool, tls: Any) -> None:
        self._reactor, self._where, self._allowed, self._tls = reactor, where, allowed, tls

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        """Fires with the protocol; fails with Refused when the host has no public address."""
        return Deferred.fromCoroutine(self._connect(protocolFactory))

    async def _connect(self, factory: Any) -> Any:
        host, port = self._where.host, self._where.port
        answers = _Answers()
        self._reactor.nameResolver.resolveHostName(answers, host, port)
        found = await answers.complete
        usable = [address for address in found if self._allowed or is_public(address.host)]
        if found and not usable:
            raise Refused(host, ", ".join(address.host for address in found), "not a public address")
        endpoint: Any = HostnameEndpoint(_Pinned(self._reactor, usable), host, port)
        if self._where.scheme == "https":
            endpoint = wrapClientTLS(self._tls.creatorForNetloc(host.encode(), port), endpoint)
        return await endpoint.connect(factory)


class GuardedPool(HTTPConnectionPool):
    """Connects through GuardedEndpoint; a proxy that the environment names is reached as it is."""

    def __init__(self, reactor: Any, tls: Any, allowed: Hosts) -> None:
        super().__init__(reactor, persistent=True)  # type: ignore[no-untyped-call]
        self._tls, self._allowed = tls, allowed
        self._factory = _BoundedFactory

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:
        """As the base class; LookupError for a kind of connection that is not known here."""
        match key:
            case (b"http" | b"https" as scheme, bytes(host), int(port), None):
                where = Target(scheme.decode(), *_host(host.decode("ascii").lower()), port)
                return super().getConnection(key, self._guarded(where))
            case (b"http-proxy", _, _, _) | (b"https", _, _, _, _, _, _):
                return super().getConnection(key, endpoint)
        raise LookupError(f"neither a direct nor a proxied connection: {key!r}")

    def _guarded(self, where: Target) -> Any:
        return GuardedEndpoint(self._reactor, where, self._allowed.names(where), self._tls)


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Hangs up on headers that do not end: Twisted bounds the length of a line, not their number."""

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
        from twisted.internet import reactor  # installed by now; earlier it would be the wrong one

        super().__init__(crawler)
        self._allowed = Hosts(crawler.settings.getlist("ALLOW_HOSTS"))
        self._pool = GuardedPool(reactor, self._contextFactory, self._allowed)
        self._pool.maxPersistentPerHost = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")

    async def download_request(self, request: Request) -> Response:
        """The response; Refused when the host is not public, behind a proxy as far as the URL shows it."""
        check(target(request.url), self._allowed)
        return await super().download_request(request)

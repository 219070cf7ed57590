"""Only public addresses are connected to, and hosts that are named."""

# ruff: noqa: N802, N803  (names that Twisted gave)

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest
from scrapy.exceptions import IgnoreRequest
from twisted.internet.address import IPv4Address as Found4
from twisted.internet.address import IPv6Address as Found6
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IHostnameResolver
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure
from zope.interface import implementer

from crawler.fetch.guard import GuardedEndpoint, GuardedPool, Refused, target_of
from tracking.hosts import Hosts, target


@implementer(IHostnameResolver)
class Names:
    """A resolver that gives one answer after the other, the last one for ever."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)

    def resolveHostName(self, receiver: Any, hostName: str, portNumber: int = 0, *rest: Any) -> Any:
        receiver.resolutionBegan(self)
        for text in (self._answers.pop(0) if len(self._answers) > 1 else self._answers[-1]).split():
            found = Found6 if ip_address(text).version == 6 else Found4
            receiver.addressResolved(found("TCP", text, portNumber))
        receiver.resolutionComplete()
        return self


def _reactor(*answers: str) -> MemoryReactorClock:
    reactor = MemoryReactorClock()  # type: ignore[no-untyped-call]
    names: Any = Names(*answers)
    reactor.installNameResolver(names)
    return reactor


def _connect(reactor: MemoryReactorClock, *, allowed: bool = False) -> list[Any]:
    """Tries to connect to own.test, waits for every attempt; what came of it."""
    results: list[Any] = []
    endpoint = GuardedEndpoint(reactor, target("http://own.test/"), allowed, None)
    endpoint.connect(Factory.forProtocol(Protocol)).addBoth(results.append)
    reactor.advance(1)
    reactor.advance(1)
    return results


def _reached(reactor: MemoryReactorClock) -> list[str]:
    return [client[0] for client in reactor.tcpClients]


def _error(results: list[Any]) -> BaseException:
    (failure,) = results
    assert isinstance(failure, Failure)
    assert failure.value is not None
    return failure.value


def test_a_public_address_is_connected_to() -> None:
    reactor = _reactor("93.184.216.34")
    _connect(reactor)
    assert _reached(reactor) == ["93.184.216.34"]


def test_of_several_addresses_only_the_public_ones_are_tried() -> None:
    reactor = _reactor("127.0.0.1 93.184.216.34 fe80::1 ::ffff:10.0.0.1 2606:4700::1 10.0.0.1")
    _connect(reactor)
    assert _reached(reactor) == ["93.184.216.34", "2606:4700::1"]


def test_a_host_without_a_public_address_is_refused_and_never_reached() -> None:
    reactor = _reactor("10.0.0.5 ::1")
    error = _error(_connect(reactor))
    assert isinstance(error, Refused)
    assert (error.host, error.address) == ("own.test", "10.0.0.5, ::1")
    assert _reached(reactor) == []


def test_a_name_that_changes_between_look_ups_is_checked_each_time_and_looked_up_once_a_connection() -> None:
    reactor = _reactor("93.184.216.34", "127.0.0.1")
    _connect(reactor)
    assert _reached(reactor) == ["93.184.216.34"]
    assert isinstance(_error(_connect(reactor)), Refused)
    assert _reached(reactor) == ["93.184.216.34"]


def test_a_named_host_is_reached_where_it_is() -> None:
    reactor = _reactor("127.0.0.1")
    _connect(reactor, allowed=True)
    assert _reached(reactor) == ["127.0.0.1"]


def test_a_name_that_nobody_knows_is_no_refusal() -> None:
    assert isinstance(_error(_connect(_reactor(""))), DNSLookupError)


def test_a_connection_that_is_given_up_during_the_look_up_is_not_made_later() -> None:
    held: list[Callable[[], object]] = []

    class Slow(Names):
        def resolveHostName(self, receiver: Any, *args: Any, **kwargs: Any) -> Any:
            held.append(lambda: super(Slow, self).resolveHostName(receiver, *args, **kwargs))

    reactor = _reactor("")
    slow: Any = Slow("93.184.216.34")
    reactor.installNameResolver(slow)
    attempt: Deferred[Any] = GuardedEndpoint(reactor, target("http://own.test/"), False, None).connect(Factory())
    attempt.addErrback(lambda _: None)
    attempt.cancel()
    for answer in held:
        answer()
    assert _reached(reactor) == []


def test_the_pool_lets_only_a_proxy_connection_use_its_own_endpoint() -> None:
    reactor = _reactor("10.0.0.5")
    pool = GuardedPool(reactor, None, Hosts([]))
    proxy = TCP4ClientEndpoint(reactor, "127.0.0.1", 3128)
    pool.getConnection((b"http-proxy", b"127.0.0.1", 3128, None), proxy)
    pool.getConnection((b"https", b"own.test", 443, "127.0.0.1", 3128, None, None), proxy)
    assert _reached(reactor) == ["127.0.0.1", "127.0.0.1"]
    results: list[Any] = []
    pool.getConnection((b"http", b"own.test", 80, None), proxy).addBoth(results.append)
    assert isinstance(_error(results), Refused)
    with pytest.raises(LookupError):
        pool.getConnection((b"socks", b"own.test", 80, None), proxy)
    assert len(_reached(reactor)) == 2


def test_a_request_for_what_is_never_fetched_is_refused_so_that_scrapy_takes_no_notice() -> None:
    for url in ("ftp://a.cn/", "http://127.0.0.1/", "http://localhost/"):
        with pytest.raises(Refused) as refusal:
            target_of(url, Hosts([]))
        assert isinstance(refusal.value, IgnoreRequest)
    assert target_of("http://127.0.0.1/") == target("http://127.0.0.1/")

"""Which hosts may be fetched: checks names, ports and IP addresses, without a DNS look-up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from tracking.errors import PolicywatchError

#: Characters; Scrapy follows no longer URLs.
LONGEST_URL = 2083

# All networks in the IANA special-purpose registries, including the globally reachable ones: no portal is in them.
_SPECIAL_V4 = (
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
    "192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 "
    "198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
)
# Global unicast is 2000::/3; every form that carries an IPv4 address (mapped, compatible, translated, NAT64)
# lies outside it or, as 6to4 and Teredo (in 2001::/23), in a network below. They are refused, not unwrapped: a
# public host has an address of its own.
_UNICAST_V6 = ip_network("2000::/3")
_SPECIAL_V6 = "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3ffe::/16 3fff::/20"
_SPECIAL = tuple(ip_network(row) for row in (*_SPECIAL_V4.split(), *_SPECIAL_V6.split()))

# Strict, so that no two parsers can read a URL differently: no credentials, no backslash, nothing unprintable.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?:[/?#][!-\[\]-~]*)?",
    re.ASCII | re.IGNORECASE,
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class ForbiddenAddress(PolicywatchError, ValueError):
    """An address that is never fetched."""

    def __init__(self, host: str, address: str, reason: str) -> None:
        super().__init__(host, address, reason)
        #: The host, printable; "" when the URL could not be parsed.
        self.host = printable(host)
        #: The IP address, or before a look-up the host or URL, printable.
        self.address = printable(address)
        #: Why it is refused, one phrase.
        self.reason = reason

    def __str__(self) -> str:
        where = self.address if self.host in self.address else f"{self.host} ({self.address})"
        return f"refused {where}: {self.reason}"


class Target(NamedTuple):
    """Scheme, host and port of a URL."""

    #: http or https.
    scheme: str
    #: The host in lower case; an IPv6 address without its brackets.
    host: str
    #: Whether the host is an IP address and not a name.
    literal: bool
    #: The port, 80 or 443 where the URL states none.
    port: int


class Hosts:
    """A set of hosts, from entries `host:port`, or `host` for each of `ports`, or for every port if that is empty.

    ValueError for any other entry.
    """

    def __init__(self, entries: Iterable[str], ports: Iterable[int] = ()) -> None:
        self._entries = frozenset(_entry(entry) for entry in entries)
        self._ports = frozenset(ports)

    def matches(self, target: Target) -> bool:
        """Whether the host and port are in the set."""
        with_default_port = self._has_default_port(target) and (target.host, None) in self._entries
        return with_default_port or (target.host, target.port) in self._entries

    def _has_default_port(self, target: Target) -> bool:
        """Whether entries without a port include the target's port."""
        return not self._ports or target.port in self._ports


class HostPatterns(Hosts):
    """As Hosts, and also with entries `*.site.cn` for every host below site.cn, and `*` for every host.

    For the hosts that a portal states. Hosts that are allowed although they are not public are never patterns.
    """

    def __init__(self, entries: Iterable[str], ports: Iterable[int] = ()) -> None:
        entries = list(entries)
        patterns = [entry for entry in entries if entry.startswith("*.")]
        super().__init__((entry for entry in entries if entry not in {"*", *patterns}), ports)
        self._has_all = "*" in entries
        self._suffixes = tuple(f".{_entry(entry[2:])[0]}" for entry in patterns)

    def matches(self, target: Target) -> bool:
        """Whether the host and port are in the set."""
        by_pattern = self._has_all or (not target.literal and target.host.endswith(self._suffixes))
        return super().matches(target) or (self._has_default_port(target) and by_pattern)


def printable(text: str) -> str:
    """The text with all unprintable characters escaped, safe for terminals and logs."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def is_public(address: str) -> bool:
    """Whether this is an IP address, canonically written, of the public internet."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if parsed.version == 6 and ("%" in address or parsed not in _UNICAST_V6):
        return False
    return not any(parsed in network for network in _SPECIAL)


def target(url: str) -> Target:
    """Scheme, host and port of a URL; ForbiddenAddress when it is not a plain http(s) URL."""
    match = _URL.fullmatch(url)
    if match is None or len(url) > LONGEST_URL:
        raise ForbiddenAddress("", url[:LONGEST_URL], "not a plain http or https address")
    scheme, port = match["scheme"].lower(), match["port"]
    default_port = {"http": 80, "https": 443}[scheme]
    return Target(scheme, *host_of(match["host"].lower()), int(port) if port else default_port)


def check_public(where: Target, allowed: Hosts) -> None:
    """ForbiddenAddress for a host that is not public whatever a DNS look-up says, unless it is in `allowed`."""
    if allowed.matches(where):
        return
    if where.literal and not is_public(where.host):
        raise ForbiddenAddress(where.host, where.host, "not a public address")
    if is_this_machine(where) and not where.literal:
        raise ForbiddenAddress(where.host, where.host, "a name for this machine")


def is_this_machine(where: Target) -> bool:
    """Whether the host is a loopback address or a name that is reserved for one."""
    if where.literal:
        return ip_address(where.host).is_loopback
    name = where.host.rstrip(".")
    return name == "localhost" or name.endswith(".localhost")


def host_of(text: str) -> tuple[str, bool]:
    """A host in lower case as (host, whether it is an IP address); ForbiddenAddress for an unusual spelling of one.

    `text` is an IPv6 address in brackets, an IPv4 address, or a name.
    """
    # In the URL standard a host whose last label is a number is an IPv4 address. Resolvers and proxies also accept
    # 127.1, 0177.0.0.1 and 2130706433; here only the canonical spelling is accepted.
    bare = text.strip("[]")
    if bare == text and not _NUMBER.fullmatch(text.rstrip(".").rsplit(".", 1)[-1]):
        return text, False
    try:
        return str(ip_address(bare)), True
    except ValueError:
        raise ForbiddenAddress(text, text, "an address in an unusual spelling") from None


def _entry(entry: str) -> tuple[str, int | None]:
    """An entry as (host, port); the port is None where the entry states none."""
    match = _URL.fullmatch(f"http://{entry}")
    if match is None or (match["port"] is None and match.end("host") < match.end()):
        raise ValueError(f"not a host or host:port: {entry!r}")
    try:
        host, _ = host_of(match["host"].lower())
    except ForbiddenAddress as error:
        raise ValueError(f"not a host or host:port: {entry!r}") from error
    return host, int(match["port"]) if match["port"] else None

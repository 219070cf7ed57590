"""Which addresses are public, which URLs are plain, and which hosts an entry names."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.hosts import (
    ForbiddenAddress,
    HostPatterns,
    Hosts,
    check_public,
    is_public,
    is_this_machine,
    printable,
    target,
)


def _words(text: str) -> list[str]:
    return text.split()


# The IANA special-purpose address registries, row by row, with what was reserved before or beside them.
IPV4_ROWS = _words("""
    0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.0.0/29 192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32 192.0.2.0/24
    192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.88.99.2/32 192.168.0.0/16 192.175.48.0/24
    198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 255.255.255.255/32
""")
IPV6_ROWS = _words("""
    ::1/128 ::/128 ::/96 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64
    2001::/23 2001::/32 2001:1::1/128 2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48
    2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3ffe::/16 3fff::/20
    5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8 ff02::1/128
""")
# The first addresses beside those rows, and a few that everybody knows.
PUBLIC = _words("""
    1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255
    169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0
    198.17.255.255 198.20.0.0 198.51.99.255 203.0.114.0 223.255.255.255 8.8.8.8 114.114.114.114 223.5.5.5
    2000:: 2001:200:: 2001:4860:4860::8888 2001:db7:: 2003:: 2400:3200::1 2606:4700::1111
    2620:4f:7fff:: 2620:4f:8001:: 3ffd:: 3fff:1000::
""")
PRIVATE_OR_PUBLIC = ("127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "8.8.8.8")
UNUSUAL = """
    localhost 127.1 0177.0.0.1 8.8.8 134744072 0x8.8.8.8 8.8.8.8. [2606::1] 2606:4700::1111%eth0 fe80::1%lo
    8.8.8.8/32 ８.8.8.8
"""
NOT_PLAIN = r"""
    file:///etc/passwd ftp://own.test/ data:text/html,x javascript:x s3://b/k gopher://own.test/
    http:// http:///x http:own.test //own.test/ own.test http://user@own.test/ http://u:p@own.test/
    http://own.test\@evil.test/ http://own.test/\x http:\own.test http://own.test:80:80/ http://own.test:/
    http://[::1 http://::1/ http://own%2etest/ http://[::1%25lo]/ http://公.cn/
"""


@pytest.mark.parametrize("row", IPV4_ROWS + IPV6_ROWS)
def test_no_address_of_a_special_purpose_row_is_public(row: str) -> None:
    network = ip_network(row)
    middle = network[network.num_addresses // 2]
    assert not [str(ip) for ip in (network[0], middle, network[-1]) if is_public(str(ip))]


@pytest.mark.parametrize("address", PUBLIC)
def test_what_lies_beside_the_special_rows_is_public(address: str) -> None:
    assert is_public(address)


def _wrapped(inner: str) -> list[str]:
    value = int(IPv4Address(inner))
    high, low = f"{value >> 16:x}", f"{value & 0xFFFF:x}"
    return [
        f"::ffff:{inner}",  # mapped
        f"::{inner}",  # compatible
        f"::ffff:0:{inner}",  # translated
        f"64:ff9b::{inner}",  # NAT64
        f"64:ff9b:1::{inner}",  # NAT64 in a local network
        f"2002:{high}:{low}::1",  # 6to4
        str(IPv6Address((0x20010000 << 96) | (value ^ 0xFFFFFFFF))),  # Teredo, client
        str(IPv6Address((0x20010000 << 96) | (value << 64))),  # Teredo, server
    ]


@pytest.mark.parametrize("address", [form for inner in PRIVATE_OR_PUBLIC for form in _wrapped(inner)])
def test_an_ipv4_address_inside_an_ipv6_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("text", ["", "8.8.8.8 ", "8.8.8.8\n", *_words(UNUSUAL)])
def test_only_the_canonical_spelling_of_an_address_is_public(text: str) -> None:
    assert not is_public(text)


@given(st.ip_addresses())
def test_nothing_is_public_that_the_standard_library_knows_to_be_private(
    ip: IPv4Address | IPv6Address,
) -> None:
    assert ip.is_global or not is_public(str(ip))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.example.cn", ("http", "www.example.cn", False, 80)),
        ("https://WWW.Example.cn/a?b=c#d", ("https", "www.example.cn", False, 443)),
        ("HTTP://own.test:8080?q", ("http", "own.test", False, 8080)),
        ("http://a_b.test/%5C", ("http", "a_b.test", False, 80)),
        ("http://8.8.8.8/", ("http", "8.8.8.8", True, 80)),
        ("http://[2606:4700:0::1]:81/", ("http", "2606:4700::1", True, 81)),
        ("http://1.example.cn/", ("http", "1.example.cn", False, 80)),
    ],
)
def test_a_plain_url_leads_to_one_host_and_port(url: str, expected: tuple[str, str, bool, int]) -> None:
    assert target(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        *_words(NOT_PLAIN),
        *("http://own.test/\n", "http://own.test/ x", "http://own.test/\x00", "http://own.test/\x1b[2J"),
        *(" http://own.test/", "http://own.test\t/", "http://own.test/" + "x" * 2083),
    ],
)
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        target(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "0177.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "127.0.0.1.",
        "127.0.0.01",
        "1.2.3.4.5",
        "own.0x",
        "256.1.1.1",
        "0",
        "0x",
    ],
)
def test_an_address_in_an_unusual_spelling_is_refused_before_anyone_resolves_it(host: str) -> None:
    with pytest.raises(ForbiddenAddress, match="unusual spelling"):
        target(f"http://{host}/")


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "[::1]", "10.1.2.3", "localhost", "LOCALHOST."])
def test_a_host_that_shows_itself_to_be_private_is_refused_without_a_look_up(host: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_public(target(f"http://{host}/"), Hosts([]))


@pytest.mark.parametrize("host", ["8.8.8.8", "[2606:4700::1]", "www.example.cn", "localhost.example.cn"])
def test_other_hosts_pass_until_they_are_looked_up(host: str) -> None:
    check_public(target(f"http://{host}/"), Hosts([]))


def test_a_named_host_may_be_private_on_every_port_or_on_the_one_that_is_named() -> None:
    allowed = Hosts(["127.0.0.1", "LOCALHOST:8000", "[0:0::1]:8001"])
    for url in ("http://127.0.0.1:1/", "https://127.0.0.1/", "http://localhost:8000/", "http://[::1]:8001/"):
        check_public(target(url), allowed)
    for url in ("http://127.0.0.2/", "http://localhost/", "http://localhost:8001/", "http://[::1]/"):
        with pytest.raises(ForbiddenAddress):
            check_public(target(url), allowed)


def test_a_plain_host_stands_for_the_usual_ports_where_there_are_such() -> None:
    hosts = Hosts(["own.test", "other.test:8080"], ports=(80, 443))
    named = ("http://own.test/", "https://own.test/", "https://own.test:80/", "http://other.test:8080/")
    assert all(hosts.matches(target(url)) for url in named)
    foreign = ("http://own.test:8080/", "http://www.own.test/", "http://own.test./", "http://other.test/")
    assert not any(hosts.matches(target(url)) for url in foreign)


@pytest.mark.parametrize(
    "entry", ["", "http://own.test", "own.test/", "own.test:", "::1", "127.1", "u@own.test", "own test", "*"]
)
def test_a_list_of_hosts_takes_nothing_but_hosts(entry: str) -> None:
    with pytest.raises(ValueError, match="not a host"):
        Hosts([entry])


def test_a_portal_may_name_all_hosts_below_one_and_no_look_alikes() -> None:
    sites = HostPatterns(["*.people.com.cn", "own.test:8080"], ports=(80, 443))
    for url in ("https://finance.people.com.cn/", "http://a.b.people.com.cn/", "http://own.test:8080/"):
        assert sites.matches(target(url)), url
    foreign = ("https://people.com.cn/", "https://evilpeople.com.cn/", "https://people.com.cn.evil.cn/")
    for url in (*foreign, "https://finance.people.com.cn:8080/", "http://own.test/"):
        assert not sites.matches(target(url)), url


def test_every_host_can_be_named_by_a_portal_but_only_on_the_usual_ports() -> None:
    sites = HostPatterns(["*"], ports=(80, 443))
    assert sites.matches(target("https://anything.cn/"))
    assert not sites.matches(target("https://anything.cn:8443/"))


@pytest.mark.parametrize("entry", ["*x.cn", "*.", "**", "*.*.cn", "x.*.cn", "*.x.cn/"])
def test_a_pattern_of_hosts_stands_for_a_whole_name(entry: str) -> None:
    with pytest.raises(ValueError, match="not a host"):
        HostPatterns([entry])


def test_this_machine_has_several_names() -> None:
    for host in ("127.0.0.1", "127.9.9.9", "[::1]", "localhost", "a.localhost", "localhost."):
        assert is_this_machine(target(f"http://{host}/")), host
    for host in ("10.0.0.1", "8.8.8.8", "own.test", "localhost.test", "mylocalhost"):
        assert not is_this_machine(target(f"http://{host}/")), host


def test_a_refusal_says_what_and_why_and_prints_nothing_that_a_terminal_obeys() -> None:
    error = ForbiddenAddress("own\x1b[2J.test", "10.0.0.1", "not a public address")
    assert (error.address, error.reason) == ("10.0.0.1", "not a public address")
    assert str(error) == r"refused own\x1b[2J.test (10.0.0.1): not a public address"
    assert printable("新闻 \u202e\r\n\x9b") == r"新闻 \u202e\r\n\x9b"

"""Real crawls on loopback: what is fetched, what is refused, and that the refused never arrives anywhere."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import brotli
import pytest
import trustme
import zstandard

from tests.crawler.server import Answer, Handler, Site, certificate, page, redirect
from tests.crawler.worker import Job, Outcome, Worker

HERE = [["127.0.0.1"]]
NO_RETRY = {"RETRY_TIMES": 0}


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as worker:
        yield worker


@pytest.fixture
def site() -> Iterator[Site]:
    with Site({"/": page(), "/secret": page("secret")}) as site:
        yield site


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def crawl(worker: Worker, site: Site, *paths: str, hosts: Sequence[str] = (), **job: Any) -> Outcome:
    """Fetches paths of own.test, a portal's host that lives on `site` and that the configuration names."""
    urls = [site.url(path, "own.test") for path in paths]
    rules = {"allow_hosts": [f"own.test:{site.port}"]} | job.pop("rules", {})
    names = {"own.test": HERE} | job.pop("names", {})
    return worker.crawl(Job(urls, [f"own.test:{site.port}", *hosts], rules, names, **job))


def only_error(outcome: Outcome) -> Mapping[str, Any]:
    assert not outcome.pages
    (error,) = outcome.errors.values()
    return error


# --- where requests may go ---


def test_a_portal_fetches_from_its_own_host(worker: Worker, site: Site) -> None:
    outcome = crawl(worker, site, "/")
    assert [page["url"] for page in outcome.pages.values()] == [site.url("/", "own.test")]
    assert site.paths() == ["/"]


def test_a_redirect_to_a_foreign_host_is_refused_after_the_first_hop(worker: Worker, site: Site) -> None:
    with Site({"/secret": page("secret")}) as foreign:
        site.routes["/out"] = redirect(foreign.url("/secret", "foreign.test"))
        names = {"foreign.test": HERE}
        error = only_error(
            crawl(worker, site, "/out", names=names, rules={"allow_hosts": ["own.test", "foreign.test"]})
        )
        assert error["refused"]
        assert error["address"] == foreign.url("/secret", "foreign.test")
        assert site.paths() == ["/out"]
        assert foreign.hits == []


def test_a_redirect_to_an_own_host_on_a_private_address_is_refused_at_the_connection(
    worker: Worker, site: Site
) -> None:
    with Site({"/secret": page("secret")}) as inner:
        site.routes["/out"] = redirect(inner.url("/secret", "inner.test"))
        outcome = crawl(
            worker,
            site,
            "/out",
            hosts=[f"inner.test:{inner.port}"],
            names={"inner.test": [["10.0.0.5", "127.0.0.1"]]},
        )
        error = only_error(outcome)
        assert error["refused"]
        assert (error["host"], error["address"]) == ("inner.test", "10.0.0.5, 127.0.0.1")
        assert site.paths() == ["/out"]
        assert inner.hits == []


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0177.0.0.1", "127.1", "0x7f.1", "127.0.0.1."])
def test_a_redirect_to_this_machine_in_any_spelling_is_refused(worker: Worker, site: Site, host: str) -> None:
    with Site({"/secret": page("secret")}) as inner:
        site.routes["/out"] = redirect(f"http://{host}:{inner.port}/secret")
        hosts = [f"127.0.0.1:{inner.port}"]  # even for a portal that claims the host
        assert only_error(crawl(worker, site, "/out", hosts=hosts))["refused"]
        assert site.paths() == ["/out"]
        assert inner.hits == []


@pytest.mark.parametrize("host", ["LocalHost", "localhost.", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "own.test."])
def test_other_names_of_this_machine_are_refused(worker: Worker, site: Site, host: str) -> None:
    site.routes["/out"] = redirect(f"http://{host}:{site.port}/secret")
    assert only_error(crawl(worker, site, "/out", names={host.strip("[]"): HERE}))["refused"]
    assert site.paths() == ["/out"]


@pytest.mark.parametrize("to", ["http://own.test@foreign.test/", "http://foreign.test\\@own.test/", "//foreign.test/"])
def test_an_address_that_parsers_read_differently_leads_nowhere_else(worker: Worker, site: Site, to: str) -> None:
    site.routes["/out"] = redirect(to)
    assert only_error(crawl(worker, site, "/out", names={"foreign.test": HERE}))["refused"]
    assert site.paths() == ["/out"]


def test_a_redirect_out_of_the_web_is_not_followed(worker: Worker, site: Site, tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("secret")
    targets = [(tmp_path / "secret.html").as_uri(), "ftp://own.test/x", "data:text/html,x", "javascript:x"]
    paths = [f"/{number}" for number in range(len(targets))]
    site.routes |= {path: redirect(to) for path, to in zip(paths, targets, strict=True)}
    outcome = crawl(worker, site, *paths)
    assert not outcome.pages
    assert len(outcome.errors) == len(targets)


@pytest.mark.parametrize("settings", [{}, {"DOWNLOADER_MIDDLEWARES": {}}])
def test_there_is_no_other_scheme_than_http(worker: Worker, settings: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("secret")
    urls = [(tmp_path / "page.html").as_uri(), "data:text/html,x", "ftp://own.test/x", "s3://own.test/x"]
    outcome = worker.crawl(Job(urls, ["own.test"], names={"own.test": HERE}, settings=settings))
    assert not outcome.pages
    assert len(outcome.errors) == len(urls)
    assert outcome.lookups == []


def test_the_connection_is_guarded_even_without_the_middlewares(worker: Worker, site: Site) -> None:
    with Site({"/secret": page("secret")}) as inner:
        site.routes["/out"] = redirect(inner.url("/secret", "inner.test"))
        only = {"scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600}
        settings: dict[str, Any] = {"DOWNLOADER_MIDDLEWARES": only}
        outcome = crawl(worker, site, "/out", names={"inner.test": HERE}, settings=settings)
        assert only_error(outcome)["refused"]
        assert inner.hits == []


def test_a_portal_that_names_no_port_gets_no_other_than_the_usual_ones(worker: Worker, site: Site) -> None:
    job = Job([site.url("/", "own.test")], ["own.test"], {"allow_hosts": ["own.test"]}, {"own.test": HERE})
    assert only_error(worker.crawl(job))["refused"]
    assert site.hits == []


def test_redirects_end_after_five(worker: Worker, site: Site) -> None:
    site.routes |= {f"/{number}": redirect(f"/{number + 1}") for number in range(9)}
    site.routes["/a"] = redirect("/b")
    site.routes["/b"] = page("after one redirect")
    outcome = crawl(worker, site, "/0", "/a")
    assert [error["text"] for error in outcome.errors.values()] == ["max redirections reached"]
    assert [page["url"] for page in outcome.pages.values()] == [site.url("/b", "own.test")]
    assert sorted(site.paths()) == ["/0", "/1", "/2", "/3", "/4", "/5", "/a", "/b"]


def test_a_page_does_not_send_us_on(worker: Worker, site: Site) -> None:
    refresh = b'<html><head><meta http-equiv="refresh" content="0; url=/secret"></head></html>'
    site.routes["/refresh"] = Answer(refresh, headers={"Content-Type": "text/html", "Refresh": "0; url=/secret"})
    assert len(crawl(worker, site, "/refresh").pages) == 1
    assert site.paths() == ["/refresh"]


def test_nothing_listens_while_we_crawl_and_no_cookie_or_referer_is_sent(worker: Worker, site: Site) -> None:
    site.routes["/first"] = Answer(status=302, headers={"Location": "/", "Set-Cookie": "id=1; Domain=own.test"})
    outcome = crawl(worker, site, "/first", rules={"contact": "https://example.org/about"})
    assert [page["listening"] for page in outcome.pages.values()] == [[]]
    for hit in site.hits:
        assert not {"cookie", "referer", "authorization"} & {name.lower() for name in hit.headers}
        assert hit.headers["User-Agent"].startswith("policywatch")
        assert hit.headers["User-Agent"].endswith("(+https://example.org/about)")


# --- robots.txt ---


def test_robots_txt_is_obeyed_unless_the_rules_say_otherwise(worker: Worker, site: Site) -> None:
    site.routes["/robots.txt"] = Answer(b"User-agent: policywatch\nDisallow: /secret\n")
    outcome = crawl(worker, site, "/", "/secret")
    assert [error["text"] for error in outcome.errors.values()] == ["Forbidden by robots.txt"]
    assert site.paths() == ["/"]
    assert (
        len(crawl(worker, site, "/", "/secret", rules={"allow_hosts": ["own.test"], "obey_robots": False}).pages) == 2
    )


@pytest.mark.parametrize(("asked", "apart"), [("Crawl-delay: 0.4\n", 0.4), ("", 0.0)])
def test_the_pause_that_a_robots_txt_asks_for_is_kept(worker: Worker, site: Site, asked: str, apart: float) -> None:
    site.routes["/robots.txt"] = Answer(f"User-agent: *\n{asked}Disallow:\n".encode())
    site.routes |= {f"/{number}": page() for number in range(3)}
    crawl(worker, site, "/0", "/1", "/2")
    at = [hit.at for hit in site.hits if hit.path != "/robots.txt"]
    pauses = [later - earlier for earlier, later in pairwise(at)]
    assert len(pauses) == 2
    assert min(pauses) >= apart * 0.9
    assert apart > 0 or min(pauses) < 0.3


def test_robots_txt_does_not_lead_to_a_private_host(worker: Worker, site: Site) -> None:
    with Site({"/robots.txt": Answer(b"")}) as inner:
        site.routes["/robots.txt"] = redirect(inner.url("/robots.txt", "inner.test"))
        hosts, names = [f"inner.test:{inner.port}"], {"inner.test": HERE}
        assert len(crawl(worker, site, "/", hosts=hosts, names=names).pages) == 1
        assert [hit.path for hit in site.hits] == ["/robots.txt", "/"]
        assert inner.hits == []


def test_a_robots_txt_that_hangs_is_not_waited_for_long(worker: Worker, site: Site) -> None:
    site.routes["/robots.txt"] = lambda _: time.sleep(9)
    outcome = crawl(worker, site, "/", rules={"allow_hosts": ["own.test"], "timeout": 0.4})
    assert len(outcome.pages) == 1
    assert 0.8 <= outcome.seconds < 4
    assert [hit.path for hit in site.hits] == ["/robots.txt", "/robots.txt", "/"]


# --- how much is read ---

BOMB = bytes(100_000_000)


def _bombs() -> dict[str, bytes]:
    squeeze = brotli.Compressor(quality=1)
    packed = {
        "gzip": gzip.compress(BOMB, 1),
        "deflate": zlib.compress(BOMB, 1),
        "br": squeeze.process(BOMB) + squeeze.finish(),
        "zstd": zstandard.compress(BOMB, 1),
    }
    return packed | {"gzip, gzip": gzip.compress(packed["gzip"])}


def test_a_decompression_bomb_is_dropped_at_the_limit_whatever_its_coding(worker: Worker, site: Site) -> None:
    bombs = {f"/{number}": bomb for number, bomb in enumerate(_bombs().items())}
    for path, (coding, body) in bombs.items():
        assert len(body) < 1_000_000
        site.routes[path] = Answer(body, headers={"Content-Encoding": coding, "Content-Type": "text/html"})
    before = crawl(worker, site, "/").peak_bytes
    outcome = crawl(worker, site, *bombs)
    assert not outcome.pages
    assert ["DOWNLOAD_MAXSIZE (10000000 B)" in error["text"] for error in outcome.errors.values()] == [True] * 5
    assert outcome.peak_bytes - before < len(BOMB)


def test_a_compressed_page_within_the_limit_is_read(worker: Worker, site: Site) -> None:
    text = b"<html>" + b"x" * 50_000
    packed = {"gzip": gzip.compress(text), "deflate": zlib.compress(text), "zstd": zstandard.compress(text)}
    for coding, body in (packed | {"br": brotli.compress(text)}).items():
        site.routes[f"/{coding}"] = Answer(body, headers={"Content-Encoding": coding, "Content-Type": "text/html"})
    outcome = crawl(worker, site, "/gzip", "/deflate", "/zstd", "/br")
    assert [page["length"] for page in outcome.pages.values()] == [len(text)] * 4


def test_a_body_in_many_wrappings_is_not_unpacked(worker: Worker, site: Site) -> None:
    site.routes["/onion"] = Answer(b"x", headers={"Content-Encoding": "gzip" + ", gzip" * 500})
    assert "too many times" in only_error(crawl(worker, site, "/onion"))["text"]


def _endless_body(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n")
    while True:
        handler.wfile.write(bytes(100_000))


def _endless_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-More: and more\r\n" * 1000)


def _drip(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.05)


def test_a_body_without_end_is_cut_off_at_the_limit(worker: Worker, site: Site) -> None:
    site.routes |= {"/endless": _endless_body, "/announced": Answer(bytes(20_000))}
    rules = {"allow_hosts": ["own.test"], "max_bytes": 10_000}
    outcome = crawl(worker, site, "/endless", "/announced", rules=rules)
    assert [error["type"] for error in outcome.errors.values()] == ["DownloadCancelledError"] * 2
    assert sorted(site.paths()) == ["/announced", "/endless"]  # and not tried again


def test_headers_without_end_are_cut_off(worker: Worker, site: Site) -> None:
    site.routes["/endless"] = _endless_headers
    before = crawl(worker, site, "/").peak_bytes
    outcome = crawl(worker, site, "/endless", settings=NO_RETRY)
    assert only_error(outcome)["type"] == "DownloadFailedError"
    assert outcome.seconds < 4
    assert outcome.peak_bytes - before < 30_000_000


def test_a_body_that_drips_is_given_up_in_time(worker: Worker, site: Site) -> None:
    site.routes["/drip"] = _drip
    outcome = crawl(worker, site, "/drip", rules={"allow_hosts": ["own.test"], "timeout": 0.5}, settings=NO_RETRY)
    assert only_error(outcome)["type"] == "DownloadTimeoutError"
    assert outcome.seconds < 4


# --- once more ---


def _fails(times: int, headers: Mapping[str, str]) -> Any:
    left = [Answer(status=503, headers=headers)] * times

    def route(handler: Handler) -> None:
        handler.answer(left.pop() if left else page("at last"))

    return route


def test_a_server_that_is_busy_is_asked_twice_more(worker: Worker, site: Site) -> None:
    site.routes |= {"/busy": _fails(2, {}), "/broken": _fails(9, {})}
    outcome = crawl(worker, site, "/busy", "/broken")
    assert len(outcome.pages) == 1
    assert [error["status"] for error in outcome.errors.values()] == [503]
    assert sorted(site.paths()) == ["/broken"] * 3 + ["/busy"] * 3


def test_a_server_that_asks_for_a_pause_gets_it(worker: Worker, site: Site) -> None:
    site.routes["/busy"] = _fails(1, {"Retry-After": "1"})
    outcome = crawl(worker, site, "/busy")
    assert len(outcome.pages) == 1
    assert 1 <= outcome.seconds < 9


def test_a_server_that_asks_for_a_long_pause_is_not_asked_again(worker: Worker, site: Site) -> None:
    site.routes["/busy"] = _fails(1, {"Retry-After": "3600"})
    assert only_error(crawl(worker, site, "/busy"))["status"] == 503
    assert site.paths() == ["/busy"]


def test_a_host_is_asked_no_more_often_than_the_rules_say(worker: Worker, site: Site) -> None:
    crawl(worker, site, "/", "/secret", "/none", rules={"allow_hosts": ["own.test"], "delay": 0.2})
    times = [hit.at for hit in site.hits]
    assert len(times) == 4
    assert min(after - before for before, after in pairwise(times)) > 0.15


# --- proxies and TLS ---


def _behind(proxy: Site, **more: str) -> dict[str, str]:
    address = f"http://127.0.0.1:{proxy.port}"
    return {"http_proxy": address, "https_proxy": address, **more}


def _trusting(authority: trustme.CA, folder: Path) -> dict[str, str]:
    authority.cert_pem.write_to_path(folder / "ca.pem")
    return {"SSL_CERT_FILE": str(folder / "ca.pem")}


def test_a_proxy_of_the_environment_is_used_and_resolves_the_names(worker: Worker) -> None:
    with Site({"own.test/a": page("by proxy")}) as proxy:
        job = Job(["http://own.test/a"], ["own.test"], env=_behind(proxy))
        outcome = worker.crawl(job)
    assert "by proxy" in outcome.pages["http://own.test/a"]["start"]
    assert [hit.path for hit in proxy.hits] == ["/robots.txt", "/a"]
    assert "own.test" not in outcome.lookups


def test_hosts_of_no_proxy_are_reached_directly_and_checked(worker: Worker, site: Site) -> None:
    with Site() as proxy:
        env = _behind(proxy, no_proxy="own.test,inner.test")
        inner = site.url("/secret", "inner.test")
        names = {"own.test": HERE, "inner.test": HERE}
        hosts = [f"own.test:{site.port}", f"inner.test:{site.port}"]
        outcome = worker.crawl(
            Job([site.url("/", "own.test"), inner], hosts, {"allow_hosts": ["own.test"]}, names, env)
        )
    assert list(outcome.pages) == [site.url("/", "own.test")]
    assert outcome.errors[inner]["refused"]
    assert proxy.hits == []


@pytest.mark.parametrize("host", ["10.0.0.5", "127.0.0.1", "[::1]", "localhost", "169.254.169.254"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_private_address_is_not_handed_to_a_proxy(
    worker: Worker, authority: trustme.CA, scheme: str, host: str
) -> None:
    with Site({f"{host}/": page("secret")}, authority=authority) as proxy:
        url = f"{scheme}://{host}/"
        outcome = worker.crawl(Job([url], [host], env=_behind(proxy)))
    assert outcome.errors[url]["refused"]
    assert proxy.hits == []


def test_a_named_host_on_this_machine_is_not_asked_for_at_a_proxy(worker: Worker, site: Site) -> None:
    with Site() as proxy:
        rules = {"allow_hosts": ["127.0.0.1"]}
        outcome = worker.crawl(Job([site.url("/")], [f"127.0.0.1:{site.port}"], rules, env=_behind(proxy)))
    assert len(outcome.pages) == 1
    assert proxy.hits == []


def test_tls_behind_an_intercepting_proxy_is_verified_by_the_named_authority(
    worker: Worker, authority: trustme.CA, tmp_path: Path
) -> None:
    with Site({"own.test/a": page("by tunnel")}, authority=authority) as proxy:
        url = "https://own.test/a"
        env = _behind(proxy, **_trusting(authority, tmp_path))
        trusted = worker.crawl(Job([url], ["own.test"], env=env))
        assert "by tunnel" in trusted.pages[url]["start"]
        assert proxy.paths() == ["own.test:443", "/a"]
        proxy.hits.clear()
        env = _behind(proxy, **_trusting(trustme.CA(), tmp_path))
        distrusted = worker.crawl(Job([url], ["own.test"], {"obey_robots": False}, env=env, settings=NO_RETRY))
        assert "certificate verify failed" in only_error(distrusted)["text"]
        assert proxy.paths() == ["own.test:443"]


@pytest.mark.parametrize(
    ("name", "trusted", "verdict"),
    [
        ("own.test", True, None),
        ("other.test", True, "mismatch"),
        ("own.test", False, "certificate verify failed"),
    ],
)
def test_tls_is_verified_and_so_is_the_name(
    worker: Worker, authority: trustme.CA, tmp_path: Path, name: str, trusted: bool, verdict: str | None
) -> None:
    env = _trusting(authority if trusted else trustme.CA(), tmp_path)
    with Site({"/": page()}, tls=certificate(authority, name)) as secure:
        url = f"https://own.test:{secure.port}/"
        rules = {"allow_hosts": ["own.test"], "obey_robots": False}
        hosts = [f"own.test:{secure.port}"]
        outcome = worker.crawl(Job([url], hosts, rules, {"own.test": HERE}, env, NO_RETRY))
    if verdict is None:
        assert list(outcome.pages) == [url]
    else:
        assert verdict in only_error(outcome)["text"].lower()
        assert secure.hits == []

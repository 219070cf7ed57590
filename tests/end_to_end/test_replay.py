"""A crawl is recorded, and the recording is crawled without any network: the same comes of it, to the byte."""

from __future__ import annotations

import gzip
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.crawler.server import Answer, Handler, Route, redirect
from tests.end_to_end.world import HOST, LIDS, ROLL, DemoArticle, World

RECORDING = "crawl.warc.gz"
CHUNKED = b"HTTP/1.1 200 All Right\r\nx-odd-case: yes\r\nTransfer-Encoding: chunked\r\n\r\n"
# A process that ends at once, with exit code 77, when anything in it uses the network.
OFFLINE = """
import os, sys
network = {"socket." + call for call in "connect sendto sendmsg getaddrinfo gethostbyname".split()}
sys.addaudithook(lambda event, _: event in network and os._exit(77))
from policywatch.cli import main
main()
"""


@dataclass(frozen=True)
class Ended:
    """How a crawl ended, and all that the database holds then."""

    code: int
    out: str
    err: str
    #: As SQL statements.
    database: str

    def reasons(self) -> dict[str, str]:
        """The reason that the crawl gave for each address that failed."""
        return dict(line.removeprefix("sina: ").split(": ", 1) for line in self.err.splitlines())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as it:
        it.publish(*(_piece(number) for number in range(70)))
        yield it


def _piece(number: int) -> DemoArticle:
    return DemoArticle(number, f"数字人民币第{number}条。建好数字贸易港。" if number % 3 else "别的。")


def record(world: World, *arguments: str, name: str = RECORDING) -> Ended:
    return _ended(world, world.run("crawl", "sina", "--record", name, *arguments))


def replay(world: World, *arguments: str, name: str = RECORDING) -> Ended:
    """A crawl of a recording, in a process that ends at once if it uses the network."""
    command = [sys.executable, "-c", OFFLINE, "crawl", "--replay", name, *arguments]
    return _ended(world, _finished(command, world))


def forget(world: World) -> None:
    """Delete the database, so that the next crawl begins with an empty one."""
    for path in world.folder.glob("world.sqlite*"):
        path.unlink()


def _finished(
    command: list[str], world: World, limits: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=world.environment(),
        cwd=world.folder,
        preexec_fn=limits,
        capture_output=True,
        text=True,
        timeout=60,
    )


def _ended(world: World, process: subprocess.CompletedProcess[str]) -> Ended:
    database = sqlite3.connect(world.folder / "world.sqlite")
    dump = "\n".join(database.iterdump())
    database.close()
    return Ended(process.returncode, process.stdout, process.stderr, dump)


# --- a server with all kinds of answers ---


def _answer(route: Route, handler: Handler) -> None:
    if isinstance(route, Answer):
        handler.answer(route)
    else:
        route(handler)


def _jittery(route: Route, chance: random.Random) -> Route:
    def answer(handler: Handler) -> None:
        time.sleep(chance.uniform(0, 0.02))
        _answer(route, handler)

    return answer


def _one_by_one(*routes: Route) -> Route:
    """Each route once, then the last one again and again."""
    numbers = count()
    return lambda handler: _answer(routes[min(next(numbers), len(routes) - 1)], handler)


def _raw(*pieces: bytes) -> Route:
    """These bytes as they are, after which the server closes the connection."""

    def answer(handler: Handler) -> None:
        for piece in pieces:
            handler.wfile.write(piece)
        handler.close_connection = True

    return answer


def _in_chunks(body: bytes) -> list[bytes]:
    pieces = (body[at : at + 100] for at in range(0, len(body), 100))
    return [*(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces), b"0\r\n\r\n"]


def _unusual_routes(world: World) -> dict[int, Route]:
    """How the server answers for some of the articles, by their numbers."""
    pages = {number: piece.html() for number, piece in world.pieces.items()}
    moved = HOST + world.pieces[1].path.replace("/china/", "/world/")
    world.site.routes[moved] = Answer(pages[1])
    cut_off = _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<html>")
    return {
        1: redirect(f"https://{moved}"),
        2: redirect(f"https://{HOST}{world.pieces[20].path}"),
        3: redirect("http://127.0.0.1:9/secret"),
        4: Answer(b"busy", 503),
        5: _one_by_one(Answer(b"busy", 503), Answer(pages[5])),
        6: _one_by_one(_raw(), cut_off, Answer(pages[6])),
        7: _raw(),
        8: cut_off,
        9: Answer(gzip.compress(pages[9], mtime=0), headers={"Content-Encoding": "gzip"}),
        10: _raw(CHUNKED, *_in_chunks(pages[10])),
        11: _raw(b"HTTP/1.0 200 OK\r\n\r\n", pages[11]),
        12: Answer(b"gone", 410),
        13: Answer(b"<html><body>please verify</body></html>"),
        14: Answer(bytes(300_000)),
        15: _one_by_one(Answer(b"slow down", 429, {"Retry-After": "1"}), Answer(pages[15])),
        16: _raw(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", pages[16]),
    }


@pytest.fixture
def eventful(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("POLICYWATCH_CRAWLER__MAX_BYTES", "200000")
    monkeypatch.setenv("POLICYWATCH_CRAWLER__CONCURRENCY", "3")
    world.site.routes |= {HOST + world.pieces[number].path: route for number, route in _unusual_routes(world).items()}
    world.site.routes[f"{HOST}/robots.txt"] = _raw()
    world.site.routes[ROLL.format(lid=LIDS[-1], page=2)] = Answer(b"<html>maintenance</html>")
    chance = random.Random(20261121)  # noqa: S311
    world.site.routes = {path: _jittery(route, chance) for path, route in world.site.routes.items()}
    return world


def test_a_recording_gives_what_the_crawl_gave_to_the_byte(eventful: World) -> None:
    live = record(eventful)
    assert (live.code, len(live.reasons())) == (1, 8)
    eventful.site.__exit__(None, None, None)
    hits = len(eventful.site.hits)
    for _ in range(2):
        forget(eventful)
        assert replay(eventful) == live
    assert len(eventful.site.hits) == hits


def test_what_is_recorded_is_what_came_over_the_wire(eventful: World) -> None:
    record(eventful)
    with (eventful.folder / RECORDING).open("rb") as file:
        assert all(record.raw_stream.read() is not None for record in ArchiveIterator(file, check_digests="raise"))
        file.seek(0)
        records = [
            (record.rec_type, record.rec_headers["WARC-Target-URI"], record.raw_stream.read())
            for record in ArchiveIterator(file, no_record_parse=True)
        ]
    kinds = Counter(kind for kind, *_ in records)
    assert kinds["request"] == kinds["response"] + kinds["metadata"] > 80
    assert kinds["warcinfo"] == 1
    blocks = {url: block for kind, url, block in records if kind == "response"}
    pages = {number: piece.html() for number, piece in eventful.pieces.items()}
    at = {number: f"https://{HOST}{piece.path}" for number, piece in eventful.pieces.items()}
    assert blocks[at[9]].endswith(b"\r\n\r\n" + gzip.compress(pages[9], mtime=0))
    assert blocks[at[10]].startswith(CHUNKED + b"64\r\n")
    assert blocks[at[11]] == b"HTTP/1.0 200 OK\r\n\r\n" + pages[11]
    assert blocks[at[16]].startswith(b"HTTP/1.1 200 OK\r\n")
    assert f"https://{HOST}/robots.txt" not in blocks
    assert f"https://{HOST}/robots.txt" in {url for kind, url, _ in records if kind == "metadata"}


def test_nothing_waits_at_a_replay(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = World.environment
    monkeypatch.setattr(World, "environment", lambda world: usual(world) | {"POLICYWATCH_CRAWLER__DELAY": "0.1"})
    world.pieces = {number: world.pieces[number] for number in range(10)}
    world.publish()
    path = HOST + world.pieces[7].path
    world.site.routes[path] = _one_by_one(Answer(b"slow down", 429, {"Retry-After": "2"}), world.site.routes[path])
    world.site.routes[f"{HOST}/robots.txt"] = Answer(b"User-agent: *\nCrawl-delay: 0.5\n")
    began = time.monotonic()
    live = record(world)
    assert time.monotonic() - began > 7
    forget(world)
    began = time.monotonic()
    assert replay(world) == live
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("pause", ["300", "Fri, 20 Nov 2099 00:00:00 GMT"])
def test_a_host_that_asked_to_be_left_in_peace_is_left_in_peace_again(world: World, pause: str) -> None:
    world.site.routes[HOST + world.pieces[30].path] = Answer(b"no", 429, {"Retry-After": pause})
    live = record(world)
    assert any("asked us to wait" in reason for reason in live.reasons().values())
    forget(world)
    assert replay(world) == live


def test_two_days_are_replayed_one_after_the_other(world: World) -> None:
    record(world, name="monday.warc.gz")
    world.edit(1, text="数字人民币试点扩大到9个区。")
    world.edit(2, quote="(99.99, 9.9, 9.9%)")
    world.edit(4, status=404)
    world.publish(_piece(200))
    live = record(world, "--recheck", "all", name="tuesday.warc.gz")
    assert "If-None-Match" not in {name for hit in world.site.hits for name in hit.headers}
    forget(world)
    replay(world, name="monday.warc.gz")
    assert replay(world, "--recheck", "all", name="tuesday.warc.gz") == live
    # Known articles were fetched again, so the file holds them; only lists were not read on from where they showed
    # nothing new.
    forget(world)
    alone = replay(world, name="tuesday.warc.gz").reasons()
    assert set(alone) == {f"https://{ROLL.format(lid=lid, page=2)}" for lid in LIDS}
    assert set(alone.values()) == {"not in the recording"}
    assert sum(event["kind"] == "article.new" for event in world.new()) == 50


def test_a_recording_that_was_killed_can_be_replayed_as_far_as_it_goes(world: World) -> None:
    world._delay = 0.05
    world.publish()
    process = world.start("crawl", "sina", "--record", RECORDING)
    while len(world.downloads()) < 20:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with (world.folder / RECORDING).open("ab") as file:
        file.write(gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\n")[:-9])
    forget(world)
    done = replay(world)
    note, *reasons = done.err.splitlines()
    assert note.startswith(f"policywatch: {RECORDING}: used up to record ")
    assert done.code == 1
    assert {reason.rsplit(": ", 1)[1] for reason in reasons} == {"not in the recording"}
    assert len(world.new()) >= 15


def test_what_a_crawl_that_was_stopped_did_not_fetch_is_reported(world: World) -> None:
    world._delay = 0.05
    world.publish()
    process = world.start("crawl", "sina", "--record", RECORDING)
    while len(world.downloads()) < 20:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=20)
    assert "interrupted" in out
    recorded_events = world.new()
    forget(world)
    done = replay(world)
    assert set(done.reasons().values()) == {"not in the recording"}
    assert [event | {"at": None} for event in world.new()] == [event | {"at": None} for event in recorded_events]


def test_a_full_disk_ends_the_recording_and_not_the_crawl(world: World) -> None:
    noise = random.Random(1)  # noqa: S311
    for number in range(30, 50):
        world.site.routes[HOST + world.pieces[number].path] = Answer(noise.randbytes(200_000))
    world.run("new")  # makes the database, whose files must stay below the limit
    full = 2_000_000
    command = [sys.executable, "-m", "policywatch", "crawl", "sina", "--record", RECORDING]
    process = _finished(command, world, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (full, full)))
    assert process.stderr.splitlines()[-1] == f"policywatch: {RECORDING}: the recording ends early: File too large"
    assert process.returncode == 1
    assert "50   0" in process.stdout
    size = (world.folder / RECORDING).stat().st_size
    assert full - 300_000 < size < full
    forget(world)
    done = replay(world)
    assert "used up to" not in done.err
    assert "not in the recording" in done.reasons().values()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--record", "here"), "here: exists already and is not overwritten"),
        (("--record", "."), ".: exists already and is not overwritten"),
        (("--record", "nowhere/a.warc.gz"), "nowhere/a.warc.gz: No such file or directory"),
        (("--replay", "missing"), "missing: no such file or directory"),
        (("--replay", "."), ".: is a directory"),
        (("--replay", "here"), "here: no WARC record"),
    ],
)
def test_a_file_that_will_not_do_is_one_line(world: World, arguments: tuple[str, ...], line: str) -> None:
    (world.folder / "here").write_text("precious")
    done = world.run("crawl", "sina", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"policywatch: {line}\n")
    assert (world.folder / "here").read_text() == "precious"
    assert world.site.hits == []


def test_a_crawl_is_not_recorded_and_replayed_at_once(world: World) -> None:
    done = world.run("crawl", "--record", "a", "--replay", "b")
    assert done.returncode == 2
    assert not (world.folder / "a").exists()

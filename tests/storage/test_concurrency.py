"""Many write at once, and no reader ever steps over an event; on both databases."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import insert, make_url, text

from storage import ledger, portals
from storage.database import Database, open_database
from storage.ledger import EventFilter, NewEvent
from storage.portals import Lease
from storage.tables import events
from tests.storage.builders import DAY, entries_of, kinds, see, seen
from tracking.events import PortalGap

ROOT = Path(__file__).parents[2]
WRITERS, ROUNDS = 4, 25

# Between the number that a writer takes and its commit lies the moment in which a reader could be misled.
WRITES = """
import random, sys, time
from storage import ledger
from storage.database import open_database
from storage.ledger import NewEvent
from tests.storage.builders import DAY
from tracking.events import PortalGap

print("ready", flush=True)
sys.stdin.readline()
database = open_database(sys.argv[1])
for number in range(int(sys.argv[3])):
    drafts = [NewEvent(PortalGap(float(number)), sys.argv[2], True)] * (1 + number % 3)
    with database.write() as connection:
        ledger.append(connection, drafts, DAY, None)
        time.sleep(random.random() / 200)
"""

HOLDS = """
import sys, time
from storage import ledger
from storage.database import open_database
from storage.ledger import NewEvent
from tests.storage.builders import DAY
from tracking.events import PortalGap
with open_database(sys.argv[1]).write() as connection:
    ledger.append(connection, [NewEvent(PortalGap(1.0), "dying", True)] * 3, DAY, None)
    print("holding", flush=True)
    time.sleep(60)
"""


@dataclass
class Poller:
    """A reader that looks again and again, and moves on to what it saw last: what `policywatch new` does."""

    database: Database
    seqs: list[int] = field(default_factory=list)

    def look(self) -> None:
        after = self.seqs[-1] if self.seqs else 0
        with self.database.read() as connection:
            found = list(
                ledger.entries(connection, EventFilter(include_untracked=True), after, ledger.newest(connection))
            )
        assert all(entry.seq > after for entry in found)
        self.seqs += [entry.seq for entry in found]

    def look_while(self, goes_on: Callable[[], bool]) -> None:
        while goes_on():
            self.look()
        self.look()


def append(database: Database, portal: str, count: int) -> None:
    with database.write() as connection:
        ledger.append(connection, [NewEvent(PortalGap(1.0), portal, True)] * count, DAY, None)
        time.sleep(0.002)


def python(program: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def wary(address: str) -> Iterator[Database]:
    """A database whose server gives every transaction one snapshot, unless it is told otherwise."""
    if address.startswith("postgresql"):
        opened = open_database(address)
        with opened.engine.begin() as connection:
            name = make_url(address).database
            connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'"))
        opened.close()
    opened = open_database(address)
    yield opened
    opened.close()


def test_processes_that_write_at_once_never_hide_an_event_from_a_reader(database: Database, address: str) -> None:
    processes = [python(WRITES, address, f"writer {number}", str(ROUNDS)) for number in range(WRITERS)]
    assert [line_of(process) for process in processes] == ["ready"] * WRITERS
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    reader = Poller(database)
    reader.look_while(lambda: any(process.poll() is None for process in processes))
    assert [process.wait() for process in processes] == [0] * WRITERS
    everything = entries_of(database)
    assert reader.seqs == [entry.seq for entry in everything] == list(range(1, len(everything) + 1))
    assert len(everything) == WRITERS * sum(1 + number % 3 for number in range(ROUNDS))
    for writer in {entry.portal for entry in everything}:
        numbers = [entry.payload.hours for entry in everything if entry.portal == writer]
        assert numbers == sorted(numbers)


def test_threads_that_write_at_once_never_hide_an_event_from_a_reader(wary: Database) -> None:
    reader = Poller(wary)
    with ThreadPoolExecutor(WRITERS) as pool:
        writes = [pool.submit(append, wary, f"writer {n % WRITERS}", 1 + n % 3) for n in range(WRITERS * ROUNDS)]
        reader.look_while(lambda: not all(write.done() for write in writes))
    assert [write.exception() for write in writes] == [None] * len(writes)
    assert reader.seqs == list(range(1, sum(1 + n % 3 for n in range(WRITERS * ROUNDS)) + 1))


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_two_who_number_events_without_the_writers_lock_would_hide_one(database: Database) -> None:
    """The proof that the tests above can fail: the lower number commits last."""
    row = {"kind": "portal.gap", "at": DAY, "portal": "sina", "tracked": True}
    reader = Poller(database)
    with database.engine.begin() as late:
        late.execute(insert(events).values(row | {"seq": 1}))
        with database.engine.begin() as early:
            early.execute(insert(events).values(row | {"seq": 2}))
        reader.look()
    reader.look()
    assert reader.seqs == [2]
    assert len(entries_of(database)) == 2


def test_a_writer_that_is_killed_leaves_no_gap_and_holds_nobody_up(database: Database, address: str) -> None:
    append(database, "before", 2)
    process = python(HOLDS, address)
    assert line_of(process) == "holding"
    with ThreadPoolExecutor(1) as pool:
        write = pool.submit(append, database, "after", 2)
        done, _ = wait([write], timeout=0.3)
        assert not done
        process.kill()
        process.communicate()
        write.result(timeout=30)
    assert [(entry.seq, entry.portal) for entry in entries_of(database)] == [
        (1, "before"),
        (2, "before"),
        (3, "after"),
        (4, "after"),
    ]


def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    append(database, "sina", 1)
    with database.write() as connection:
        ledger.append(connection, [NewEvent(PortalGap(1.0), "sina", True)], DAY, None)
        reader = Poller(database)
        reader.look()
        assert reader.seqs == [1]
    reader.look()
    assert reader.seqs == [1, 2]


def test_an_article_that_many_see_at_once_is_new_once(database: Database) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        tallies = list(pool.map(lambda _: see(database, seen("a1"), seen("a2")), range(WRITERS * 3)))
    assert sum(tally.new for tally in tallies) == 2
    assert kinds(database) == ["article.new", "mention.new"] * 2


def test_of_many_who_want_a_portal_at_once_one_gets_it(database: Database) -> None:
    def take(holder: str) -> bool:
        with database.write() as connection:
            return portals.take_lease(connection, Lease("sina", holder, DAY), DAY.replace(year=2025), _lives) is None

    with ThreadPoolExecutor(WRITERS) as pool:
        assert sum(pool.map(take, "abcdefghijkl")) == 1


def test_a_reader_that_moves_from_many_places_ends_where_the_farthest_was(database: Database) -> None:
    def move(seq: int) -> None:
        with database.write() as connection:
            ledger.move(connection, "default", seq, DAY)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(move, [3, 9, 1, 12, 7, 5]))
    with database.read() as connection:
        assert ledger.position(connection, "default") == 12


def _lives(_holder: str) -> bool:
    return False

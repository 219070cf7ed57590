"""One crawl of a portal at a time: who holds a lease, whether that process lives, and who may take it over."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from policywatch.app import leases
from storage import portals
from storage.database import Database

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
HOLDER_OF_A_CHILD = "from policywatch.app.leases import new_holder; print(new_holder(), flush=True); input()"


def taken(database: Database, holder: str, at: datetime = NOW) -> portals.Lease | None:
    """What taking sina's lease answers: None when it is the holder's now."""
    with database.write() as connection:
        return portals.take_lease(connection, leases.lease("sina", holder, at), at, leases.is_dead)


@pytest.fixture
def child() -> subprocess.Popen[str]:
    """A process that has told its holder name on its first line, and waits."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER_OF_A_CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def holder_of(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def buried(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.communicate()


def test_a_living_process_is_not_dead_and_a_killed_one_is(child: subprocess.Popen[str]) -> None:
    holder = holder_of(child)
    assert not leases.is_dead(holder)
    buried(child)
    assert leases.is_dead(holder)


def test_a_killed_process_that_its_parent_has_not_noticed_is_dead(child: subprocess.Popen[str]) -> None:
    holder = holder_of(child)
    child.send_signal(signal.SIGKILL)
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    dead = leases.is_dead(holder)
    buried(child)
    assert dead


def test_another_process_with_the_same_number_is_not_the_holder() -> None:
    ours = leases.new_holder()
    earlier = re.sub(r":(\d+):(?=[0-9a-f]{8}$)", lambda found: f":{int(found[1]) - 100}:", ours)
    assert not leases.is_dead(ours)
    assert leases.is_dead(earlier)


@pytest.mark.parametrize("holder", ["elsewhere:1:1:0123abcd", "", "someone", "elsewhere:1"])
def test_of_a_process_that_cannot_be_looked_at_nothing_is_said(holder: str) -> None:
    assert not leases.is_dead(holder)


@pytest.mark.skipif(not psutil.LINUX, reason="the clock is read from /proc")
def test_a_living_process_is_not_dead_after_the_clock_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, boot_time = leases.new_holder(), psutil.boot_time()
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: boot_time + 1)
    assert not leases.is_dead(ours)


def test_each_lease_of_a_process_has_a_holder_of_its_own() -> None:
    assert leases.new_holder() != leases.new_holder()


def test_a_lease_is_renewed_several_times_before_it_runs_out() -> None:
    lasts = leases.lease("sina", "anyone", NOW).until - NOW
    assert lasts > 3 * timedelta(seconds=leases.RENEW_EVERY)


def test_while_a_portal_is_crawled_nobody_else_gets_its_lease(database: Database) -> None:
    first, second = leases.new_holder(), leases.new_holder()
    assert taken(database, first) is None
    standing = taken(database, second)
    assert standing is not None
    assert standing.holder == first


def test_the_lease_of_a_dead_process_is_taken_over_at_once(database: Database, child: subprocess.Popen[str]) -> None:
    crashed = holder_of(child)
    assert taken(database, crashed) is None
    assert taken(database, leases.new_holder()) is not None
    buried(child)
    assert taken(database, leases.new_holder()) is None


def test_the_lease_of_another_machine_is_taken_over_when_it_has_run_out(database: Database) -> None:
    elsewhere = "elsewhere:1:1:0123abcd"
    until = leases.lease("sina", elsewhere, NOW).until
    assert taken(database, elsewhere) is None
    assert taken(database, leases.new_holder(), until - timedelta(seconds=1)) is not None
    assert taken(database, leases.new_holder(), until) is None


def test_only_its_holder_can_renew_or_give_back_a_lease(database: Database) -> None:
    ours, other = leases.new_holder(), leases.new_holder()
    taken(database, ours)
    later = NOW + timedelta(minutes=1)
    with database.write() as connection:
        assert not portals.renew_lease(connection, leases.lease("sina", other, later))
        portals.release_lease(connection, "sina", other)
        assert portals.renew_lease(connection, leases.lease("sina", ours, later))
        portals.release_lease(connection, "sina", ours)
    assert taken(database, other) is None


def test_of_many_who_want_a_lease_at_once_one_gets_it(database: Database) -> None:
    holders = [leases.new_holder() for _ in range(6)]
    with ThreadPoolExecutor(len(holders)) as pool:
        answers = list(pool.map(lambda holder: taken(database, holder), holders))
    assert answers.count(None) == 1

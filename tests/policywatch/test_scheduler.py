"""The background service as processes: signals, crashes, and `python scheduler.py`."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import portals
from storage.database import open_database
from tests.policywatch.service_builders import POLITE, ROOT, STUBBORN, Crawls, reached, states

WHOLE = """
import asyncio, sys
from policywatch.service.log_lines import log_to_stderr
from policywatch.service.schedule import Schedule, pace
from policywatch.service.start import until_signalled
from policywatch.service.supervisor import Limits, Service
from storage.database import open_database
address, grace, *command = sys.argv[1:]
log_to_stderr()
schedule = Schedule(open_database(address), {"sina": pace(60, 0)})
service = Service(schedule, Limits(2, 60, float(grace)), lambda portal: [*command, portal])
sys.exit(asyncio.run(until_signalled(service)))
"""
# A crawl as the database sees it, that only sleeps.
CRAWL = """
import os, sys, time
from datetime import UTC, datetime
from policywatch.app import leases
from storage import portals, runs
from storage.database import open_database
database, now, portal = open_database(sys.argv[1]), datetime.now(UTC), sys.argv[2]
with database.write() as connection:
    lease = leases.lease(portal, leases.new_holder(), now)
    assert portals.take_lease(connection, lease, now, leases.is_dead) is None
    runs.start_portal(connection, runs.start(connection, "crawl", now), portal, now)
print("pid", os.getpid(), flush=True)
time.sleep(60)
"""


def started(address: str, grace: float, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WHOLE, address, str(grace), *command], stderr=subprocess.PIPE, text=True, cwd=ROOT
    )


def line_with(process: subprocess.Popen[str], words: str) -> str:
    """The next line of its log that has those words."""
    assert process.stderr is not None
    read = []
    for line in process.stderr:
        read.append(line)
        if words in line:
            return line
    raise AssertionError(f"no line with {words!r} in {read}")


def test_after_a_crash_the_crawl_is_repeated_at_once(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/crash.sqlite"
    crashed = started(address, 5, sys.executable, "-c", CRAWL, address)
    child = int(line_with(crashed, "sina: pid").split()[-1])
    for pid in (crashed.pid, child):
        os.kill(pid, signal.SIGKILL)
    crashed.communicate()
    restarted = started(address, 5, sys.executable, "-c", CRAWL, address)
    line_with(restarted, "sina: its last crawl was interrupted and is repeated")
    line_with(restarted, "sina: pid")
    restarted.terminate()
    restarted.communicate()
    assert restarted.returncode == 0
    database = open_database(address)
    assert states(database) == [("interrupted", "interrupted")] * 2
    database.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_the_service_and_its_crawls(tmp_path: Path, number: signal.Signals) -> None:
    crawls = Crawls(tmp_path / "notes", POLITE)
    process = started(f"sqlite:///{tmp_path}/signals.sqlite", 10, *crawls.fixed)
    asyncio.run(reached(lambda: crawls.noted() == ["sina begins"]))
    process.send_signal(number)
    _, log = process.communicate(timeout=10)
    assert (process.returncode, crawls.noted()) == (0, ["sina begins", "sina stops"]), log
    assert "Traceback" not in log


def test_a_service_under_nohup_outlives_its_terminal(tmp_path: Path) -> None:
    crawls = Crawls(tmp_path / "notes", POLITE)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    process = started(f"sqlite:///{tmp_path}/signals.sqlite", 10, *crawls.fixed)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    asyncio.run(reached(lambda: crawls.noted() == ["sina begins"]))
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.3)
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode == 0


def test_a_second_signal_ends_everything_at_once(tmp_path: Path) -> None:
    crawls = Crawls(tmp_path / "notes", STUBBORN + "; note('ends')")
    process = started(f"sqlite:///{tmp_path}/signals.sqlite", 50, *crawls.fixed)
    asyncio.run(reached(lambda: crawls.noted() == ["sina begins"]))
    for _ in range(2):
        process.terminate()
        line_with(process, "stopp")
    _, log = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "Traceback" not in log


def scheduler(folder: Path, **variables: str) -> subprocess.Popen[str]:
    """`python scheduler.py`, started in another folder."""
    environment = {**os.environ, **{f"POLICYWATCH_{name}": value for name, value in variables.items()}}
    return subprocess.Popen(
        [sys.executable, str(ROOT / "scheduler.py")], env=environment, cwd=folder, stderr=subprocess.PIPE, text=True
    )


def test_a_portal_in_the_settings_that_does_not_exist_is_wrong_use(tmp_path: Path) -> None:
    process = scheduler(tmp_path, SERVICE__PORTALS="snia")
    _, log = process.communicate()
    assert process.returncode == 2
    assert re.fullmatch(r"policywatch: service.portals: there is no portal snia; there are .*sina.*\n", log)


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_it_tells_its_portals_and_its_database_without_the_password(address: str, tmp_path: Path) -> None:
    database = open_database(address)
    with database.write() as connection:
        portals.set_due(connection, "sina", datetime.now(UTC) + timedelta(minutes=20))
    database.close()
    secret = address.replace("postgres:@", "postgres:secret@")
    process = scheduler(tmp_path, DATABASE_URL=secret, SERVICE__PORTALS="sina", SERVICE__INTERVALS="sina=45")
    told = line_with(process, "database")
    process.terminate()
    process.communicate()
    assert process.returncode == 0
    assert "sina every 45 min ± 5" in told
    assert ":***@" in told
    assert "secret" not in told


def test_loading_the_scheduler_does_nothing_and_the_service_needs_no_scrapy() -> None:
    code = "import sys, scheduler; early = {'policywatch', 'apscheduler', 'storage'} & {*sys.modules};"
    code += "import policywatch.service.supervisor; print(early, 'scrapy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == "set() False\n"

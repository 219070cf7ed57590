"""Names for the holders of leases, and whether the process that holds one still runs."""

from __future__ import annotations

import os
import platform
import re
from datetime import datetime, timedelta
from uuid import uuid4

import psutil

from storage.portals import Lease

# How long a lease lasts without being renewed. When a machine crashes, others can take over after this time.
_LIFETIME = timedelta(minutes=2)
#: Seconds between two renewals: several fit into the lifetime of a lease, so that a failed one does no harm.
RENEW_EVERY = 30.0

# Characters of the name of a machine in a holder, which has to fit into its column in the database.
_LONGEST_HOST = 64
_HOLDER = re.compile(r"(?P<host>.+):(?P<pid>\d+):(?P<started>\d+):[0-9a-f]{8}")


def new_holder() -> str:
    """A new name for this process as the holder of one lease: host, process id, start time, and a random number."""
    return f"{_host()}:{os.getpid()}:{_started(os.getpid())}:{uuid4().hex[:8]}"


def lease(portal: str, holder: str, at: datetime) -> Lease:
    """The lease of a portal that is taken or renewed at `at` (aware UTC)."""
    return Lease(portal, holder, at + _LIFETIME)


def is_dead(holder: str) -> bool:
    """Whether the holder is a process of this machine that has ended.

    False for holders on other machines: whether those still run can only be seen when their lease ends.
    """
    found = _HOLDER.fullmatch(holder)
    if found is None or found["host"] != _host():
        return False
    try:
        return _started(int(found["pid"])) != int(found["started"])
    except psutil.NoSuchProcess:
        return True


def _host() -> str:
    return platform.node()[:_LONGEST_HOST]


def _started(pid: int) -> int:
    """When a process started, in hundredths of a second since this machine did.

    NoSuchProcess when it has ended, even if its parent has not waited for it yet.
    """
    process = psutil.Process(pid)
    if process.status() == psutil.STATUS_ZOMBIE:
        raise psutil.NoSuchProcess(pid)
    # Setting the clock changes both times alike, so their difference stays the same.
    return round((process.create_time() - psutil.boot_time()) * 100)

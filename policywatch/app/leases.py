"""Who holds a lease, and whether that process still lives."""

from __future__ import annotations

import os
import platform
import re
from datetime import datetime, timedelta
from uuid import uuid4

import psutil

from storage.portals import Lease

# How long a lease lasts without being renewed: the time after which others take over from a machine that crashed.
_LIFETIME = timedelta(minutes=2)
#: Seconds between two renewals: several fit into the life of a lease, so that one may fail.
RENEW_EVERY = 30.0

# Characters of a machine's name; the database has room for a holder of this length.
_LONGEST_HOST = 64
_HOLDER = re.compile(r"(?P<host>.+):(?P<pid>\d+):(?P<started>\d+):[0-9a-f]{8}")


def new_holder() -> str:
    """A name for this process as the holder of one lease: host, process, when it started, and a number of its own."""
    return f"{_host()}:{os.getpid()}:{_started(os.getpid())}:{uuid4().hex[:8]}"


def lease(portal: str, holder: str, at: datetime) -> Lease:
    """The lease of a portal that is taken or renewed at `at` (aware UTC)."""
    return Lease(portal, holder, at + _LIFETIME)


def is_dead(holder: str) -> bool:
    """Whether the holder is a process of this machine that has ended.

    False for holders on other machines: of those only the end of their lease tells.
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

    NoSuchProcess when it has ended, even if its parent has not taken note of that yet.
    """
    process = psutil.Process(pid)
    if process.status() == psutil.STATUS_ZOMBIE:
        raise psutil.NoSuchProcess(pid)
    # Both times move when the clock is set; the difference does not.
    return round((process.create_time() - psutil.boot_time()) * 100)

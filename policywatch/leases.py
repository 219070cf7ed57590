"""Who holds a lease, and whether that process still lives."""

from __future__ import annotations

import os
import platform
import re
from datetime import datetime, timedelta
from uuid import uuid4

import psutil

from storage.portals import Lease

_LASTS = timedelta(minutes=2)
# Seconds between two renewals: several fit into the life of a lease, so that one may fail.
RENEW_EVERY = 30.0

_HOLDER = re.compile(r"(?P<host>.+):(?P<pid>\d+):(?P<started>\d+):[0-9a-f]{8}")


def new_holder() -> str:
    """A name for this process as the holder of one lease: host, process, when it started, and a number of its own."""
    return f"{platform.node()[:64]}:{os.getpid()}:{_started(os.getpid())}:{uuid4().hex[:8]}"


def lease(portal: str, holder: str, at: datetime) -> Lease:
    """The lease of a portal from `at` on."""
    return Lease(portal, holder, at + _LASTS)


def is_dead(holder: str) -> bool:
    """Whether the holder is a process of this machine that is no more; of other machines only time can tell."""
    found = _HOLDER.fullmatch(holder)
    if found is None or found["host"] != platform.node()[:64]:
        return False
    try:
        return _started(int(found["pid"])) != int(found["started"])
    except psutil.NoSuchProcess:
        return True


def _started(pid: int) -> int:
    """When a process started, in hundredths of a second; NoSuchProcess for one that is dead, though not yet buried."""
    process = psutil.Process(pid)
    if process.status() == psutil.STATUS_ZOMBIE:
        raise psutil.NoSuchProcess(pid)
    # Both move when the clock is set; what is between them does not.
    return round((process.create_time() - psutil.boot_time()) * 100)

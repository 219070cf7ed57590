"""The log of the service: where it goes, and how paces and the ends of crawls are put into words."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from policywatch.service.schedule import Pace

#: The log of the service alone.
log = logging.getLogger("policywatch.service")

# Portals that are named in one line of the log; more are counted.
_MOST_NAMED = 4
_SECONDS_PER_MINUTE = 60


def log_to_stderr() -> None:
    """Send the lines of the service to stderr, with local times, and the errors of libraries."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    logging.basicConfig(level=logging.ERROR, handlers=[handler])
    log.setLevel(logging.INFO)


def ending(code: int) -> str:
    """How a crawl ended, in words; a code below 0 is the signal that ended it."""
    words = {0: "done", 1: "done with failures (exit code 1)", 2: "refused (exit code 2)"}
    return words.get(code, f"ended by signal {-code}" if code < 0 else f"failed (exit code {code})")


def paces_line(paces: Mapping[str, Pace]) -> str:
    """The portals by their pace: a few by name, many by their number."""
    alike: dict[Pace, list[str]] = {}
    for portal, pace in paces.items():
        alike.setdefault(pace, []).append(portal)
    return ", ".join(f"{_named(portals)} every {_minutes(pace)}" for pace, portals in alike.items())


def _named(portals: list[str]) -> str:
    return " ".join(portals) if len(portals) <= _MOST_NAMED else f"{len(portals)} portals"


def _minutes(pace: Pace) -> str:
    interval, jitter = (each.total_seconds() / _SECONDS_PER_MINUTE for each in (pace.interval, pace.jitter))
    return f"{interval:g} min ± {jitter:g}"

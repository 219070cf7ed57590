"""The log of the service: where it is written, and the words for paces and exit codes."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from policywatch.service.schedule import Pace

#: The logger of the service.
log = logging.getLogger("policywatch.service")

# Portals that one line of the log names at most; when there are more, it says how many.
_MOST_NAMED = 4
_SECONDS_PER_MINUTE = 60


def log_to_stderr() -> None:
    """Write the log of the service, and errors of libraries, to stderr with local times."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    logging.basicConfig(level=logging.ERROR, handlers=[handler])
    log.setLevel(logging.INFO)


def ending(code: int) -> str:
    """How a crawl ended, in words; a code below 0 is the signal that ended it."""
    words = {0: "done", 1: "done with failures (exit code 1)", 2: "refused (exit code 2)"}
    return words.get(code, f"ended by signal {-code}" if code < 0 else f"failed (exit code {code})")


def paces_line(paces: Mapping[str, Pace]) -> str:
    """One line with the pace of all portals; portals with the same pace are named together, or counted."""
    alike: dict[Pace, list[str]] = {}
    for portal, pace in paces.items():
        alike.setdefault(pace, []).append(portal)
    return ", ".join(f"{_named(portals)} every {_minutes(pace)}" for pace, portals in alike.items())


def _named(portals: list[str]) -> str:
    return " ".join(portals) if len(portals) <= _MOST_NAMED else f"{len(portals)} portals"


def _minutes(pace: Pace) -> str:
    interval, jitter = (each.total_seconds() / _SECONDS_PER_MINUTE for each in (pace.interval, pace.jitter))
    return f"{interval:g} min ± {jitter:g}"

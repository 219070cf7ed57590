"""Crawls for tests, in a process of their own because a reactor runs only once: a Job in, an Outcome out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
# What the surrounding machine says about proxies and certificates is no part of a test.
_AMBIENT = ("http_proxy", "https_proxy", "no_proxy", "all_proxy", "ssl_cert_file", "ssl_cert_dir")


@dataclass(frozen=True)
class Job:
    """One crawl. `names` is the DNS: the answers to the first, second … look-up of a host; the last stays."""

    urls: Sequence[str]
    hosts: Sequence[str]
    rules: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What came of a crawl: `pages` and `errors` by the address that was asked for, and the look-ups made."""

    pages: Mapping[str, Mapping[str, Any]]
    errors: Mapping[str, Mapping[str, Any]]
    lookups: Sequence[str]
    seconds: float
    peak_bytes: int


class Worker(AbstractContextManager["Worker"]):
    """The process, from outside; it starts within a second and then crawls one job after the other."""

    def __enter__(self) -> Worker:
        clean = {name: value for name, value in os.environ.items() if name.lower() not in _AMBIENT}
        self._process = subprocess.Popen(
            [sys.executable, str(_HERE / "probe.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=clean | {"PYTHONPATH": str(_ROOT)},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def crawl(self, job: Job) -> Outcome:
        """What came of this crawl."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(vars(job)) + "\n")
        self._process.stdin.flush()
        return Outcome(**json.loads(self._process.stdout.readline()))

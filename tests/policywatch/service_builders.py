"""Crawls that only take notes, and what the tests of the service ask of the database."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from storage.database import Database
from storage.tables import portal_runs, runs

ROOT = Path(__file__).resolve().parents[2]

NOTES = """
import os, signal, sys, time
notes, portal = sys.argv[1:]
def note(word):
    with open(notes, "a") as file:
        file.write(f"{portal} {word}\\n")
"""


@dataclass(frozen=True)
class Crawls:
    """Crawls that are a few lines of Python, and what they noted."""

    notes: Path
    code: str

    @property
    def fixed(self) -> list[str]:
        return python(NOTES + self.code, str(self.notes))

    def command(self, portal: str) -> list[str]:
        return [*self.fixed, portal]

    def times(self, portal: str) -> int:
        """How often a portal was crawled by crawls that note it once."""
        return self.noted().count(f"{portal} crawled")

    def noted(self) -> list[str]:
        return self.notes.read_text("utf-8").splitlines() if self.notes.exists() else []


QUICK = "note('crawled')"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN); note('begins'); time.sleep(60)"
POLITE = "signal.signal(signal.SIGTERM, lambda *_: (note('stops'), sys.exit(1))); note('begins'); time.sleep(60)"


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-S", "-c", code, *arguments]


async def reached(condition: Callable[[], bool], within: float = 20) -> None:
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.02)


def states(database: Database) -> list[tuple[str, str]]:
    """How each crawl of a portal stands, and the run that it belongs to."""
    query = select(portal_runs.c.state, runs.c.state).join_from(portal_runs, runs)
    with database.read() as connection:
        return [(portal, run) for portal, run in connection.execute(query.order_by(runs.c.id))]

"""Today's rules over the bytes that were kept: what they read differently becomes a technical version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crawler.portal import Portal
from crawler.reading import Rereader
from storage import runs
from storage.database import Database
from storage.technical import Renewal, Renewed, keys_after, renew
from tracking.programmes import Matcher

# Articles in one transaction: others who write wait for so many pages to be read.
_BATCH = 50


@dataclass(slots=True)
class Report:
    """What became of the articles of one portal; `unreadable` are the keys of those that today's rules cannot read."""

    portal: str
    changed: int = 0
    same: int = 0
    unreadable: list[str] = field(default_factory=list)

    def add(self, renewed: Renewed) -> None:
        """Count one more batch."""
        self.changed += len(renewed.changed)
        self.same += len(renewed.same)
        self.unreadable += renewed.unreadable


@dataclass(frozen=True, slots=True)
class Reextraction:
    """Reads what is kept again; each batch is a transaction, so that it can be cut off and repeated."""

    database: Database
    portals: Mapping[str, type[Portal]]
    matcher: Matcher
    clock: Callable[[], datetime]

    def run(self, names: list[str]) -> list[Report]:
        """Read the articles of these portals again."""
        with self.database.write() as connection:
            run = runs.start(connection, "reextract", self.clock())
        renewal = Renewal(run, self.clock(), self.matcher, Rereader(self.portals))
        reports = [self._portal(name, renewal) for name in names]
        with self.database.write() as connection:
            runs.finish(connection, run, runs.DONE, self.clock())
        return reports

    def _portal(self, name: str, renewal: Renewal) -> Report:
        report, last = Report(name), ""
        while True:
            with self.database.write() as connection:
                keys = keys_after(connection, name, last, _BATCH)
                report.add(renew(connection, name, keys, renewal))
            if not keys:
                return report
            last = max(keys)

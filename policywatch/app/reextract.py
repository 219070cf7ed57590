"""Today's rules over the bytes that are stored: what they extract differently becomes a technical version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portals.assembly import Reextractor
from portals.portal import Portal
from storage import runs
from storage.database import Database
from storage.technical import Renewal, Renewed, keys_after, renew
from tracking.outcome import DONE
from tracking.programmes import Matcher

# Articles in one transaction: others who write wait while so many pages are read.
_BATCH = 50


@dataclass(slots=True)
class ReextractionReport:
    """What became of the articles of one portal."""

    #: The name of the portal.
    portal: str
    #: How many have a technical version now.
    changed: int = 0
    #: How many are extracted as before.
    same: int = 0
    #: The keys of those that today's rules cannot read; they stay as they are.
    unreadable: list[str] = field(default_factory=list)

    def add(self, renewed: Renewed) -> None:
        """Count one more batch."""
        self.changed += len(renewed.changed)
        self.same += len(renewed.same)
        self.unreadable += renewed.unreadable


@dataclass(frozen=True, slots=True)
class Reextraction:
    """Extracts stored articles again; each batch is a transaction, so that it can be interrupted and repeated."""

    database: Database
    #: The portals whose rules are applied, by name.
    portals: Mapping[str, Portal]
    matcher: Matcher
    #: Gives the present, aware UTC.
    clock: Callable[[], datetime]

    def run(self, names: list[str]) -> list[ReextractionReport]:
        """Extract the articles of these portals again; a report of each portal, in the same order."""
        with self.database.write() as connection:
            run = runs.start(connection, "reextract", self.clock())
        renewal = Renewal(run, self.clock(), self.matcher, Reextractor(self.portals))
        reports = [self._portal(name, renewal) for name in names]
        with self.database.write() as connection:
            runs.finish(connection, run, DONE, self.clock())
        return reports

    def _portal(self, name: str, renewal: Renewal) -> ReextractionReport:
        report, last = ReextractionReport(name), ""
        while True:
            with self.database.write() as connection:
                keys = keys_after(connection, name, last, _BATCH)
                report.add(renew(connection, name, keys, renewal))
            if not keys:
                return report
            last = max(keys)

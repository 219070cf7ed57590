"""Extracts stored articles again by the current rules; what differs becomes a technical version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portals.assembly import Reextractor
from portals.portal import Portal
from storage import runs
from storage.database import Database
from storage.technical import ReextractContext, ReextractResult, keys_after, reextract
from tracking.outcome import DONE
from tracking.programmes import Matcher

# Articles in one transaction: other writers have to wait while they are extracted.
_BATCH = 50


@dataclass(slots=True)
class ReextractionReport:
    """The result of re-extraction for one portal."""

    #: The name of the portal.
    portal: str
    #: How many articles have a new technical version.
    changed: int = 0
    #: How many articles are extracted as before.
    same: int = 0
    #: The keys of those that the current rules cannot read; they are left unchanged.
    unreadable: list[str] = field(default_factory=list)

    def add(self, renewed: ReextractResult) -> None:
        """Count one more batch."""
        self.changed += len(renewed.changed)
        self.same += len(renewed.same)
        self.unreadable += renewed.unreadable


@dataclass(frozen=True, slots=True)
class Reextraction:
    """Extracts stored articles again; each batch is a transaction, so that it can be interrupted and repeated."""

    #: Where the articles are stored.
    database: Database
    #: The portals whose rules are applied, by name.
    portals: Mapping[str, Portal]
    #: Finds the tracked programmes in a text.
    matcher: Matcher
    #: Gives the present, aware UTC.
    clock: Callable[[], datetime]

    def run(self, names: list[str]) -> list[ReextractionReport]:
        """Extract the articles of these portals again; a report of each portal, in the same order."""
        with self.database.write() as connection:
            run = runs.start(connection, "reextract", self.clock())
        reextract_context = ReextractContext(run, self.clock(), self.matcher, Reextractor(self.portals))
        reports = [self._portal(name, reextract_context) for name in names]
        with self.database.write() as connection:
            runs.finish(connection, run, DONE, self.clock())
        return reports

    def _portal(self, name: str, reextract_context: ReextractContext) -> ReextractionReport:
        report, last = ReextractionReport(name), ""
        while True:
            with self.database.write() as connection:
                keys = keys_after(connection, name, last, _BATCH)
                report.add(reextract(connection, name, keys, reextract_context))
            if not keys:
                return report
            last = max(keys)

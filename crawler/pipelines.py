"""Hands what a crawl saw to the database, a batch in one transaction."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from scrapy.crawler import Crawler

from crawler.reasons import one_line
from storage.archive import Circumstances, record
from storage.database import Database, DatabaseProblem
from tracking.article import Article
from tracking.changes import Patience
from tracking.programmes import Matcher
from tracking.sightings import Failed, Kept, Sighting, Tally, Trouble

# A batch is written when it is full, or this long (in seconds) after the last one: what a crash can cost.
_BATCH = 50
_PATIENCE = 3.0


@dataclass(slots=True)
class Archivist:
    """Collects what one crawl of one portal sees and writes it in batches."""

    database: Database
    run: int
    matcher: Matcher
    clock: Callable[[], datetime]
    patience: Patience
    read_again: Callable[[Kept], Article | None]
    on_failure: Callable[[str], None]
    on_progress: Callable[[Tally], None]
    seconds: Callable[[], float] = time.monotonic
    tally: Tally = field(default_factory=Tally)
    troubles: Counter[Trouble] = field(default_factory=Counter)
    _problem: str = ""
    _batch: list[Sighting] = field(default_factory=list)
    _written: float = field(init=False)

    def __post_init__(self) -> None:
        self._written = self.seconds()

    def put(self, sighting: Sighting) -> None:
        """Take one sighting; it is kept at the latest with the next flush."""
        if isinstance(sighting, Failed):
            self.troubles[sighting.trouble] += 1
            self.on_failure(sighting.reason)
        self._batch.append(sighting)
        if len(self._batch) >= _BATCH or self.seconds() - self._written > _PATIENCE:
            self.flush()

    def flush(self) -> None:
        """Write what was taken; of a batch that the database refuses, only the articles that it refuses are lost."""
        batch, self._batch = self._batch, []
        if batch and not self._recorded(batch):
            for sighting in batch:
                if not self._recorded([sighting]):
                    self._refused(sighting)
        self._written = self.seconds()

    def _recorded(self, batch: list[Sighting]) -> bool:
        under = Circumstances(self.run, self.clock(), self.matcher, self.patience, self.read_again)
        try:
            with self.database.write() as connection:
                tally = record(connection, batch, under)
        except (DatabaseProblem, ValueError) as error:
            self._problem = one_line(str(error))
            return False
        self.tally.add(tally)
        self.on_progress(self.tally)
        return True

    def _refused(self, sighting: Sighting) -> None:
        self.tally.failed += 1
        self.on_failure(f"{sighting.portal} {sighting.key}: not stored: {self._problem}")


class ArchivePipeline:
    """The item pipeline: every sighting that a portal yields goes to the archivist of its crawl."""

    def __init__(self, put: Callable[[Sighting], None]) -> None:
        self._put = put

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchivePipeline:
        return cls(crawler.settings["POLICYWATCH_PUT"])

    def process_item(self, item: Sighting) -> Sighting:
        self._put(item)
        return item

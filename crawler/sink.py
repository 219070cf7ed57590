"""Writes the observations of a crawl into the database, each batch in one transaction."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from storage.database import Database, DatabaseProblem
from storage.recorder import RecordContext, record
from tracking.article import Article
from tracking.observation import Failed, FailureKind, Observation, StoredCaptures, Tally
from tracking.programmes import Matcher
from tracking.text import one_line
from tracking.withdrawal import WithdrawalPolicy

# A batch is written when it has so many observations, or so many seconds after the batch before it. A crash loses at
# most one batch.
_FULL_BATCH, _WRITE_EVERY_SECONDS = 50, 3.0


@dataclass(slots=True)
class BatchWriter:
    """Collects the observations of one crawl of one portal, and writes them in batches."""

    #: Where they are written.
    database: Database
    #: The id of the run.
    run: int
    #: Finds the tracked programmes in a text.
    matcher: Matcher
    #: Gives the present, aware UTC.
    clock: Callable[[], datetime]
    #: When a page that is not found counts as taken down.
    withdrawal: WithdrawalPolicy
    #: Extracts an article from its stored bytes by the current rules; returns None when they cannot read the bytes.
    reextract: Callable[[StoredCaptures], Article | None]
    #: Called with the reason, one line, when an article cannot be read or stored.
    on_failure: Callable[[str], None]
    #: Called after each batch with the tally of all batches so far.
    on_progress: Callable[[Tally], None]
    #: A monotonic clock in seconds, for the time between two batches.
    seconds: Callable[[], float] = time.monotonic
    #: How many articles had which result so far.
    tally: Tally = field(default_factory=Tally)
    #: How often articles could not be read, by the kind of failure.
    failure_kinds: Counter[FailureKind] = field(default_factory=Counter)
    _problem: str = ""
    _batch: list[Observation] = field(default_factory=list)
    _written_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._written_at = self.seconds()

    def put(self, observation: Observation) -> None:
        """Add one observation; it is written now or with a later batch, at the latest by `flush`."""
        if isinstance(observation, Failed):
            self.failure_kinds[observation.failure_kind] += 1
            self.on_failure(observation.reason)
        self._batch.append(observation)
        if len(self._batch) >= _FULL_BATCH or self.seconds() - self._written_at > _WRITE_EVERY_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what was added; when a batch cannot be written, each of its observations is written by itself."""
        batch, self._batch = self._batch, []
        if batch and not self._recorded(batch):
            for observation in batch:
                if not self._recorded([observation]):
                    self._refused(observation)
        self._written_at = self.seconds()

    def _recorded(self, batch: list[Observation]) -> bool:
        context = RecordContext(self.run, self.clock(), self.matcher, self.withdrawal, self.reextract)
        try:
            with self.database.write() as connection:
                tally = record(connection, batch, context)
        except (DatabaseProblem, ValueError) as error:
            self._problem = one_line(str(error))
            return False
        self.tally.add(tally)
        self.on_progress(self.tally)
        return True

    def _refused(self, observation: Observation) -> None:
        self.tally.failed += 1
        self.on_failure(f"{observation.portal} {observation.key}: not stored: {self._problem}")

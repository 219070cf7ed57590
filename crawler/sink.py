"""Hands what a crawl saw to the database, a batch in one transaction."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from storage.database import Database, DatabaseProblem
from storage.recorder import RecordContext, record
from tracking.article import Article
from tracking.observation import Failed, FailureKind, StoredCaptures, Observation, Tally
from tracking.programmes import Matcher
from tracking.text import one_line
from tracking.withdrawal import WithdrawalPolicy

# A batch is written when it has so many observations, or so many seconds after the one before: what a crash costs.
_FULL_BATCH, _WRITE_EVERY_SECONDS = 50, 3.0


@dataclass(slots=True)
class BatchWriter:
    """Collects what one crawl of one portal sees and writes it in batches."""

    database: Database
    #: The id of the run.
    run: int
    matcher: Matcher
    clock: Callable[[], datetime]
    withdrawal: WithdrawalPolicy
    #: What today's rules read in stored bytes; None when they cannot.
    reextract: Callable[[StoredCaptures], Article | None]
    #: Takes why an article could not be read or stored, one line.
    on_failure: Callable[[str], None]
    #: Takes what was written so far, after each batch.
    on_progress: Callable[[Tally], None]
    #: A clock in seconds that only measures time.
    seconds: Callable[[], float] = time.monotonic
    #: What was written so far.
    tally: Tally = field(default_factory=Tally)
    #: How often articles could not be read, by the kind of failure.
    failure_kinds: Counter[FailureKind] = field(default_factory=Counter)
    _problem: str = ""
    _batch: list[Observation] = field(default_factory=list)
    _written_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._written_at = self.seconds()

    def put(self, observation: Observation) -> None:
        """Take one observation; it is stored at the latest with the next flush."""
        if isinstance(observation, Failed):
            self.failure_kinds[observation.failure_kind] += 1
            self.on_failure(observation.reason)
        self._batch.append(observation)
        if len(self._batch) >= _FULL_BATCH or self.seconds() - self._written_at > _WRITE_EVERY_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what was taken; of a batch that the database refuses, only the articles that it refuses are lost."""
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

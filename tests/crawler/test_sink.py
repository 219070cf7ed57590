"""The batch writer: when it writes, and what a refusal of the database costs; on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.sink import BatchWriter
from storage import runs
from storage.articles import all_articles
from storage.database import Database
from tests.storage.builders import DAY, article
from tracking.observation import Failed, FailureKind, Seen, Tally
from tracking.programmes import Matcher
from tracking.withdrawal import WithdrawalPolicy


class Clock:
    """Seconds that only move when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def failures() -> list[str]:
    return []


@pytest.fixture
def writer(database: Database, clock: Clock, failures: list[str]) -> BatchWriter:
    with database.write() as connection:
        run = runs.start(connection, "crawl", DAY)
    return BatchWriter(
        database=database,
        run=run,
        matcher=Matcher(()),
        clock=lambda: DAY,
        withdrawal=WithdrawalPolicy(),
        reextract=lambda kept: None,
        on_failure=failures.append,
        on_progress=lambda tally: None,
        seconds=clock,
    )


def stored(database: Database) -> list[str]:
    with database.read() as connection:
        return [kept.article.key for kept in all_articles(connection)]


def test_a_batch_is_written_when_it_is_full(writer: BatchWriter, database: Database) -> None:
    for number in range(49):
        writer.put(Seen(article(f"k{number}")))
    assert stored(database) == []
    writer.put(Seen(article("last")))
    assert len(stored(database)) == 50
    assert writer.tally == Tally(new=50)


def test_what_was_taken_is_written_after_a_while_and_at_the_end(
    writer: BatchWriter, database: Database, clock: Clock
) -> None:
    writer.put(Seen(article("a")))
    clock.now = 3.5
    writer.put(Seen(article("b")))
    assert stored(database) == ["a", "b"]
    writer.put(Seen(article("c")))
    writer.flush()
    assert stored(database) == ["a", "b", "c"]


def test_a_failure_is_told_at_once_and_counted_by_its_kind(writer: BatchWriter, failures: list[str]) -> None:
    writer.put(Failed("sina", "a", "https://a.cn/", "https://a.cn/: HTTP 503", FailureKind.UNREACHABLE))
    assert failures == ["https://a.cn/: HTTP 503"]
    assert writer.failure_kinds == {FailureKind.UNREACHABLE: 1}


def test_of_a_batch_that_the_database_refuses_only_the_refused_articles_are_lost(
    writer: BatchWriter, database: Database, failures: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from crawler import sink

    record = sink.record

    def picky(connection: Any, batch: Any, context: Any) -> Tally:
        if any(observation.key == "bad" for observation in batch):
            raise ValueError("a value that no database takes")
        return record(connection, batch, context)

    monkeypatch.setattr(sink, "record", picky)
    for key in ("a", "bad", "c"):
        writer.put(Seen(article(key)))
    writer.flush()
    assert stored(database) == ["a", "c"]
    assert failures == ["sina bad: not stored: a value that no database takes"]
    assert writer.tally == Tally(new=2, failed=1)

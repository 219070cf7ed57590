"""The append-only list of events and its readers; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import ledger, runs
from storage.database import Database
from storage.ledger import EventFilter, NewEvent
from storage.recorder import RecordContext, record
from tests.storage.builders import DAY, MATCHER, entries_of, see, seen
from tracking.events import Entry, MentionNew, PortalGap
from tracking.observation import FailureKind

HOUR = timedelta(hours=1)


def append(database: Database, *drafts: NewEvent) -> None:
    with database.write() as connection:
        ledger.append(connection, drafts, DAY, None)


def gap(portal: str = "sina", *, tracked: bool = True, hours: float = 1.0) -> NewEvent:
    return NewEvent(PortalGap(hours), portal, tracked)


def seqs(database: Database, after: int = 0, **wanted: object) -> list[int]:
    return [entry.seq for entry in entries_of(database, after, **wanted)]


def place(database: Database, reader: str) -> int:
    with database.read() as connection:
        return ledger.position(connection, reader)


def move(database: Database, reader: str, seq: int) -> None:
    with database.write() as connection:
        ledger.move(connection, reader, seq, DAY)


def test_an_empty_ledger_has_nothing_to_tell(database: Database) -> None:
    with database.read() as connection:
        assert ledger.newest(connection) == 0
    append(database)
    assert entries_of(database) == []


def test_events_are_numbered_from_one_without_a_gap_over_all_transactions(database: Database) -> None:
    append(database, gap(), gap())
    append(database, gap("cs"))
    append(database, gap(), gap(), gap())
    assert seqs(database) == [1, 2, 3, 4, 5, 6]


def test_a_transaction_that_fails_uses_up_no_number(database: Database) -> None:
    def fails() -> None:
        with database.write() as connection:
            ledger.append(connection, [gap(), gap()], DAY, None)
            raise RuntimeError

    append(database, gap())
    with pytest.raises(RuntimeError):
        fails()
    append(database, gap("cs"))
    assert [(entry.seq, entry.portal) for entry in entries_of(database)] == [(1, "sina"), (2, "cs")]


def test_an_event_of_a_portal_is_told_with_what_it_has_and_without_an_article(database: Database) -> None:
    payload = PortalGap(2.5, "“原因” <b>&\n", FailureKind.LAYOUT)
    append(database, NewEvent(payload, "sina", tracked=True))
    assert entries_of(database) == [Entry(1, payload, DAY, None, "sina")]


def test_an_event_of_an_article_is_told_with_its_article_its_version_and_its_programme(database: Database) -> None:
    with database.write() as connection:
        ledger.name_programmes(connection, {"digital-yuan": "数字人民币"})
        run = runs.start(connection, "crawl", DAY)
        record(connection, [seen()], RecordContext(run, DAY, MATCHER))
    assert entries_of(database)[1] == Entry(
        seq=2,
        payload=MentionNew("digital-yuan", "数字人民币试点扩大到5个区。"),
        at=DAY,
        run=run,
        portal="sina",
        article=1,
        key="a1",
        version=1,
        url="https://finance.sina.com.cn/doc-ia1.shtml",
        title="试点扩大",
        published_at=DAY - 2 * HOUR,
        programme_name="数字人民币",
    )


def test_an_event_keeps_the_title_of_its_own_version(database: Database) -> None:
    see(database, seen(title="旧题"))
    see(database, seen(title="新题"), at=DAY + HOUR)
    assert [(entry.version, entry.title) for entry in entries_of(database)] == [(1, "旧题"), (1, "旧题"), (2, "新题")]


def test_a_programme_that_is_renamed_is_told_by_its_new_name(database: Database) -> None:
    see(database, seen())
    for names in ({"digital-yuan": "旧名"}, {"digital-yuan": "新名", "port": "港"}, {}):
        with database.write() as connection:
            ledger.name_programmes(connection, names)
    assert [entry.programme_name for entry in entries_of(database)] == [None, "新名"]


def test_every_filter_gives_exactly_what_it_names(database: Database) -> None:
    with database.write() as connection:
        first, second = (runs.start(connection, "crawl", DAY) for _ in range(2))
        record(connection, [seen("a1"), seen("a2", "别的消息。")], RecordContext(first, DAY, MATCHER))  # 1 2 3
        edited = seen("a1", "建好数字贸易港。")
        record(connection, [edited], RecordContext(second, DAY + HOUR, MATCHER))  # 4 5 6
        ledger.append(connection, [gap("cs")], DAY + 2 * HOUR, second)  # 7
        ledger.append(connection, [gap("cs", tracked=False)], DAY + 3 * HOUR, None)  # 8
    assert seqs(database) == [1, 2, 3, 4, 5, 6, 7, 8]
    untracked = {entry.seq for entry in entries_of(database)} - set(seqs(database, include_untracked=False))
    assert {entry.key for entry in entries_of(database) if entry.seq in untracked} == {"a2", None}
    assert seqs(database, run=first) == [1, 2, 3]
    assert seqs(database, run=second) == [4, 5, 6, 7]
    assert seqs(database, run=999) == []
    assert seqs(database, since=DAY + HOUR) == [4, 5, 6, 7, 8]
    assert seqs(database, since=DAY + timedelta(days=9)) == []
    assert seqs(database, portal="cs") == [7, 8]
    assert seqs(database, portal="sina", kind="article.edited") == [4]
    assert seqs(database, after=5, portal="sina") == [6]
    assert seqs(database, kind="portal.gap", include_untracked=False) == [7]


def test_a_programme_is_told_its_own_events_and_the_articles_that_mention_it_then(database: Database) -> None:
    see(database, seen("a1"), seen("a2", "建好数字贸易港。"))
    see(database, seen("a1", "建好数字贸易港。"), at=DAY + HOUR)
    see(database, seen("a1", "别的消息。"), at=DAY + 2 * HOUR)

    def of(programme: str) -> list[tuple[str, str | None]]:
        return [(entry.kind.value, entry.key) for entry in entries_of(database, programme=programme)]

    assert of("digital-yuan") == [("article.new", "a1"), ("mention.new", "a1"), ("mention.dropped", "a1")]
    assert of("digital-port") == [
        ("article.new", "a2"),
        ("mention.new", "a2"),
        ("article.edited", "a1"),
        ("mention.new", "a1"),
        ("mention.dropped", "a1"),
    ]
    assert of("no-such-programme") == []


def test_a_thousand_events_come_whole_and_in_order_over_the_borders_of_pages(database: Database) -> None:
    append(database, *(gap(tracked=number % 2 == 0, hours=float(number)) for number in range(1, 1502)))
    every = entries_of(database)
    assert [entry.seq for entry in every] == list(range(1, 1502))
    assert [entry.payload for entry in every] == [PortalGap(float(number)) for number in range(1, 1502)]
    assert seqs(database, after=500) == list(range(501, 1502))
    assert seqs(database, include_untracked=False) == list(range(2, 1502, 2))
    with database.read() as connection:
        for up_to in (0, 1, 499, 500, 501, 1000, 1501, 9999):
            found = ledger.entries(connection, EventFilter(include_untracked=True), 0, up_to)
            assert sum(1 for _ in found) == min(up_to, 1501)


def test_a_reader_who_stops_half_way_gets_what_was_asked_for_only(database: Database) -> None:
    append(database, *(gap() for _ in range(600)))
    with database.read() as connection:
        found = ledger.entries(connection, EventFilter(include_untracked=True), 0, 600)
        assert [next(found).seq for _ in range(3)] == [1, 2, 3]


def test_each_reader_has_a_place_of_its_own(database: Database) -> None:
    append(database, *(gap() for _ in range(5)))
    assert place(database, "default") == 0
    move(database, "default", 3)
    move(database, "老王", 5)
    assert [place(database, reader) for reader in ("default", "老王", "nobody")] == [3, 5, 0]
    assert seqs(database, after=place(database, "default")) == [4, 5]
    assert seqs(database, after=place(database, "老王")) == []


def test_a_reader_never_moves_backwards(database: Database) -> None:
    append(database, *(gap() for _ in range(5)))
    for seq in (4, 2, 4, 0):
        move(database, "default", seq)
        assert place(database, "default") == 4
    move(database, "default", 5)
    assert place(database, "default") == 5


def test_looking_moves_nobody(database: Database) -> None:
    append(database, gap(), gap())
    assert seqs(database) == seqs(database) == [1, 2]
    assert place(database, "default") == 0

"""A batch of articles that were read: each row, version, capture and event belongs to its own; on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Table, select

from storage import articles as stored_articles
from storage import tables, versions
from storage.database import Database
from storage.ledger import NewEvent
from storage.rows import ArticleRecord, Provenance
from tests.storage.builders import DAY, MATCHER, seen
from tracking.changes import decide
from tracking.events import ArticleEdited, ArticleNew, ArticleRestored, MentionDropped, MentionNew
from tracking.observation import Seen

HOUR = timedelta(hours=1)
PLAIN = "别的消息。"


def write(database: Database, *read: Seen, at: datetime = DAY, tracked: Sequence[str] | None = None) -> list[NewEvent]:
    """Store what was read, as one batch, and give the events of it."""
    with database.write() as connection:
        known = stored_articles.known(connection, "sina", [each.key for each in read])
        records = []
        for each in read:
            change = decide(known.get(each.key), each.article.content)
            mentions = MATCHER.mentions(each.article.content) if change and change.new_version else ()
            records.append(ArticleRecord(each, known.get(each.key), change, mentions))
        keys = MATCHER.keys if tracked is None else frozenset(tracked)
        return versions.write(connection, records, Provenance(None, at), keys)


def rows(database: Database, table: Table) -> list[Row[Any]]:
    with database.read() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def set_columns(database: Database, changes: dict[str, dict[str, Any]]) -> None:
    """Set columns of articles by their keys."""
    ids = {row.key: row.id for row in rows(database, tables.articles)}
    with database.write() as connection:
        versions.update_articles(connection, {ids[key]: values for key, values in changes.items()})


def told(events: Sequence[NewEvent], database: Database) -> list[tuple[str, str]]:
    """The key of its article, and the kind, of each event."""
    keys = {row.id: row.key for row in rows(database, tables.articles)}
    return [(keys[event.article_id or 0], str(event.payload.kind)) for event in events]


def test_events_come_in_the_order_of_the_batch_whatever_happened_to_each(database: Database) -> None:
    assert write(database) == []
    write(database, seen("old", title="一"), seen("same", PLAIN, title="二"))
    events = write(
        database,
        seen("new-1", "建好数字贸易港。", title="三"),
        seen("old", "建好数字贸易港。", title="一"),
        seen("same", PLAIN, title="二"),
        seen("new-2", PLAIN, title="四"),
        at=DAY + HOUR,
    )
    assert told(events, database) == [
        ("new-1", "article.new"),
        ("new-1", "mention.new"),
        ("old", "article.edited"),
        ("old", "mention.new"),
        ("old", "mention.dropped"),
        ("new-2", "article.new"),
    ]


def test_each_version_has_its_own_text_bytes_and_mentions(database: Database) -> None:
    batch = [seen(f"a{number}", f"数字人民币第{number}篇。", title=f"第{number}篇") for number in range(30)]
    events = write(database, *batch)
    keys = {row.id: row.key for row in rows(database, tables.articles)}
    of_version = {row.id: keys[row.article_id] for row in rows(database, tables.versions)}
    for row in rows(database, tables.versions):
        assert row.title == f"第{keys[row.article_id][1:]}篇"
    for capture in rows(database, tables.captures):
        assert capture.url.endswith(f"doc-i{of_version[capture.version_id]}.shtml")
    for mention in rows(database, tables.mentions):
        assert mention.sentence == f"数字人民币第{of_version[mention.version_id][1:]}篇。"
    assert [of_version[event.version_id or 0] for event in events] == [keys[event.article_id or 0] for event in events]
    assert len(of_version) == len(rows(database, tables.captures)) == len(rows(database, tables.mentions)) == 30


def test_an_edit_says_what_stood_there_before_and_others_say_nothing(database: Database) -> None:
    assert [event.payload for event in write(database, seen("a1", PLAIN))] == [ArticleNew()]
    (edited,) = write(database, seen("a1", "别的新闻。"), at=DAY + HOUR)
    assert edited.payload == ArticleEdited(((PLAIN, "别的新闻。"),))
    set_columns(database, {"a1": {"state": "withdrawn"}})
    (restored,) = write(database, seen("a1", "别的新闻。"), at=DAY + 2 * HOUR)
    assert restored.payload == ArticleRestored()
    (row,) = rows(database, tables.articles)
    assert (row.state, row.version, row.changed_at) == ("live", 2, DAY + 2 * HOUR)
    assert len(rows(database, tables.versions)) == 2
    assert restored.version_id == edited.version_id


def test_an_event_concerns_a_tracked_programme_when_it_stands_there_or_stood_there(database: Database) -> None:
    assert [event.tracked for event in write(database, seen("a1"), seen("a2", PLAIN, title="二"))] == [
        True,
        True,
        False,
    ]
    left = write(database, seen("a1", PLAIN), at=DAY + HOUR)
    assert [(type(event.payload), event.tracked) for event in left] == [(ArticleEdited, True), (MentionDropped, True)]
    (again,) = write(database, seen("a1", "别的新闻。"), at=DAY + 2 * HOUR)
    assert not again.tracked


def test_a_programme_that_is_no_longer_tracked_does_not_leave(database: Database) -> None:
    write(database, seen("a1"))
    events = write(database, seen("a1", "建好数字贸易港。"), at=DAY + HOUR, tracked=["digital-port"])
    assert [type(event.payload) for event in events] == [ArticleEdited, MentionNew]


def test_reading_the_same_again_moves_only_when_it_was_looked_at(database: Database) -> None:
    write(database, seen("a1"))
    set_columns(database, {"a1": {"missing_since": DAY, "missing_checks": 2}})
    assert write(database, seen("a1"), at=DAY + HOUR) == []
    (row,) = rows(database, tables.articles)
    assert (row.checked_at, row.changed_at, row.version) == (DAY + HOUR, DAY, 1)
    assert (row.missing_since, row.missing_checks, row.tracked) == (None, 0, True)


def test_columns_are_set_for_each_article_apart_and_for_no_other(database: Database) -> None:
    write(database, *(seen(key, PLAIN, title=key) for key in ("a1", "a2", "a3")))
    set_columns(database, {})
    set_columns(
        database, {"a1": {"missing_checks": 1, "state": "withdrawn"}, "a3": {"missing_checks": 3, "state": "live"}}
    )
    found = {row.key: (row.missing_checks, row.state) for row in rows(database, tables.articles)}
    assert found == {"a1": (1, "withdrawn"), "a2": (0, "live"), "a3": (3, "live")}

"""Writes articles that were read: their rows, their versions with captures and mentions, and the events that follow.

All rows of one table are written with one statement, so that a batch costs a few statements in total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from storage import articles as stored_articles
from storage.ledger import NewEvent
from storage.rows import (
    ArticleRecord,
    Provenance,
    capture_row,
    mention_row,
    new_version_columns,
    read_columns,
    version_row,
)
from storage.tables import articles, captures, mentions, versions
from tracking.article import Content
from tracking.changes import LIVE, Change, events_of
from tracking.differences import Difference, differences
from tracking.events import Kind
from tracking.mentions import MentionChange


def write(
    connection: Connection, records: Sequence[ArticleRecord], provenance: Provenance, tracked: frozenset[str]
) -> list[NewEvent]:
    """Store articles that were read, and return the events that follow, in the order of `records`.

    `tracked` holds the keys of the programmes that are tracked today. The events are not written yet.
    """
    _insert_articles(connection, [record for record in records if record.known is None], provenance)
    _update_articles(connection, [record for record in records if record.known is not None], provenance)
    previous_versions = [record.known.version_id for record in records if record.known and record.has_new_version]
    contents = stored_articles.contents(connection, previous_versions)
    _insert_versions(connection, [record for record in records if record.has_new_version], provenance)
    return [
        event for record in records if record.change for event in _new_events(record, record.change, contents, tracked)
    ]


def update_articles(connection: Connection, rows: Mapping[int, dict[str, Any]]) -> None:
    """Set columns of articles, by article id; all rows have the same columns."""
    for first in list(rows.values())[:1]:
        columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in first}
        values = [{"article": id_} | {f"new_{name}": value for name, value in row.items()} for id_, row in rows.items()]
        connection.execute(update(articles).where(articles.c.id == bindparam("article")).values(columns), values)


def _insert_articles(connection: Connection, records: Sequence[ArticleRecord], provenance: Provenance) -> None:
    """Insert the rows of new articles, and set their ids in `records`."""
    if not records:
        return
    rows = [
        new_version_columns(record, provenance.at)
        | {"portal": record.seen.portal, "key": record.seen.key, "first_seen_at": provenance.at}
        for record in records
    ]
    query = insert(articles).returning(articles.c.id, sort_by_parameter_order=True)
    for record, id_ in zip(records, connection.execute(query, rows).scalars(), strict=True):
        record.article_id = id_


def _update_articles(connection: Connection, records: Sequence[ArticleRecord], provenance: Provenance) -> None:
    """Update the rows of articles that are stored already, whether or not they changed."""
    edited: dict[int, dict[str, Any]] = {}
    restored: dict[int, dict[str, Any]] = {}
    same: dict[int, dict[str, Any]] = {}
    for record in records:
        assert record.known is not None  # noqa: S101  (for the type checker)
        id_, record.article_id, record.version_id = record.known.id, record.known.id, record.known.version_id
        tracked = bool(record.known.programmes)
        if record.has_new_version:
            edited[id_] = new_version_columns(record, provenance.at)
        elif record.change is not None:
            back = {"state": LIVE, "changed_at": provenance.at}
            restored[id_] = read_columns(record.seen, provenance.at, provenance.at, tracked=tracked) | back
        else:
            same[id_] = read_columns(record.seen, record.known.changed_at, provenance.at, tracked=tracked)
    for rows in (edited, restored, same):
        update_articles(connection, rows)


def _insert_versions(connection: Connection, records: Sequence[ArticleRecord], provenance: Provenance) -> None:
    """Insert new versions with their captures and mentions, and set their ids in `records`."""
    if not records:
        return
    query = insert(versions).returning(versions.c.id, sort_by_parameter_order=True)
    rows = [version_row(record, provenance) for record in records]
    for record, id_ in zip(records, connection.execute(query, rows).scalars(), strict=True):
        record.version_id = id_
    raw = [
        capture_row(record.version_id, capture, provenance.at) for record in records for capture in record.seen.captures
    ]
    found = [mention_row(record.version_id, mention) for record in records for mention in record.mentions]
    for table, values in ((captures, raw), (mentions, found)):
        if values:
            connection.execute(insert(table), values)


def _new_events(
    record: ArticleRecord, change: Change, contents: Mapping[int, Content], tracked: frozenset[str]
) -> list[NewEvent]:
    """The events of one article; `contents` has what its previous version said, by version id."""
    before = record.known.programmes if record.known else frozenset()
    concerns_programme = bool(before or record.mentions)
    mentions_ = MentionChange(before, record.mentions, tracked)
    payloads = events_of(change, mentions_, _differences(record, change, contents))
    return [
        NewEvent(payload, record.seen.portal, concerns_programme, record.article_id, record.version_id)
        for payload in payloads
    ]


def _differences(record: ArticleRecord, change: Change, contents: Mapping[int, Content]) -> tuple[Difference, ...]:
    """The places that an edit changed; empty when the change is not an edit."""
    if record.known is None or Kind.ARTICLE_EDITED not in change.kinds:
        return ()
    return differences(contents[record.known.version_id], record.seen.article.content)

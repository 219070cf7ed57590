"""Writes articles that were read: their rows, their versions with captures and mentions, and the events that follow.

Rows of one kind are written together, which costs a few statements for a whole batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from storage import articles as stored_articles
from storage.ledger import Draft
from storage.rows import (
    Case,
    Stamp,
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


def write(connection: Connection, cases: Sequence[Case], stamp: Stamp, tracked: frozenset[str]) -> list[Draft]:
    """Store what was read; the events of it, in the order of the cases. `tracked` are the keys of programmes."""
    _insert_articles(connection, [case for case in cases if case.known is None], stamp)
    _update_articles(connection, [case for case in cases if case.known is not None], stamp)
    former = [case.known.version_id for case in cases if case.known and case.has_new_version]
    contents = stored_articles.contents(connection, former)
    _insert_versions(connection, [case for case in cases if case.has_new_version], stamp)
    return [draft for case in cases if case.change for draft in _drafts(case, case.change, contents, tracked)]


def update_articles(connection: Connection, rows: Mapping[int, dict[str, Any]]) -> None:
    """Set columns of articles, by article id; all rows have the same columns."""
    for first in list(rows.values())[:1]:
        columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in first}
        values = [{"article": id_} | {f"new_{name}": value for name, value in row.items()} for id_, row in rows.items()]
        connection.execute(update(articles).where(articles.c.id == bindparam("article")).values(columns), values)


def _insert_articles(connection: Connection, cases: Sequence[Case], stamp: Stamp) -> None:
    """Insert the rows of new articles, and note their ids."""
    if not cases:
        return
    rows = [
        new_version_columns(case, stamp.at)
        | {"portal": case.seen.portal, "key": case.seen.key, "first_seen_at": stamp.at}
        for case in cases
    ]
    query = insert(articles).returning(articles.c.id, sort_by_parameter_order=True)
    for case, id_ in zip(cases, connection.execute(query, rows).scalars(), strict=True):
        case.article_id = id_


def _update_articles(connection: Connection, cases: Sequence[Case], stamp: Stamp) -> None:
    """Update the rows of articles that are stored, whether or not they changed."""
    edited: dict[int, dict[str, Any]] = {}
    restored: dict[int, dict[str, Any]] = {}
    same: dict[int, dict[str, Any]] = {}
    for case in cases:
        assert case.known is not None  # noqa: S101  (for the type checker)
        id_, case.article_id, case.version_id = case.known.id, case.known.id, case.known.version_id
        tracked = bool(case.known.programmes)
        if case.has_new_version:
            edited[id_] = new_version_columns(case, stamp.at)
        elif case.change is not None:
            back = {"state": LIVE, "changed_at": stamp.at}
            restored[id_] = read_columns(case.seen, stamp.at, stamp.at, tracked=tracked) | back
        else:
            same[id_] = read_columns(case.seen, case.known.changed_at, stamp.at, tracked=tracked)
    for rows in (edited, restored, same):
        update_articles(connection, rows)


def _insert_versions(connection: Connection, cases: Sequence[Case], stamp: Stamp) -> None:
    """Insert new versions with all that belongs to them, and note their ids."""
    if not cases:
        return
    query = insert(versions).returning(versions.c.id, sort_by_parameter_order=True)
    rows = [version_row(case, stamp) for case in cases]
    for case, id_ in zip(cases, connection.execute(query, rows).scalars(), strict=True):
        case.version_id = id_
    raw = [capture_row(case.version_id, capture, stamp.at) for case in cases for capture in case.seen.captures]
    found = [mention_row(case.version_id, mention) for case in cases for mention in case.mentions]
    for table, values in ((captures, raw), (mentions, found)):
        if values:
            connection.execute(insert(table), values)


def _drafts(case: Case, change: Change, contents: Mapping[int, Content], tracked: frozenset[str]) -> list[Draft]:
    """The events of one article, from what its version before said."""
    before = case.known.programmes if case.known else frozenset()
    concerns = bool(before or case.mentions)
    mentions_ = MentionChange(before, case.mentions, tracked)
    payloads = events_of(change, mentions_, _differences(case, change, contents))
    return [Draft(payload, case.seen.portal, concerns, case.article_id, case.version_id) for payload in payloads]


def _differences(case: Case, change: Change, contents: Mapping[int, Content]) -> tuple[Difference, ...]:
    """What an edit changed; nothing for other changes."""
    if case.known is None or Kind.ARTICLE_EDITED not in change.kinds:
        return ()
    return differences(contents[case.known.version_id], case.seen.article.content)

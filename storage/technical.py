"""Technical versions: articles extracted again from their stored bytes by the current rules.

A technical version is not an edit by the portal, so it causes no events.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import zstandard
from sqlalchemy import Connection, func, insert, select

from storage import articles as stored_articles
from storage.articles import CurrentRow
from storage.rows import Provenance, mention_row, technical_row
from storage.tables import articles, captures, mentions, versions
from storage.versions import update_articles
from tracking.article import Article
from tracking.identity import title_key
from tracking.observation import Capture, StoredCaptures
from tracking.programmes import Matcher, Mention

# The fields of an article that are extracted from a page, and that make a technical version when one of them differs.
_EXTRACTED_FIELDS = ("content", "body", "author", "published_at", "image")


@dataclass(frozen=True, slots=True)
class ReextractContext:
    """What all articles of one re-extraction have in common."""

    #: The id of the run; None outside of runs.
    run: int | None
    #: The instant of recording, aware UTC.
    at: datetime
    #: Finds the tracked programmes in a text.
    matcher: Matcher
    #: Extracts an article from its stored bytes by the current rules; returns None when they cannot read the bytes.
    reextract: Callable[[StoredCaptures], Article | None]


@dataclass(frozen=True, slots=True)
class ReextractResult:
    """The result of extracting articles again: their keys, sorted by what came of each."""

    #: Articles that the current rules extract differently: each has a new technical version.
    changed: tuple[str, ...]
    #: Articles that they extract as before.
    same: tuple[str, ...]
    #: Articles whose stored bytes the current rules cannot read; they are left unchanged.
    unreadable: tuple[str, ...]


def reextract(connection: Connection, portal: str, keys: Collection[str], context: ReextractContext) -> ReextractResult:
    """Extract these articles again from their stored bytes, and store a technical version of each that differs.

    Articles without stored bytes are left out of the result.
    """
    stored = stored_captures(connection, portal, keys)
    today = {row.key: (row.id, old, context.reextract(old)) for row, old in stored}
    changed = {key: entry for key, entry in today.items() if entry[2] is not None and _differs(*entry[1:])}
    _write(connection, [(id_, new) for id_, _, new in changed.values() if new is not None], context)
    unreadable = tuple(key for key, (_, _, new) in today.items() if new is None)
    same = tuple(key for key in today if key not in changed and key not in unreadable)
    return ReextractResult(tuple(changed), same, unreadable)


def keys_after(connection: Connection, portal: str, key: str, most: int) -> list[str]:
    """At most `most` keys of a portal's articles after this one, in order; pass "" to begin with the first."""
    query = select(articles.c.key).where(articles.c.portal == portal, articles.c.key > key)
    return list(connection.execute(query.order_by(articles.c.key).limit(most)).scalars())


def stored_captures(
    connection: Connection, portal: str, keys: Collection[str]
) -> list[tuple[CurrentRow, StoredCaptures]]:
    """Each article as its newest version has it, with its newest stored bytes; articles without any are left out."""
    rows = stored_articles.current(connection, portal, keys)
    raw = _captures(connection, [row.id for row in rows])
    return [
        (
            row,
            StoredCaptures(row.article, tuple(capture for capture, _ in raw[row.id]), max(at for _, at in raw[row.id])),
        )
        for row in rows
        if row.id in raw
    ]


def _captures(connection: Connection, ids: Collection[int]) -> dict[int, list[tuple[Capture, datetime]]]:
    """The captures of the newest version that has any, by article, in the order of their pages."""
    newest = (
        select(versions.c.article_id, func.max(versions.c.number).label("number"))
        .join(captures, captures.c.version_id == versions.c.id)
        .where(versions.c.article_id.in_(ids))
        .group_by(versions.c.article_id)
        .subquery()
    )
    query = (
        select(versions.c.article_id, captures)
        .join(captures, captures.c.version_id == versions.c.id)
        .join(newest, (newest.c.article_id == versions.c.article_id) & (newest.c.number == versions.c.number))
        .order_by(versions.c.article_id, captures.c.page)
    )
    found: dict[int, list[tuple[Capture, datetime]]] = {}
    for row in connection.execute(query) if ids else ():
        body = zstandard.decompress(row.body, max_output_size=row.size)
        capture = Capture(row.page, row.url, row.content_type, body)
        found.setdefault(row.article_id, []).append((capture, row.fetched_at))
    return found


def _differs(old: StoredCaptures, new: Article | None) -> bool:
    """Whether the current rules extract the article differently."""
    return any(getattr(old.article, name) != getattr(new, name) for name in _EXTRACTED_FIELDS)


def _write(connection: Connection, found: Sequence[tuple[int, Article]], context: ReextractContext) -> None:
    """Store these articles, each with its id, as technical versions."""
    if not found:
        return
    numbers = stored_articles.version_numbers(connection, [id_ for id_, _ in found])
    provenance = Provenance(context.run, context.at)
    rows = [technical_row(id_, numbers[id_] + 1, article, provenance) for id_, article in found]
    query = insert(versions).returning(versions.c.id, sort_by_parameter_order=True)
    version_ids = connection.execute(query, rows).scalars().all()
    mentioned = [context.matcher.mentions(article.content) for _, article in found]
    _write_mentions(connection, version_ids, mentioned)
    # The times of checks and changes stay as they are: the page itself did not change.
    values = {
        id_: {"title_key": title_key(article.content.title), "tracked": bool(mentions_)}
        | {"version": row["number"], "digest": row["digest"], "published_at": row["published_at"]}
        for (id_, article), row, mentions_ in zip(found, rows, mentioned, strict=True)
    }
    update_articles(connection, values)


def _write_mentions(connection: Connection, ids: Sequence[int], mentioned: Sequence[Sequence[Mention]]) -> None:
    """Store the mentions of programmes in these versions."""
    rows = [mention_row(id_, mention) for id_, of in zip(ids, mentioned, strict=True) for mention in of]
    if rows:
        connection.execute(insert(mentions), rows)

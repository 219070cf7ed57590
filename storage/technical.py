"""Technical versions: what today's rules extract from stored bytes.

They are no edits, and cause no events.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import zstandard
from sqlalchemy import Connection, func, insert, select

from storage import articles as stored_articles
from storage.articles import CurrentRow
from storage.rows import Stamp, mention_row, technical_row
from storage.tables import articles, captures, mentions, versions
from storage.versions import update_articles
from tracking.article import Article
from tracking.identity import title_key
from tracking.observation import Capture, StoredCaptures
from tracking.programmes import Matcher, Mention

# The fields of an article that are extracted from a page, and that make a technical version when one of them differs.
_EXTRACTED_FIELDS = ("content", "body", "author", "published_at", "image")


@dataclass(frozen=True, slots=True)
class Renewal:
    """How stored articles are extracted again, and what is the same for all of them."""

    #: The id of the run; None outside of runs.
    run: int | None
    #: The instant of recording, aware UTC.
    at: datetime
    #: Finds the tracked programmes in a text.
    matcher: Matcher
    #: What today's rules extract from the stored bytes of an article; None for bytes that they cannot read.
    reextract: Callable[[StoredCaptures], Article | None]


@dataclass(frozen=True, slots=True)
class Renewed:
    """What came of extracting articles again, by their keys."""

    #: Those that today's rules extract differently: they have a technical version now.
    changed: tuple[str, ...]
    #: Those that they extract as before.
    same: tuple[str, ...]
    #: Those whose stored bytes they cannot read; what is stored of them stays.
    unreadable: tuple[str, ...]


def renew(connection: Connection, portal: str, keys: Collection[str], context: Renewal) -> Renewed:
    """Extract these articles again from their stored bytes; what differs becomes a technical version.

    Articles without stored bytes are left out.
    """
    today = {row.key: (row.id, kept, context.reextract(kept)) for row, kept in evidence(connection, portal, keys)}
    changed = {key: entry for key, entry in today.items() if entry[2] is not None and _differs(*entry[1:])}
    _write(connection, [(id_, new) for id_, _, new in changed.values() if new is not None], context)
    unreadable = tuple(key for key, (_, _, new) in today.items() if new is None)
    same = tuple(key for key in today if key not in changed and key not in unreadable)
    return Renewed(tuple(changed), same, unreadable)


def keys_after(connection: Connection, portal: str, key: str, most: int) -> list[str]:
    """At most `most` keys of a portal's articles after this one, in order; "" comes before the first."""
    query = select(articles.c.key).where(articles.c.portal == portal, articles.c.key > key)
    return list(connection.execute(query.order_by(articles.c.key).limit(most)).scalars())


def evidence(connection: Connection, portal: str, keys: Collection[str]) -> list[tuple[CurrentRow, StoredCaptures]]:
    """The newest version of each article with the newest bytes that are stored of it; without those that have none."""
    rows = stored_articles.current(connection, portal, keys)
    raw = _captures(connection, [row.id for row in rows])
    return [
        (row, StoredCaptures(row.article, tuple(capture for capture, _ in raw[row.id]), max(at for _, at in raw[row.id])))
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
    """Whether an article is extracted differently today."""
    return any(getattr(old.article, name) != getattr(new, name) for name in _EXTRACTED_FIELDS)


def _write(connection: Connection, found: Sequence[tuple[int, Article]], context: Renewal) -> None:
    """Store these articles, each with its id, as technical versions."""
    if not found:
        return
    numbers = stored_articles.version_numbers(connection, [id_ for id_, _ in found])
    stamp = Stamp(context.run, context.at)
    rows = [technical_row(id_, numbers[id_] + 1, article, stamp) for id_, article in found]
    query = insert(versions).returning(versions.c.id, sort_by_parameter_order=True)
    version_ids = connection.execute(query, rows).scalars().all()
    mentioned = [context.matcher.mentions(article.content) for _, article in found]
    _write_mentions(connection, version_ids, mentioned)
    # The times of checks and changes stay: nothing happened to the page.
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

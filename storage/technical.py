"""Technical versions: what today's rules read in bytes that were kept. No reader is told of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import Connection, bindparam, func, insert, select, update

from storage import articles as kept
from storage.rows import mention_row, technical_row
from storage.tables import articles, captures, mentions, versions
from tracking.article import Article
from tracking.changes import title_key
from tracking.programmes import Matcher, Mention
from tracking.sightings import Capture, Kept

# Columns of `articles` that follow the newest version. When it was seen does not change: nothing happened to it.
_RENEWED = ("title_key", "tracked", "version", "digest", "published_at")
# What makes a version: all that is read from a page.
_FACTS = ("content", "body", "author", "published_at", "image")


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a re-extraction is recorded under; `read_again` gives None for bytes that cannot be read today."""

    run: int | None
    at: datetime
    matcher: Matcher
    read_again: Callable[[Kept], Article | None]


@dataclass(frozen=True, slots=True)
class Renewed:
    """The keys of articles that read differently today, of those that read the same, and that cannot be read."""

    changed: tuple[str, ...]
    same: tuple[str, ...]
    unreadable: tuple[str, ...]


def renew(connection: Connection, portal: str, keys: Collection[str], under: Renewal) -> Renewed:
    """Read the kept bytes of these articles again; where today's reading differs, it becomes a technical version."""
    today = {row.key: (row.id, found, under.read_again(found)) for row, found in evidence(connection, portal, keys)}
    changed = {key: entry for key, entry in today.items() if entry[2] is not None and _reads_anew(*entry[1:])}
    _write(connection, [(id_, new) for id_, _, new in changed.values() if new is not None], under)
    unreadable = tuple(key for key, (_, _, new) in today.items() if new is None)
    same = tuple(key for key in today if key not in changed and key not in unreadable)
    return Renewed(tuple(changed), same, unreadable)


def keys_after(connection: Connection, portal: str, key: str, most: int) -> list[str]:
    """The next keys of a portal's articles, in order, at most so many; "" comes before the first."""
    asked = select(articles.c.key).where(articles.c.portal == portal, articles.c.key > key)
    return list(connection.execute(asked.order_by(articles.c.key).limit(most)).scalars())


def evidence(connection: Connection, portal: str, keys: Collection[str]) -> list[tuple[kept.CurrentRow, Kept]]:
    """The newest version of each article with the newest bytes that are kept of it; those without are left out."""
    rows = kept.current(connection, portal, keys)
    raw = _captures(connection, [row.id for row in rows])
    return [
        (row, Kept(row.article, tuple(capture for capture, _ in raw[row.id]), max(at for _, at in raw[row.id])))
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
    asked = (
        select(versions.c.article_id, captures)
        .join(captures, captures.c.version_id == versions.c.id)
        .join(newest, (newest.c.article_id == versions.c.article_id) & (newest.c.number == versions.c.number))
        .order_by(versions.c.article_id, captures.c.page)
    )
    found: dict[int, list[tuple[Capture, datetime]]] = {}
    for row in connection.execute(asked) if ids else ():
        body = zstandard.decompress(row.body, max_output_size=row.size)
        capture = Capture(row.page, row.url, row.content_type, body)
        found.setdefault(row.article_id, []).append((capture, row.fetched_at))
    return found


def _reads_anew(old: Kept, new: Article | None) -> bool:
    return any(getattr(old.article, fact) != getattr(new, fact) for fact in _FACTS)


def _write(connection: Connection, found: Sequence[tuple[int, Article]], under: Renewal) -> None:
    if not found:
        return
    numbers = kept.version_numbers(connection, [id_ for id_, _ in found])
    rows = [technical_row(id_, numbers[id_] + 1, article, (under.at, under.run)) for id_, article in found]
    asked = insert(versions).returning(versions.c.id, sort_by_parameter_order=True)
    version_ids = connection.execute(asked, rows).scalars().all()
    told = [under.matcher.mentions(article.content) for _, article in found]
    _write_mentions(connection, version_ids, told)
    values = [
        {"id_": id_, "title_key_": title_key(article.content.title), "tracked_": bool(mentioned)}
        | {"version_": row["number"], "digest_": row["digest"], "published_at_": row["published_at"]}
        for (id_, article), row, mentioned in zip(found, rows, told, strict=True)
    ]
    columns: dict[str, Any] = {name: bindparam(f"{name}_") for name in _RENEWED}
    connection.execute(update(articles).where(articles.c.id == bindparam("id_")).values(columns), values)


def _write_mentions(connection: Connection, ids: Sequence[int], told: Sequence[Sequence[Mention]]) -> None:
    rows = [mention_row(id_, mention) for id_, of in zip(ids, told, strict=True) for mention in of]
    if rows:
        connection.execute(insert(mentions), rows)

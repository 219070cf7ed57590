"""The rows that the lists of portals showed, which of them still wait to be read, and the watermark of each list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from storage.tables import articles, listings, lists
from tracking.article import Listing
from tracking.completeness import Watermark
from tracking.observation import FailureKind
from tracking.revisits import next_try

#: The states of a row: its article is to be read; was read; could not be read in any of many tries, and is given up.
WAITING, READ, GIVEN_UP = "waiting", "read", "given up"


def add(connection: Connection, rows: Sequence[Listing], at: datetime) -> dict[str, int]:
    """Store the rows of one page of a list, found at `at` (aware UTC), and return the id of each row, by key.

    Ids rise in the order in which rows were found. A row that is stored already stays as it is.
    """
    found = ids(connection, rows)
    fresh: dict[str, Listing] = {}
    for row in rows:
        if row.key not in found:
            fresh.setdefault(row.key, row)
    if not fresh:
        return found
    already_read = _stored_articles(connection, list(fresh.values()))
    values = [_values(row, at, READ if row.key in already_read else WAITING) for row in fresh.values()]
    connection.execute(insert(listings), values)
    return ids(connection, rows)


def ids(connection: Connection, rows: Sequence[Listing]) -> dict[str, int]:
    """The ids of those of the rows that are stored already, by key."""
    query = select(listings.c.key, listings.c.id).where(_among(rows))
    return dict(connection.execute(query).all()) if rows else {}


def waiting(connection: Connection, portal: str, at: datetime, keys: Collection[str] | None = None) -> list[Listing]:
    """The rows of a portal that are to be read at `at` (aware UTC), in the order in which they were found.

    With `keys`, only those among them.
    """
    query = select(listings).where(listings.c.portal == portal, listings.c.state == WAITING, listings.c.try_at <= at)
    query = query.order_by(listings.c.id)
    if keys is not None:
        query = query.where(listings.c.key.in_(keys))
    return [Listing(row.portal, row.key, row.url, row.title, row.published_at) for row in connection.execute(query)]


def newest(connection: Connection, portal: str) -> int:
    """The highest id among a portal's rows; 0 without any."""
    return connection.execute(select(func.max(listings.c.id)).where(listings.c.portal == portal)).scalar() or 0


def watermark(connection: Connection, portal: str, list_: str) -> Watermark | None:
    """The watermark of a list: up to which row it was known when it was last read through; None when it never was."""
    row = connection.execute(select(lists).where(lists.c.portal == portal, lists.c.list == list_)).one_or_none()
    return Watermark(row.watermark, row.completed_at) if row else None


def set_watermarks(connection: Connection, portal: str, watermarks: Mapping[str, int], at: datetime) -> None:
    """Store the watermarks, which are listing ids, of lists that were read through at `at` (aware UTC).

    A list is read through when a crawl has read up to a known row in it, or to its end.
    """
    for list_, id_ in watermarks.items():
        same = (lists.c.portal == portal) & (lists.c.list == list_)
        done = connection.execute(update(lists).where(same).values(watermark=id_, completed_at=at))
        if not done.rowcount:
            connection.execute(insert(lists).values(portal=portal, list=list_, watermark=id_, completed_at=at))


def mark_read(connection: Connection, portal: str, keys: Collection[str]) -> None:
    """Store that the articles of these rows were read."""
    if keys:
        same = (listings.c.portal == portal) & listings.c.key.in_(keys)
        connection.execute(update(listings).where(same).values(state=READ, error=None, failure_kind=None))


def mark_failed(
    connection: Connection, portal: str, failures: Mapping[str, tuple[str, FailureKind]], at: datetime
) -> None:
    """Store that the articles of these rows could not be read at `at` (aware UTC): by key, the reason and its kind.

    They are tried again after longer and longer waits, until they are given up, see `tracking.revisits.next_try`.
    """
    same = (listings.c.portal == portal) & (listings.c.state == WAITING) & listings.c.key.in_(failures)
    for row in connection.execute(select(listings.c.id, listings.c.key, listings.c.attempts).where(same)).fetchall():
        error, failure_kind = failures[row.key]
        try_at = next_try(at, row.attempts + 1, failure_kind)
        values = {"attempts": row.attempts + 1, "error": error, "failure_kind": failure_kind.value}
        values |= {"state": GIVEN_UP} if try_at is None else {"try_at": try_at}
        connection.execute(update(listings).where(listings.c.id == row.id).values(values))


def count_forbidden(connection: Connection) -> dict[str, int]:
    """How many pages its robots.txt forbids to fetch, of those that its lists show: by portal, without zeros."""
    refused = (listings.c.failure_kind == FailureKind.FORBIDDEN.value) & (listings.c.state != READ)
    query = select(listings.c.portal, func.count()).where(refused).group_by(listings.c.portal)
    return dict(connection.execute(query).all())


def retry_unread(connection: Connection, portal: str, since: datetime, at: datetime) -> None:
    """Reset the rows found since `since` that could not be read: they are due at `at`, with no failed tries.

    Both times are aware UTC. It is for a portal that recovered: the portal had failed, not the single articles.
    """
    same = (listings.c.portal == portal) & (listings.c.state != READ) & (listings.c.found_at >= since)
    values = {"state": WAITING, "attempts": 0, "try_at": at, "failure_kind": None}
    connection.execute(update(listings).where(same).values(values))


def _among(rows: Sequence[Listing]) -> ColumnElement[bool]:
    """Rows with the portal and the key of one of these."""
    portals = {row.portal for row in rows}
    return listings.c.portal.in_(portals) & listings.c.key.in_([row.key for row in rows])


def _stored_articles(connection: Connection, rows: Sequence[Listing]) -> set[str]:
    """The keys of those rows whose articles are stored."""
    portals, keys = {row.portal for row in rows}, [row.key for row in rows]
    query = select(articles.c.key).where(articles.c.portal.in_(portals), articles.c.key.in_(keys))
    return set(connection.execute(query).scalars())


def _values(row: Listing, at: datetime, state: str) -> dict[str, object]:
    """A row of `listings`."""
    return {
        "portal": row.portal,
        "key": row.key,
        "url": row.url,
        "title": row.title,
        "published_at": row.published_at,
        "found_at": at,
        "state": state,
        "attempts": 0,
        "try_at": at,
    }

"""What the lists of portals showed: which rows still wait to be read, and up to where each list is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from storage.tables import articles, listings, lists
from tracking.article import Listing
from tracking.completeness import Watermark
from tracking.observation import FailureKind
from tracking.revisits import next_try

#: The states of a row: its article is to be read, was read, or failed so often that it is not tried any more.
WAITING, READ, GIVEN_UP = "waiting", "read", "given up"


def remember(connection: Connection, rows: Sequence[Listing], at: datetime) -> dict[str, int]:
    """Store the rows of one page of a list, found at `at` (aware UTC); the id of each row, by key.

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
    """Up to which row a list was known when it was last read through; None when it never was."""
    row = connection.execute(select(lists).where(lists.c.portal == portal, lists.c.list == list_)).one_or_none()
    return Watermark(row.watermark, row.completed_at) if row else None


def set_watermarks(connection: Connection, portal: str, watermarks: Mapping[str, int], at: datetime) -> None:
    """Note that these lists, each with a listing id, were read through at `at` (aware UTC).

    A list is read through when a crawl came to something known in it, or to its end.
    """
    for list_, id_ in watermarks.items():
        same = (lists.c.portal == portal) & (lists.c.list == list_)
        done = connection.execute(update(lists).where(same).values(watermark=id_, completed_at=at))
        if not done.rowcount:
            connection.execute(insert(lists).values(portal=portal, list=list_, watermark=id_, completed_at=at))


def settle(connection: Connection, portal: str, keys: Collection[str]) -> None:
    """Note that the articles of these rows were read."""
    if keys:
        same = (listings.c.portal == portal) & listings.c.key.in_(keys)
        connection.execute(update(listings).where(same).values(state=READ, error=None, failure_kind=None))


def defer(connection: Connection, portal: str, failures: Mapping[str, tuple[str, FailureKind]], at: datetime) -> None:
    """Note that the articles of these rows could not be read at `at` (aware UTC), each with its reason and kind.

    They are tried again after longer and longer waits, until they are given up.
    """
    same = (listings.c.portal == portal) & (listings.c.state == WAITING) & listings.c.key.in_(failures)
    for row in connection.execute(select(listings.c.id, listings.c.key, listings.c.attempts).where(same)).fetchall():
        error, failure_kind = failures[row.key]
        try_at = next_try(at, row.attempts + 1, failure_kind)
        values = {"attempts": row.attempts + 1, "error": error, "failure_kind": failure_kind.value}
        values |= {"state": GIVEN_UP} if try_at is None else {"try_at": try_at}
        connection.execute(update(listings).where(listings.c.id == row.id).values(values))


def forbidden(connection: Connection) -> dict[str, int]:
    """How many of the pages that a portal's lists show its robots.txt forbids to fetch, by portal; without zeros."""
    refused = (listings.c.failure_kind == FailureKind.FORBIDDEN.value) & (listings.c.state != READ)
    query = select(listings.c.portal, func.count()).where(refused).group_by(listings.c.portal)
    return dict(connection.execute(query).all())


def revive(connection: Connection, portal: str, since: datetime, at: datetime) -> None:
    """Let the rows found since then (aware UTC) that could not be read be tried at once, as if for the first time.

    The portal was broken, not they.
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

"""What the portals' lists showed: which rows still wait to be read, and how far each list is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from storage.tables import articles, listings, lists
from tracking.article import Listing
from tracking.revisits import next_try
from tracking.sightings import Trouble

# How the fetch path names the reason.
_FORBIDDEN = "Forbidden by robots.txt"
WAITING, READ, GIVEN_UP = "waiting", "read", "given up"


def remember(connection: Connection, rows: Sequence[Listing], at: datetime) -> dict[str, int]:
    """Keep the rows of one list page; the id of each row's key, rising in the order in which they were found."""
    found = ids(connection, rows)
    fresh: dict[str, Listing] = {}
    for row in rows:
        if row.key not in found:
            fresh.setdefault(row.key, row)
    if not fresh:
        return found
    known = _articles(connection, list(fresh.values()))
    values = [_values(row, at, READ if row.key in known else WAITING) for row in fresh.values()]
    connection.execute(insert(listings), values)
    return ids(connection, rows)


def ids(connection: Connection, rows: Sequence[Listing]) -> dict[str, int]:
    """The ids of those rows that are kept already, by key."""
    asked = select(listings.c.key, listings.c.id).where(_among(rows))
    return dict(connection.execute(asked).all()) if rows else {}


def waiting(connection: Connection, portal: str, at: datetime, keys: Collection[str] | None = None) -> list[Listing]:
    """The rows of a portal that are to be read at `at`, oldest find first; only those among `keys` where given."""
    asked = select(listings).where(listings.c.portal == portal, listings.c.state == WAITING, listings.c.try_at <= at)
    asked = asked.order_by(listings.c.id)
    if keys is not None:
        asked = asked.where(listings.c.key.in_(keys))
    return [Listing(row.portal, row.key, row.url, row.title, row.published_at) for row in connection.execute(asked)]


def newest(connection: Connection, portal: str) -> int:
    """The highest id among a portal's rows; 0 without any."""
    return connection.execute(select(func.max(listings.c.id)).where(listings.c.portal == portal)).scalar() or 0


def mark(connection: Connection, portal: str, list_: str) -> tuple[int, datetime] | None:
    """Up to which row a list was known when it was last read through, and when that was."""
    row = connection.execute(select(lists).where(lists.c.portal == portal, lists.c.list == list_)).one_or_none()
    return (row.mark, row.marked_at) if row else None


def set_marks(connection: Connection, portal: str, marks: dict[str, int], at: datetime) -> None:
    """Note that these lists were read through to something known, or to their end."""
    for list_, id_ in marks.items():
        same = (lists.c.portal == portal) & (lists.c.list == list_)
        done = connection.execute(update(lists).where(same).values(mark=id_, marked_at=at))
        if not done.rowcount:
            connection.execute(insert(lists).values(portal=portal, list=list_, mark=id_, marked_at=at))


def settle(connection: Connection, portal: str, keys: Collection[str]) -> None:
    """These rows were read."""
    if keys:
        same = (listings.c.portal == portal) & listings.c.key.in_(keys)
        connection.execute(update(listings).where(same).values(state=READ, error=None))


def defer(connection: Connection, portal: str, failures: Mapping[str, tuple[str, Trouble]], at: datetime) -> None:
    """These rows, each with a reason, could not be read: they are tried again, later and later, until given up."""
    same = (listings.c.portal == portal) & (listings.c.state == WAITING) & listings.c.key.in_(failures)
    for row in connection.execute(select(listings.c.id, listings.c.key, listings.c.attempts).where(same)).fetchall():
        error, trouble = failures[row.key]
        try_at = next_try(at, row.attempts + 1, trouble)
        values = {"attempts": row.attempts + 1, "error": error}
        values |= {"state": GIVEN_UP} if try_at is None else {"try_at": try_at}
        connection.execute(update(listings).where(listings.c.id == row.id).values(values))


def forbidden(connection: Connection) -> dict[str, int]:
    """How many pages of each portal its robots.txt forbids, of those that its lists show."""
    told = listings.c.error.like(f"%{_FORBIDDEN}%") & (listings.c.state != READ)
    asked = select(listings.c.portal, func.count()).where(told).group_by(listings.c.portal)
    return dict(connection.execute(asked).all())


def revive(connection: Connection, portal: str, since: datetime, at: datetime) -> None:
    """The rows found since then that could not be read are tried at once: the portal was broken, not they."""
    same = (listings.c.portal == portal) & (listings.c.state != READ) & (listings.c.found_at >= since)
    connection.execute(update(listings).where(same).values(state=WAITING, attempts=0, try_at=at))


def _among(rows: Sequence[Listing]) -> ColumnElement[bool]:
    portals = {row.portal for row in rows}
    return listings.c.portal.in_(portals) & listings.c.key.in_([row.key for row in rows])


def _articles(connection: Connection, rows: Sequence[Listing]) -> set[str]:
    portals, keys = {row.portal for row in rows}, [row.key for row in rows]
    asked = select(articles.c.key).where(articles.c.portal.in_(portals), articles.c.key.in_(keys))
    return set(connection.execute(asked).scalars())


def _values(row: Listing, at: datetime, state: str) -> dict[str, object]:
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

"""What is kept of articles: for deciding what a sighting means, and for people who read them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, or_, select, true

from storage.tables import articles, mentions, programmes, versions
from tracking.article import Article, Categories, Content, StoredArticle, VersionMark
from tracking.changes import Known
from tracking.sightings import Validator


@dataclass(frozen=True, slots=True)
class Revisit:
    """An article that is due to be looked at again, and what its server said the last time."""

    key: str
    url: str
    title: str
    published_at: datetime | None
    validators: tuple[Validator, ...]
    given: bool


def known(connection: Connection, portal: str, keys: Collection[str]) -> dict[str, Known]:
    """What deciding needs to know of these articles, by key; unknown keys are left out."""
    newest = (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.version)
    asked = select(articles, versions.c.id.label("version_id")).join(versions, newest)
    rows = connection.execute(asked.where(articles.c.portal == portal, articles.c.key.in_(keys))).fetchall()
    return {row.key: known_ for row, known_ in zip(rows, _known(connection, rows), strict=True)}


def contents(connection: Connection, version_ids: Collection[int]) -> dict[int, Content]:
    """What these versions said, by id."""
    asked = select(versions.c.id, versions.c.title, versions.c.paragraphs).where(versions.c.id.in_(version_ids))
    rows = connection.execute(asked) if version_ids else ()
    return {id_: Content(title, tuple(json.loads(paragraphs))) for id_, title, paragraphs in rows}


def twins(connection: Connection, portal: str, titles: Collection[str], times: Collection[datetime]) -> list[Article]:
    """The articles of a portal that share a title (by `title_key`) or a time with those asked for, newest version."""
    near = or_(articles.c.title_key.in_(titles), articles.c.published_at.in_(times))
    asked = _current().where(articles.c.portal == portal, near)
    return [_article(row) for row in connection.execute(asked)]


def due(connection: Connection, portal: str, at: datetime | None, most: int | None = None) -> list[Revisit]:
    """The articles of a portal that are due at `at`, at most so many; without `at` all that have an address.

    Those that mention a tracked programme come first, then the longest overdue.
    """
    asked: Select[Any] = select(
        articles.c.key,
        articles.c.url,
        articles.c.published_at,
        articles.c.validators,
        articles.c.given,
        versions.c.title,
    ).join(versions, (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.version))
    asked = asked.where(articles.c.portal == portal, articles.c.url.is_not(None))
    asked = asked.order_by(articles.c.tracked.desc(), articles.c.recheck_at).limit(most)
    if at is not None:
        asked = asked.where(articles.c.recheck_at <= at)
    return [_revisit(row) for row in connection.execute(asked)]


@dataclass(frozen=True, slots=True)
class CurrentRow:
    """An article as its newest version has it, with its id."""

    id: int
    key: str
    article: Article


def current(connection: Connection, portal: str, keys: Collection[str]) -> list[CurrentRow]:
    """The newest versions of these articles."""
    asked = _current().where(articles.c.portal == portal, articles.c.key.in_(keys))
    return [CurrentRow(row.id, row.key, _article(row)) for row in connection.execute(asked)]


def version_numbers(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """The number of the newest version of each article."""
    asked = select(articles.c.id, articles.c.version).where(articles.c.id.in_(ids))
    return dict(connection.execute(asked).all())


def matched(connection: Connection, programme: str | None, limit: int) -> list[StoredArticle]:
    """The articles that mention a tracked programme, or the one asked for, latest change first."""
    asked = (
        select(articles.c.id)
        .where(articles.c.tracked == true())
        .order_by(articles.c.changed_at.desc(), articles.c.id.desc())
    )
    if programme is not None:
        told = select(versions.c.article_id).join(mentions, mentions.c.version_id == versions.c.id)
        told = told.where(mentions.c.programme == programme, versions.c.number == articles.c.version)
        asked = asked.where(articles.c.id.in_(told.correlate(articles)))
    found = list(connection.execute(asked.limit(limit)).scalars())
    by_id = {stored.id: stored for stored in _stored(connection, articles.c.id.in_(found))}
    return [by_id[id_] for id_ in found]


def find(
    connection: Connection, id_: int | None, urls: Collection[str], keys: Collection[tuple[str | None, str]]
) -> list[StoredArticle]:
    """The articles with this id, one of these addresses or one of these keys, each with its portal or for any."""
    names: ColumnElement[bool] = articles.c.url.in_(urls)
    for portal, key in keys:
        names = names | (articles.c.key == key) & (true() if portal is None else articles.c.portal == portal)
    return list(_stored(connection, names if id_ is None else (articles.c.id == id_) | names))


def everything(connection: Connection) -> Iterator[StoredArticle]:
    """All articles by id, a hundred in memory at a time."""
    last = 0
    while page := list(_stored(connection, articles.c.id > last, limit=100)):
        yield from page
        last = page[-1].id


def _known(connection: Connection, rows: Sequence[Row[Any]]) -> list[Known]:
    told = _programmes(connection, [row.id for row in rows])
    return [
        Known(
            id=row.id,
            key=row.key,
            state=row.state,
            version=row.version,
            version_id=row.version_id,
            digest=row.digest,
            programmes=frozenset(key for key, _ in told[row.id]),
            first_seen_at=row.first_seen_at,
            changed_at=row.changed_at,
            missing_since=row.missing_since,
            missing_checks=row.missing_checks,
            given=row.given,
        )
        for row in rows
    ]


def _programmes(connection: Connection, ids: Collection[int]) -> defaultdict[int, list[tuple[str, str]]]:
    """The programmes that the newest version of each article mentions, as (key, name) in order of the key."""
    told: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    asked = (
        select(articles.c.id, mentions.c.programme, programmes.c.name)
        .distinct()
        .join(versions, (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.version))
        .join(mentions, mentions.c.version_id == versions.c.id)
        .outerjoin(programmes, programmes.c.key == mentions.c.programme)
        .where(articles.c.id.in_(ids))
        .order_by(articles.c.id, mentions.c.programme)
    )
    for id_, key, name in connection.execute(asked) if ids else ():
        told[id_].append((key, key if name is None else name))
    return told


def _history(connection: Connection, ids: Collection[int]) -> defaultdict[int, list[VersionMark]]:
    marks: defaultdict[int, list[VersionMark]] = defaultdict(list)
    columns = (versions.c.article_id, versions.c.number, versions.c.seen_at, versions.c.technical)
    asked = select(*columns).where(versions.c.article_id.in_(ids)).order_by(versions.c.article_id, versions.c.number)
    for id_, *mark in connection.execute(asked):
        marks[id_].append(VersionMark(*mark))
    return marks


def _current() -> Select[Any]:
    newest = (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.version)
    columns = (versions.c.title, versions.c.author, versions.c.paragraphs, versions.c.body)
    return select(articles, *columns, versions.c.image, versions.c.original).join(versions, newest)


def _stored(connection: Connection, which: ColumnElement[bool], limit: int | None = None) -> Iterator[StoredArticle]:
    rows = connection.execute(_current().where(which).order_by(articles.c.id).limit(limit)).fetchall()
    ids = [row.id for row in rows]
    told, marks = _programmes(connection, ids), _history(connection, ids)
    for row in rows:
        yield StoredArticle(
            id=row.id,
            article=_article(row),
            state=row.state,
            programmes=tuple(told[row.id]),
            versions=tuple(marks[row.id]),
            changed_at=row.changed_at,
            original=row.original,
        )


def _article(row: Row[Any]) -> Article:
    return Article(
        portal=row.portal,
        key=row.key,
        url=row.url,
        categories=Categories(row.section, row.site, row.channel),
        content=Content(row.title, tuple(json.loads(row.paragraphs))),
        author=row.author,
        published_at=row.published_at,
        body=row.body,
        image=row.image,
    )


def _revisit(row: Row[Any]) -> Revisit:
    return Revisit(row.key, row.url, row.title, row.published_at, unpacked(row.validators), row.given)


def packed(validators: Iterable[Validator]) -> str | None:
    """Validators as they are kept; None without any."""
    rows = [(v.url, v.etag, v.last_modified) for v in validators]
    return json.dumps(rows, ensure_ascii=False) if rows else None


def unpacked(text: str | None) -> tuple[Validator, ...]:
    """The inverse of `packed`."""
    return tuple(Validator(*row) for row in json.loads(text)) if text else ()

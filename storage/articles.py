"""What is stored of articles: for deciding what an observation means, and for people who read them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, or_, select, true

from storage.tables import articles, mentions, newest_version, programmes, versions
from tracking.article import Article, Categories, Content, StoredArticle, VersionInfo
from tracking.changes import KnownArticle
from tracking.observation import Validator

# How many articles one query reads when all are read: their texts are long, so that only a few fit into memory.
_ARTICLES_PER_QUERY = 100


@dataclass(frozen=True, slots=True)
class Revisit:
    """An article that is due to be fetched again."""

    #: The portal's own id of the article.
    key: str
    #: The address of its page.
    url: str
    #: The title of its newest version.
    title: str
    #: When the portal published it, aware UTC; None where it does not say.
    published_at: datetime | None
    #: What its server sent with each page the last time, for conditional requests; empty when it sent nothing.
    validators: tuple[Validator, ...]
    #: Whether its text comes from a list; then its page is fetched only to see whether it still exists.
    inline: bool


def known(connection: Connection, portal: str, keys: Collection[str]) -> dict[str, KnownArticle]:
    """What a decision needs to know of these articles, by key; articles that are not stored are left out."""
    query = select(articles, versions.c.id.label("version_id")).join(versions, newest_version)
    rows = connection.execute(query.where(articles.c.portal == portal, articles.c.key.in_(keys))).fetchall()
    return {row.key: known_ for row, known_ in zip(rows, _known(connection, rows), strict=True)}


def contents(connection: Connection, version_ids: Collection[int]) -> dict[int, Content]:
    """The title and the text of these versions, by version id."""
    query = select(versions.c.id, versions.c.title, versions.c.paragraphs).where(versions.c.id.in_(version_ids))
    rows = connection.execute(query) if version_ids else ()
    return {id_: Content(title, tuple(json.loads(paragraphs))) for id_, title, paragraphs in rows}


def possibly_same(
    connection: Connection, portal: str, title_keys: Collection[str], times: Collection[datetime]
) -> list[Article]:
    """The newest versions of a portal's articles that share a title, as `title_key`, or a time of publication.

    They are candidates for `tracking.identity.same_article`.
    """
    alike = or_(articles.c.title_key.in_(title_keys), articles.c.published_at.in_(times))
    query = _newest().where(articles.c.portal == portal, alike)
    return [_article(row) for row in connection.execute(query)]


def due(connection: Connection, portal: str, at: datetime | None, most: int | None = None) -> list[Revisit]:
    """The articles of a portal that are due to be fetched again at `at` (aware UTC); None: all that have an address.

    At most `most` of them. Those that mention a tracked programme come first, then the longest overdue.
    """
    query: Select[Any] = select(
        articles.c.key,
        articles.c.url,
        articles.c.published_at,
        articles.c.validators,
        articles.c.inline,
        versions.c.title,
    ).join(versions, newest_version)
    query = query.where(articles.c.portal == portal, articles.c.url.is_not(None))
    query = query.order_by(articles.c.tracked.desc(), articles.c.recheck_at.nulls_last()).limit(most)
    if at is not None:
        query = query.where(articles.c.recheck_at <= at)
    return [_revisit(row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class CurrentRow:
    """An article as its newest version has it, with its id in the database."""

    #: The id in the database.
    id: int
    #: The portal's own id of the article.
    key: str
    #: The article as its newest version has it.
    article: Article


def current(connection: Connection, portal: str, keys: Collection[str]) -> list[CurrentRow]:
    """The newest versions of these articles, in no order; without those that are not stored."""
    query = _newest().where(articles.c.portal == portal, articles.c.key.in_(keys))
    return [CurrentRow(row.id, row.key, _article(row)) for row in connection.execute(query)]


def version_numbers(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """The number of the newest version of each article, by article id."""
    query = select(articles.c.id, articles.c.version).where(articles.c.id.in_(ids))
    return dict(connection.execute(query).all())


def mentioning(connection: Connection, programme: str | None, limit: int) -> list[StoredArticle]:
    """At most `limit` articles that mention this programme (None: any tracked programme), latest change first."""
    query = (
        select(articles.c.id)
        .where(articles.c.tracked == true())
        .order_by(articles.c.changed_at.desc(), articles.c.id.desc())
    )
    if programme is not None:
        mentioned = select(mentions.c.id).join(versions, mentions.c.version_id == versions.c.id)
        mentioned = mentioned.where(mentions.c.programme == programme, newest_version)
        query = query.where(mentioned.correlate(articles).exists())
    found = list(connection.execute(query.limit(limit)).scalars())
    by_id = {stored.id: stored for stored in _stored(connection, articles.c.id.in_(found))}
    return [by_id[id_] for id_ in found]


def find(
    connection: Connection, id_: int | None, urls: Collection[str], keys: Collection[tuple[str | None, str]]
) -> list[StoredArticle]:
    """The articles with this id, or one of these addresses, or one of these (portal, key).

    A key with None as its portal is that of any portal.
    """
    names: ColumnElement[bool] = articles.c.url.in_(urls)
    for portal, key in keys:
        names = names | (articles.c.key == key) & (true() if portal is None else articles.c.portal == portal)
    return list(_stored(connection, names if id_ is None else (articles.c.id == id_) | names))


def all_articles(connection: Connection) -> Iterator[StoredArticle]:
    """All articles in the order of their ids, read from the database in parts, as they are used."""
    last = 0
    while page := list(_stored(connection, articles.c.id > last, limit=_ARTICLES_PER_QUERY)):
        yield from page
        last = page[-1].id


def _known(connection: Connection, rows: Sequence[Row[Any]]) -> list[KnownArticle]:
    """What a decision needs to know of these rows of `articles`."""
    mentioned = _programmes(connection, [row.id for row in rows])
    return [
        KnownArticle(
            id=row.id,
            key=row.key,
            state=row.state,
            version=row.version,
            version_id=row.version_id,
            digest=row.digest,
            programmes=frozenset(key for key, _ in mentioned[row.id]),
            first_seen_at=row.first_seen_at,
            changed_at=row.changed_at,
            missing_since=row.missing_since,
            missing_checks=row.missing_checks,
            inline=row.inline,
        )
        for row in rows
    ]


def _programmes(connection: Connection, ids: Collection[int]) -> defaultdict[int, list[tuple[str, str]]]:
    """The programmes that the newest version of each article mentions, as (key, name) in the order of keys.

    A programme whose name is not stored has its key in place of a name.
    """
    mentioned: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    query = (
        select(articles.c.id, mentions.c.programme, programmes.c.name)
        .distinct()
        .join(versions, newest_version)
        .join(mentions, mentions.c.version_id == versions.c.id)
        .outerjoin(programmes, programmes.c.key == mentions.c.programme)
        .where(articles.c.id.in_(ids))
        .order_by(articles.c.id, mentions.c.programme)
    )
    for id_, key, name in connection.execute(query) if ids else ():
        mentioned[id_].append((key, key if name is None else name))
    return mentioned


def _history(connection: Connection, ids: Collection[int]) -> defaultdict[int, list[VersionInfo]]:
    """The versions of each article, oldest first."""
    marks: defaultdict[int, list[VersionInfo]] = defaultdict(list)
    columns = (versions.c.article_id, versions.c.number, versions.c.seen_at, versions.c.technical)
    query = select(*columns).where(versions.c.article_id.in_(ids)).order_by(versions.c.article_id, versions.c.number)
    for id_, *mark in connection.execute(query):
        marks[id_].append(VersionInfo(*mark))
    return marks


def _newest() -> Select[Any]:
    """All articles, each with what its newest version says."""
    columns = (versions.c.title, versions.c.author, versions.c.paragraphs, versions.c.body)
    return select(articles, *columns, versions.c.image, versions.c.original).join(versions, newest_version)


def _stored(connection: Connection, which: ColumnElement[bool], limit: int | None = None) -> Iterator[StoredArticle]:
    """The articles that fulfil a condition, by id."""
    rows = connection.execute(_newest().where(which).order_by(articles.c.id).limit(limit)).fetchall()
    ids = [row.id for row in rows]
    mentioned, marks = _programmes(connection, ids), _history(connection, ids)
    for row in rows:
        yield StoredArticle(
            id=row.id,
            article=_article(row),
            state=row.state,
            programmes=tuple(mentioned[row.id]),
            versions=tuple(marks[row.id]),
            changed_at=row.changed_at,
            original=row.original,
        )


def _article(row: Row[Any]) -> Article:
    """The article in a row of `_newest()`."""
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
    """The article in a row of `due`."""
    return Revisit(row.key, row.url, row.title, row.published_at, _validators_of(row.validators), row.inline)


def validators_column(validators: Iterable[Validator]) -> str | None:
    """Validators as they are stored, a JSON list; None without any."""
    rows = [(v.url, v.etag, v.last_modified) for v in validators]
    return json.dumps(rows, ensure_ascii=False) if rows else None


def _validators_of(text: str | None) -> tuple[Validator, ...]:
    """The inverse of `validators_column`."""
    return tuple(Validator(*row) for row in json.loads(text)) if text else ()

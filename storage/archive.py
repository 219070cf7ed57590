"""Writes what a crawl or an import saw: versions, captures, mentions and events, a batch in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from storage import articles as kept
from storage import ledger, listings
from storage.rows import (
    Case,
    article_row,
    capture_row,
    look_row,
    mention_row,
    missing_row,
    there_row,
    version_row,
)
from storage.tables import articles, captures, mentions, versions
from storage.technical import Renewal, renew
from tracking.article import Article, Content
from tracking.changes import (
    LIVE,
    Change,
    Known,
    Patience,
    back_again,
    decide,
    news_of,
    same_article,
    title_key,
    withdrawn,
)
from tracking.differences import differences
from tracking.events import Kind
from tracking.programmes import Matcher
from tracking.sightings import Failed, Gone, Kept, Seen, Sighting, Tally, Trouble, Unchanged


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a batch is recorded under: the run, the instant, the matcher, and when a missing page counts as gone.

    `read_again` says what the bytes of a kept article would be read as today; None when they cannot be read.
    """

    run: int | None
    at: datetime
    matcher: Matcher
    patience: Patience = field(default_factory=Patience)
    read_again: Callable[[Kept], Article | None] | None = None


@dataclass(slots=True)
class _Batch:
    """The sightings of one portal, sorted by what they are; of two of one article the later counts."""

    portal: str
    seen: dict[str, Seen] = field(default_factory=dict)
    unchanged: dict[str, Unchanged] = field(default_factory=dict)
    gone: dict[str, Gone] = field(default_factory=dict)
    failed: dict[str, Failed] = field(default_factory=dict)

    def put(self, sighting: Sighting) -> None:
        match sighting:
            case Seen() if sighting.given and sighting.key in self.seen and not self.seen[sighting.key].given:
                pass
            case Seen():
                self.seen[sighting.key] = sighting
            case Unchanged():
                self.unchanged[sighting.key] = sighting
            case Gone():
                self.gone[sighting.key] = sighting
            case Failed():
                self.failed[sighting.key] = sighting

    def stay_with_pages(self, known: Mapping[str, Known]) -> None:
        """Leave out what lists give of articles that were read from their pages: a feed words them differently."""
        left_out = (key for key, seen in self.seen.items() if seen.given and key in known and not known[key].given)
        for key in list(left_out):
            del self.seen[key]


def record(connection: Connection, sightings: Iterable[Sighting], under: Circumstances) -> Tally:
    """Keep what was seen and write the events it causes; call it inside `Database.write()`."""
    tally = Tally()
    for batch in _by_portal(sightings):
        known = kept.known(connection, batch.portal, {*batch.seen, *batch.unchanged, *batch.gone})
        batch.stay_with_pages(known)
        known |= _renewed(connection, batch, known, under)
        cases = [_case(seen, known.get(seen.key), under) for seen in _met(connection, batch, known)]
        drafts = _write(connection, cases, under)
        drafts += _touched(connection, [known[key] for key in batch.unchanged if key in known], batch.portal, under)
        drafts += _missed(connection, [known[key] for key in batch.gone if key in known], batch.portal, under)
        ledger.append(connection, drafts, under.at, under.run)
        _settle(connection, batch, known, under)
        tally.add(_tally(batch, cases))
    return tally


def _renewed(connection: Connection, batch: _Batch, known: dict[str, Known], under: Circumstances) -> dict[str, Known]:
    """What is known of articles that differ only, or also, because our rules changed: as today's rules read them."""
    if under.read_again is None:
        return {}
    differing = [seen.key for key, seen in batch.seen.items() if key in known and _differs(seen, known[key])]
    renewed = renew(connection, batch.portal, differing, Renewal(under.run, under.at, under.matcher, under.read_again))
    return kept.known(connection, batch.portal, renewed.changed) if renewed.changed else {}


def _differs(seen: Seen, known: Known) -> bool:
    return seen.article.content.digest != known.digest


def _by_portal(sightings: Iterable[Sighting]) -> list[_Batch]:
    batches: dict[str, _Batch] = {}
    for sighting in sightings:
        batches.setdefault(sighting.portal, _Batch(sighting.portal)).put(sighting)
    return list(batches.values())


def _case(seen: Seen, known: Known | None, under: Circumstances) -> Case:
    change = decide(known, seen.article.content)
    if change is None or not change.new_version:
        return Case(seen, known, change)
    return Case(seen, known, change, under.matcher.mentions(seen.article.content))


# --- an imported file has no address: it and the article that a crawl meets become one ---


def _met(connection: Connection, batch: _Batch, known: dict[str, Known]) -> list[Seen]:
    """What was seen, after each stranger was put together with the article without address that it is.

    An imported file never changes a crawled article: the portal's own page is the better witness.
    """
    strangers = [seen for key, seen in batch.seen.items() if key not in known]
    candidates = _candidates(connection, batch.portal, strangers)
    met = [seen for key, seen in batch.seen.items() if key in known]
    for seen in strangers:
        twin = next((c for c in candidates if _one_imported(seen, c) and same_article(seen.article, c)), None)
        if twin is None:
            met.append(seen)
        elif seen.article.url is not None:
            candidates.remove(twin)
            known |= _adopted(connection, twin, seen.article)
            met.append(seen)
    return met


def _one_imported(seen: Seen, other: Article) -> bool:
    return (seen.article.url is None) != (other.url is None)


def _candidates(connection: Connection, portal: str, strangers: Sequence[Seen]) -> list[Article]:
    if not strangers:
        return []
    titles = {title_key(seen.article.content.title) for seen in strangers}
    times = {seen.article.published_at for seen in strangers if seen.article.published_at is not None}
    return kept.twins(connection, portal, titles, times)


def _adopted(connection: Connection, twin: Article, article: Article) -> dict[str, Known]:
    """Give an imported article the key and address under which a crawl met it."""
    same = (articles.c.portal == twin.portal) & (articles.c.key == twin.key)
    connection.execute(update(articles).where(same).values(key=article.key, url=article.url, state=LIVE))
    return kept.known(connection, article.portal, [article.key])


# --- writing ---


def _write(connection: Connection, cases: Sequence[Case], under: Circumstances) -> list[ledger.Draft]:
    _insert_articles(connection, [case for case in cases if case.known is None], under)
    _update_articles(connection, [case for case in cases if case.known is not None], under)
    former = kept.contents(connection, [case.known.version_id for case in cases if case.known and case.has_new_version])
    _insert_versions(connection, [case for case in cases if case.has_new_version], under)
    return [draft for case in cases if case.change for draft in _drafts(case, case.change, former, under.matcher.keys)]


def _insert_articles(connection: Connection, cases: Sequence[Case], under: Circumstances) -> None:
    if not cases:
        return
    rows = [
        article_row(case, under.at) | {"portal": case.seen.portal, "key": case.seen.key, "first_seen_at": under.at}
        for case in cases
    ]
    asked = insert(articles).returning(articles.c.id, sort_by_parameter_order=True)
    for case, id_ in zip(cases, connection.execute(asked, rows).scalars(), strict=True):
        case.article_id = id_


def _update_articles(connection: Connection, cases: Sequence[Case], under: Circumstances) -> None:
    edited, restored, same = [], [], []
    for case in cases:
        assert case.known is not None  # noqa: S101  (for the type checker)
        case.article_id, case.version_id = case.known.id, case.known.version_id
        id_, tracked = {"article": case.known.id}, bool(case.known.programmes)
        if case.has_new_version:
            edited.append(id_ | article_row(case, under.at))
        elif case.change is not None:
            back = {"state": LIVE, "changed_at": under.at}
            restored.append(id_ | look_row(case.seen, under.at, under.at, tracked=tracked) | back)
        else:
            same.append(id_ | look_row(case.seen, case.known.changed_at, under.at, tracked=tracked))
    for rows in (edited, restored, same):
        _update_rows(connection, rows)


def _update_rows(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows of `articles` that have the same columns; `article` holds the id."""
    for first in rows[:1]:
        columns: dict[str, Any] = {name: bindparam(name) for name in first if name != "article"}
        connection.execute(update(articles).where(articles.c.id == bindparam("article")).values(columns), rows)


def _insert_versions(connection: Connection, cases: Sequence[Case], under: Circumstances) -> None:
    if not cases:
        return
    asked = insert(versions).returning(versions.c.id, sort_by_parameter_order=True)
    rows = [version_row(case, under.at, under.run) for case in cases]
    for case, id_ in zip(cases, connection.execute(asked, rows).scalars(), strict=True):
        case.version_id = id_
    raw = [capture_row(case.version_id, capture, under.at) for case in cases for capture in case.seen.captures]
    told = [mention_row(case.version_id, mention) for case in cases for mention in case.mentions]
    for table, values in ((captures, raw), (mentions, told)):
        if values:
            connection.execute(insert(table), values)


def _drafts(case: Case, change: Change, former: dict[int, Content], tracked: frozenset[str]) -> list[ledger.Draft]:
    before = case.known.programmes if case.known else frozenset()
    concerns = bool(before or case.mentions)
    return [
        ledger.Draft(
            kind=news.kind,
            portal=case.seen.portal,
            tracked=concerns,
            article_id=case.article_id,
            version_id=case.version_id,
            programme=news.programme,
            sentence=news.sentence,
            detail=_edited(case, former) if news.kind is Kind.ARTICLE_EDITED else {},
        )
        for news in news_of(change, before, case.mentions, tracked)
    ]


def _edited(case: Case, former: dict[int, Content]) -> dict[str, Any]:
    """What an edit changed, for those who are told of it."""
    assert case.known is not None  # noqa: S101  (for the type checker)
    places = differences(former[case.known.version_id], case.seen.article.content)
    return {"changes": [[place.before, place.after] for place in places]}


# --- pages that are as they were, or were not found ---


def _touched(connection: Connection, known: Sequence[Known], portal: str, under: Circumstances) -> list[ledger.Draft]:
    """Note that these pages are as they were; the events of those that had been taken down."""
    back = [article for article in known if back_again(article)]
    same = [article for article in known if not back_again(article)]
    _update_rows(connection, [_there(article, article.changed_at, under.at) for article in same])
    returned = {"state": LIVE, "changed_at": under.at}
    _update_rows(connection, [_there(article, under.at, under.at) | returned for article in back])
    return [_whole(Kind.ARTICLE_RESTORED, article, portal) for article in back]


def _there(known: Known, changed_at: datetime, at: datetime) -> dict[str, Any]:
    return {"article": known.id} | there_row(changed_at, at, tracked=bool(known.programmes))


def _missed(connection: Connection, known: Sequence[Known], portal: str, under: Circumstances) -> list[ledger.Draft]:
    """Count the pages that were not found; the events of those that are now confirmed as taken down."""
    confirmed = [article for article in known if withdrawn(article, under.at, under.patience)]
    _update_rows(connection, [missing_row(article, article in confirmed, under.at) for article in known])
    return [_whole(Kind.ARTICLE_WITHDRAWN, article, portal) for article in confirmed]


def _whole(kind: Kind, known: Known, portal: str) -> ledger.Draft:
    return ledger.Draft(kind, portal, bool(known.programmes), known.id, known.version_id)


def _settle(connection: Connection, batch: _Batch, known: dict[str, Known], under: Circumstances) -> None:
    """Note in the lists which articles were read, and which could not be."""
    listings.settle(connection, batch.portal, {*batch.seen, *batch.unchanged})
    failures = {failed.key: (failed.reason, failed.trouble) for failed in batch.failed.values()}
    strangers = [gone for gone in batch.gone.values() if gone.key not in known]
    failures |= {gone.key: (f"HTTP {gone.status}", Trouble.UNREACHABLE) for gone in strangers}
    if failures:
        listings.defer(connection, batch.portal, failures, under.at)


def _tally(batch: _Batch, cases: Sequence[Case]) -> Tally:
    new = sum(case.known is None for case in cases)
    edited = sum(bool(case.known and case.change) for case in cases)
    same = len(batch.seen) - new - edited + len(batch.unchanged)
    return Tally(new=new, edited=edited, unchanged=same, gone=len(batch.gone), failed=len(batch.failed))

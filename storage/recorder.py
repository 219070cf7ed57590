"""Records what a crawl or an import observed: versions, captures, mentions and events, a batch in one transaction.

It decides nothing itself: what an observation means is said by `tracking.changes` and `tracking.withdrawal`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from storage import articles as stored_articles
from storage import ledger, listings, versions
from storage.batches import Batch, by_portal
from storage.imported import match_imported
from storage.rows import Case, Stamp, missing_columns, present_columns
from storage.technical import Renewal, renew
from tracking.article import Article
from tracking.changes import LIVE, KnownArticle, decide
from tracking.events import ArticleRestored, ArticleWithdrawn, Payload
from tracking.observation import FailureKind, StoredCaptures, Observation, Seen, Tally
from tracking.programmes import Matcher
from tracking.withdrawal import WithdrawalPolicy, is_restored, is_withdrawn


@dataclass(frozen=True, slots=True)
class RecordContext:
    """What is the same for all observations of a batch."""

    #: The id of the run; None outside of runs.
    run: int | None
    #: The instant of recording, aware UTC.
    at: datetime
    #: Finds the tracked programmes in a text.
    matcher: Matcher
    #: When a page that is not found counts as taken down.
    withdrawal: WithdrawalPolicy = field(default_factory=WithdrawalPolicy)
    #: What today's rules extract from the stored bytes of an article, None for bytes that they cannot read; without
    #: it, every difference to what is stored counts as an edit.
    reextract: Callable[[StoredCaptures], Article | None] | None = None

    @property
    def stamp(self) -> Stamp:
        """The run and the instant."""
        return Stamp(self.run, self.at)


def record(connection: Connection, observations: Iterable[Observation], context: RecordContext) -> Tally:
    """Store what was observed and write the events that follow; what it came to.

    Call it inside `Database.write()`.
    """
    tally = Tally()
    for batch in by_portal(observations):
        tally.add(_record(connection, batch, context))
    return tally


def _record(connection: Connection, batch: Batch, context: RecordContext) -> Tally:
    """Record the observations of one portal."""
    known = stored_articles.known(connection, batch.portal, batch.checked)
    batch.prefer_pages(known)
    known |= _reextracted(connection, batch, known, context)
    matched = match_imported(connection, batch, known)
    known |= matched.adopted
    cases = [_case(seen, known.get(seen.key), context) for seen in matched.seen]
    drafts = versions.write(connection, cases, context.stamp, context.matcher.keys)
    pages = _Pages(connection, batch.portal, context)
    drafts += pages.present([known[key] for key in batch.unchanged if key in known])
    drafts += pages.missing([known[key] for key in batch.gone if key in known])
    ledger.append(connection, drafts, context.at, context.run)
    _update_listings(connection, batch, known, context.at)
    return _tally(batch, cases)


def _reextracted(
    connection: Connection, batch: Batch, known: dict[str, KnownArticle], context: RecordContext
) -> dict[str, KnownArticle]:
    """What is known of those articles, by key, that differ only or also because our own rules changed.

    Their stored bytes are extracted by today's rules first, so that only the rest of the difference is an edit.
    """
    if context.reextract is None:
        return {}
    renewal = Renewal(context.run, context.at, context.matcher, context.reextract)
    differing = [key for key, seen in batch.seen.items() if key in known and _differs(seen, known[key])]
    changed = renew(connection, batch.portal, differing, renewal).changed
    return stored_articles.known(connection, batch.portal, changed) if changed else {}


def _differs(seen: Seen, known: KnownArticle) -> bool:
    """Whether an article reads differently than it is stored."""
    return seen.article.content.digest != known.digest


def _case(seen: Seen, known: KnownArticle | None, context: RecordContext) -> Case:
    """What happened to an article that was read."""
    change = decide(known, seen.article.content)
    if change is None or not change.new_version:
        return Case(seen, known, change)
    return Case(seen, known, change, context.matcher.mentions(seen.article.content))


@dataclass(frozen=True, slots=True)
class _Pages:
    """Notes whether the pages of stored articles of one portal are there."""

    #: Writes into the database.
    connection: Connection
    #: The name of the portal.
    portal: str
    #: What is the same for the whole batch.
    context: RecordContext

    def present(self, known: Sequence[KnownArticle]) -> list[ledger.Draft]:
        """Note that these pages are as they were; the events of articles that had been taken down."""
        at, back = self.context.at, [article for article in known if is_restored(article)]
        same = {old.id: _present(old, old.changed_at, at) for old in known if not is_restored(old)}
        restored = {old.id: _present(old, at, at) | {"state": LIVE, "changed_at": at} for old in back}
        versions.update_articles(self.connection, same)
        versions.update_articles(self.connection, restored)
        return [self._draft(ArticleRestored(), old) for old in back]

    def missing(self, known: Sequence[KnownArticle]) -> list[ledger.Draft]:
        """Count that these pages were not found; the events of articles that now count as taken down."""
        at, policy = self.context.at, self.context.withdrawal
        gone = [old for old in known if is_withdrawn(old, at, policy)]
        rows = {old.id: missing_columns(old, confirmed=old in gone, at=at) for old in known}
        versions.update_articles(self.connection, rows)
        return [self._draft(ArticleWithdrawn(), old) for old in gone]

    def _draft(self, payload: Payload, old: KnownArticle) -> ledger.Draft:
        """An event of an article whose content stays as it is."""
        return ledger.Draft(payload, self.portal, bool(old.programmes), old.id, old.version_id)


def _present(old: KnownArticle, changed_at: datetime, at: datetime) -> dict[str, object]:
    """The columns of an article whose page is there."""
    return present_columns(changed_at, at, tracked=bool(old.programmes))


def _update_listings(connection: Connection, batch: Batch, known: dict[str, KnownArticle], at: datetime) -> None:
    """Note in the lists which articles were read, and which could not be.

    A page that is not found is a failure of its listing only when the article was never read.
    """
    listings.settle(connection, batch.portal, {*batch.seen, *batch.unchanged})
    failures = {failed.key: (failed.reason, failed.failure_kind) for failed in batch.failed.values()}
    never_read = [gone for gone in batch.gone.values() if gone.key not in known]
    failures |= {gone.key: (f"HTTP {gone.status}", FailureKind.UNREACHABLE) for gone in never_read}
    if failures:
        listings.defer(connection, batch.portal, failures, at)


def _tally(batch: Batch, cases: Sequence[Case]) -> Tally:
    """How many observations had which result."""
    new = sum(case.known is None for case in cases)
    edited = sum(bool(case.known and case.change) for case in cases)
    same = len(batch.seen) - new - edited + len(batch.unchanged)
    return Tally(new=new, edited=edited, unchanged=same, gone=len(batch.gone), failed=len(batch.failed))

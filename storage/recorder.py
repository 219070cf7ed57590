"""Records what a crawl or an import observed: versions, captures, mentions and events, each batch in one transaction.

It decides nothing itself: `tracking.changes` and `tracking.withdrawal` decide what an observation means.
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
from storage.rows import ArticleRecord, Provenance, missing_columns, present_columns
from storage.technical import ReextractContext, reextract
from tracking.article import Article
from tracking.changes import LIVE, KnownArticle, decide
from tracking.events import ArticleRestored, ArticleWithdrawn, Payload
from tracking.observation import FailureKind, Observation, Seen, StoredCaptures, Tally
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
    #: Extracts an article from its stored bytes by the current rules; returns None when they cannot read the bytes.
    #: When this is None, every difference from what is stored counts as an edit.
    reextract: Callable[[StoredCaptures], Article | None] | None = None

    @property
    def provenance(self) -> Provenance:
        """The run, and the time of recording."""
        return Provenance(self.run, self.at)


def record(connection: Connection, observations: Iterable[Observation], context: RecordContext) -> Tally:
    """Store what was observed, write the events that follow, and return how many articles had which result.

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
    records = [_article_record(seen, known.get(seen.key), context) for seen in matched.seen]
    events = versions.write(connection, records, context.provenance, context.matcher.keys)
    pages = _Pages(connection, batch.portal, context)
    events += pages.present([known[key] for key in batch.unchanged if key in known])
    events += pages.missing([known[key] for key in batch.gone if key in known])
    ledger.append(connection, events, context.at, context.run)
    _update_listings(connection, batch, known, context.at)
    return _tally(batch, records)


def _reextracted(
    connection: Connection, batch: Batch, known: dict[str, KnownArticle], context: RecordContext
) -> dict[str, KnownArticle]:
    """What is known, after re-extraction, of those articles whose stored state was extracted by older rules, by key.

    Articles that were read differently than stored are extracted again from their stored bytes by the current rules
    first. Only what still differs then is an edit by the portal.
    """
    if context.reextract is None:
        return {}
    reextract_context = ReextractContext(context.run, context.at, context.matcher, context.reextract)
    differing = [key for key, seen in batch.seen.items() if key in known and _differs(seen, known[key])]
    changed = reextract(connection, batch.portal, differing, reextract_context).changed
    return stored_articles.known(connection, batch.portal, changed) if changed else {}


def _differs(seen: Seen, known: KnownArticle) -> bool:
    """Whether an article reads differently than it is stored."""
    return seen.article.content.digest != known.digest


def _article_record(seen: Seen, known: KnownArticle | None, context: RecordContext) -> ArticleRecord:
    """What happened to an article that was read."""
    change = decide(known, seen.article.content)
    if change is None or not change.new_version:
        return ArticleRecord(seen, known, change)
    return ArticleRecord(seen, known, change, context.matcher.mentions(seen.article.content))


@dataclass(frozen=True, slots=True)
class _Pages:
    """Records whether the pages of one portal's stored articles still exist."""

    #: A connection from `Database.write()`.
    connection: Connection
    #: The name of the portal.
    portal: str
    #: What is the same for the whole batch.
    context: RecordContext

    def present(self, known: Sequence[KnownArticle]) -> list[ledger.NewEvent]:
        """Record that these pages are unchanged; the events of those articles that had been taken down."""
        at, back = self.context.at, [article for article in known if is_restored(article)]
        same = {old.id: _present(old, old.changed_at, at) for old in known if not is_restored(old)}
        restored = {old.id: _present(old, at, at) | {"state": LIVE, "changed_at": at} for old in back}
        versions.update_articles(self.connection, same)
        versions.update_articles(self.connection, restored)
        return [self._new_event(ArticleRestored(), old) for old in back]

    def missing(self, known: Sequence[KnownArticle]) -> list[ledger.NewEvent]:
        """Record that these pages were not found; the events of those articles that count as taken down now."""
        at, policy = self.context.at, self.context.withdrawal
        gone = [old for old in known if is_withdrawn(old, at, policy)]
        rows = {old.id: missing_columns(old, confirmed=old in gone, at=at) for old in known}
        versions.update_articles(self.connection, rows)
        return [self._new_event(ArticleWithdrawn(), old) for old in gone]

    def _new_event(self, payload: Payload, old: KnownArticle) -> ledger.NewEvent:
        """An event of an article whose content stays as it is."""
        return ledger.NewEvent(payload, self.portal, bool(old.programmes), old.id, old.version_id)


def _present(old: KnownArticle, changed_at: datetime, at: datetime) -> dict[str, object]:
    """The columns of an article whose page is there."""
    return present_columns(changed_at, at, tracked=bool(old.programmes))


def _update_listings(connection: Connection, batch: Batch, known: dict[str, KnownArticle], at: datetime) -> None:
    """Record for the rows of lists which articles were read, and which could not be.

    A missing page counts as a failure of its row only when the article was never read.
    """
    listings.mark_read(connection, batch.portal, {*batch.seen, *batch.unchanged})
    failures = {failed.key: (failed.reason, failed.failure_kind) for failed in batch.failed.values()}
    never_read = [gone for gone in batch.gone.values() if gone.key not in known]
    failures |= {gone.key: (f"HTTP {gone.status}", FailureKind.UNREACHABLE) for gone in never_read}
    if failures:
        listings.mark_failed(connection, batch.portal, failures, at)


def _tally(batch: Batch, records: Sequence[ArticleRecord]) -> Tally:
    """How many observations had which result."""
    new = sum(r.known is None for r in records)
    edited = sum(bool(r.known and r.change) for r in records)
    same = len(batch.seen) - new - edited + len(batch.unchanged)
    return Tally(new=new, edited=edited, unchanged=same, gone=len(batch.gone), failed=len(batch.failed))

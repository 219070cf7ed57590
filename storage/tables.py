"""The tables and their columns; no other module names one by a string. All times are aware UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Instant(TypeDecorator[datetime]):
    """A column of aware UTC times; SQLite stores no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """A time in UTC, for the database; ValueError for one without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times without a zone are not stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """The stored time as an aware UTC one."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# One crawl over some portals, one import or one re-extraction.
runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    # crawl, import or reextract.
    Column("kind", String(16), nullable=False),
    # A state of `tracking.outcome`, as in `portal_runs`.
    Column("state", String(16), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
)

# The crawl of one portal in one run.
portal_runs = Table(
    "portal_runs",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("portal", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    # How many rows its lists showed; then how many articles had which result, see `tracking.observation.Tally`.
    Column("listed", Integer, nullable=False, default=0),
    Column("new", Integer, nullable=False, default=0),
    Column("edited", Integer, nullable=False, default=0),
    Column("unchanged", Integer, nullable=False, default=0),
    Column("gone", Integer, nullable=False, default=0),
    Column("failed", Integer, nullable=False, default=0),
    # Whether the crawl saw all that was published since the last one; the longest gap, where there is one.
    Column("complete", Boolean, nullable=False, default=False),
    Column("gap_hours", Float),
    Column("error", Text),
    # A value of `tracking.observation.FailureKind`.
    Column("failure_kind", String(32)),
)

# What is known of each portal: its last crawl, its health, and who is crawling it.
portals = Table(
    "portals",
    metadata,
    Column("portal", String(64), primary_key=True),
    Column("last_run_at", Instant),
    # Of the last crawl, as in `portal_runs`.
    Column("complete", Boolean, nullable=False, default=False),
    Column("gap_hours", Float),
    # Crawls that failed one after the other; 0 after a good one.
    Column("failures", Integer, nullable=False, default=0),
    Column("broken_since", Instant),
    # What was wrong with the last crawl, one line.
    Column("note", Text),
    # The kind of the last failure with how many crawls in a row failed so, a JSON object; null after a good one.
    Column("failure_kinds", Text),
    # Until when the portal asked not to be fetched (Retry-After).
    Column("backoff_until", Instant),
    # When the service crawls it next.
    Column("due_at", Instant),
    # Which process crawls it, and until when unless it renews the lease.
    Column("lease_holder", String(128)),
    Column("lease_until", Instant),
)

# The watermark of each list of each portal.
lists = Table(
    "lists",
    metadata,
    Column("portal", String(64), primary_key=True),
    # The address or name of the list.
    Column("list", String(512), primary_key=True),
    # Listings up to this id were known when the list was last read through: to its end or to something known.
    Column("watermark", Integer, nullable=False),
    Column("completed_at", Instant, nullable=False),
)

# The rows that lists showed. Ids rise in the order in which they were found; watermarks rely on it.
listings = Table(
    "listings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("portal", String(64), nullable=False),
    # The portal's own id of the article.
    Column("key", String(255), nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("published_at", Instant),
    Column("found_at", Instant, nullable=False),
    # A state of storage/listings.py.
    Column("state", String(16), nullable=False),
    # How many tries failed, when the next one is due, and the reason of the last failure.
    Column("attempts", Integer, nullable=False, default=0),
    Column("try_at", Instant, nullable=False),
    Column("error", Text),
    # A value of `tracking.observation.FailureKind`, of the last try; null when it was read, or never tried.
    Column("failure_kind", String(32)),
    UniqueConstraint("portal", "key"),
    Index(None, "portal", "state"),
    Index(None, "portal", "published_at"),
)

# The identity and the state of each article; what it says is in its versions.
articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("portal", String(64), nullable=False),
    # The portal's own id of the article; for an imported file a made-up one, until a crawl finds the same article.
    Column("key", String(255), nullable=False),
    # Null for an imported article.
    Column("url", Text),
    Column("section", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("channel", Text, nullable=False),
    # What is left of the title in the sample form, see `tracking.identity.title_key`.
    Column("title_key", String(32), nullable=False),
    Column("published_at", Instant),
    # A state of `tracking.changes`.
    Column("state", String(16), nullable=False),
    # Number and digest of the newest version, and whether it mentions a tracked programme.
    Column("version", Integer, nullable=False),
    Column("digest", String(32), nullable=False),
    Column("tracked", Boolean, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    # When a reader could last see a change; when the page was last fetched; when it is due again, null for never.
    Column("changed_at", Instant, nullable=False),
    Column("checked_at", Instant, nullable=False),
    Column("recheck_at", Instant),
    # Since when, and in how many checks in a row, the page was not found.
    Column("missing_since", Instant),
    Column("missing_checks", Integer, nullable=False, default=0),
    # What the server sent for conditional requests, a JSON list, see storage/articles.py.
    Column("validators", Text),
    # Whether its text comes from a list; then its page is fetched only to see whether it still exists.
    Column("inline", Boolean, nullable=False, default=False),
    UniqueConstraint("portal", "key"),
    Index(None, "portal", "recheck_at"),
    Index(None, "portal", "title_key"),
    Index(None, "portal", "published_at"),
    Index(None, "url"),
    Index(None, "tracked", "changed_at"),
)

# One state of an article that differs, as a reader sees it, from the one before; or that changed rules extract.
versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    # Counted from 1 within its article.
    Column("number", Integer, nullable=False),
    Column("run_id", ForeignKey("runs.id")),
    Column("seen_at", Instant, nullable=False),
    # Whether changed rules of ours made it, not an edit by the portal; then it has no events.
    Column("technical", Boolean, nullable=False),
    Column("digest", String(32), nullable=False),
    Column("title", Text, nullable=False),
    Column("author", Text),
    Column("published_at", Instant),
    # The text as a reader sees it, a JSON list of strings; then the same as HTML.
    Column("paragraphs", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("image", Text),
    # The bytes of an imported file, if exporting the article would not give the same bytes.
    Column("original", LargeBinary),
    UniqueConstraint("article_id", "number"),
)

# The raw bytes of the responses that a version was read from, as evidence.
captures = Table(
    "captures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    # Counted from 1 within its article.
    Column("page", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("content_type", Text, nullable=False),
    # Bytes before they were compressed with zstandard.
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("version_id", "page"),
)

# Where a version mentions a tracked programme.
mentions = Table(
    "mentions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    Column("programme", String(128), nullable=False),
    # The paragraph, 0 for the title, and the characters from start to before end within it.
    Column("paragraph", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Index(None, "version_id"),
    Index(None, "programme", "version_id"),
)

# The names of programmes, so that a report need not load their files.
programmes = Table(
    "programmes",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("name", Text, nullable=False),
)

# The ledger: append-only, numbered without gaps in the order of commits.
events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    # A value of `tracking.events.Kind`.
    Column("kind", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("run_id", ForeignKey("runs.id")),
    Column("portal", String(64), nullable=False),
    Column("article_id", ForeignKey("articles.id")),
    Column("version_id", ForeignKey("versions.id")),
    Column("programme", String(128)),
    Column("sentence", Text),
    # Whether it concerns a tracked programme: what a reader sees without --all.
    Column("tracked", Boolean, nullable=False),
    # A JSON object, see storage/payloads.py.
    Column("detail", Text),
    Index(None, "tracked", "seq"),
    Index(None, "at"),
    Index(None, "run_id"),
)

# How far each named reader has read the ledger.
readers = Table(
    "readers",
    metadata,
    Column("name", String(128), primary_key=True),
    # The number of the last event that the reader has seen.
    Column("seq", Integer, nullable=False),
    Column("moved_at", Instant, nullable=False),
)

# The join from an article to its newest version.
newest_version = (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.version)

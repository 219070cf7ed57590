"""The only module that knows table and column names."""

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
    """Aware UTC in and out; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times without a zone are not stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
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

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
)

portal_runs = Table(
    "portal_runs",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("portal", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("listed", Integer, nullable=False, default=0),
    Column("new", Integer, nullable=False, default=0),
    Column("edited", Integer, nullable=False, default=0),
    Column("unchanged", Integer, nullable=False, default=0),
    Column("gone", Integer, nullable=False, default=0),
    Column("failed", Integer, nullable=False, default=0),
    Column("certified", Boolean, nullable=False, default=False),
    Column("gap_hours", Float),
    Column("error", Text),
    Column("trouble", String(32)),
)

portals = Table(
    "portals",
    metadata,
    Column("portal", String(64), primary_key=True),
    Column("last_run_at", Instant),
    Column("certified", Boolean, nullable=False, default=False),
    Column("gap_hours", Float),
    Column("failures", Integer, nullable=False, default=0),
    Column("broken_since", Instant),
    Column("note", Text),
    # How many of the last crawls each kind of trouble befell, a JSON object.
    Column("troubles", Text),
    # The portal asked not to be visited before.
    Column("rest_until", Instant),
    Column("due_at", Instant),
    Column("lease_holder", String(128)),
    Column("lease_until", Instant),
)

lists = Table(
    "lists",
    metadata,
    Column("portal", String(64), primary_key=True),
    Column("list", String(512), primary_key=True),
    # Listings up to this id were known when the list was last read to its end or to something known.
    Column("mark", Integer, nullable=False),
    Column("marked_at", Instant, nullable=False),
)

listings = Table(
    "listings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("portal", String(64), nullable=False),
    Column("key", String(255), nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("published_at", Instant),
    Column("found_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("try_at", Instant, nullable=False),
    Column("error", Text),
    UniqueConstraint("portal", "key"),
    Index(None, "portal", "state"),
    Index(None, "portal", "published_at"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("portal", String(64), nullable=False),
    Column("key", String(255), nullable=False),
    Column("url", Text),
    Column("section", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("title_key", String(32), nullable=False),
    Column("published_at", Instant),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", String(32), nullable=False),
    Column("tracked", Boolean, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("checked_at", Instant, nullable=False),
    Column("recheck_at", Instant),
    Column("missing_since", Instant),
    Column("missing_checks", Integer, nullable=False, default=0),
    Column("validators", Text),
    # Its text comes from a list; its page is only looked at for whether it is there.
    Column("given", Boolean, nullable=False, default=False),
    UniqueConstraint("portal", "key"),
    Index(None, "portal", "recheck_at"),
    Index(None, "portal", "title_key"),
    Index(None, "portal", "published_at"),
    Index(None, "url"),
    Index(None, "tracked", "changed_at"),
)

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("run_id", ForeignKey("runs.id")),
    Column("seen_at", Instant, nullable=False),
    Column("technical", Boolean, nullable=False),
    Column("digest", String(32), nullable=False),
    Column("title", Text, nullable=False),
    Column("author", Text),
    Column("published_at", Instant),
    Column("paragraphs", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("image", Text),
    # The bytes of an imported file that our own rendering would not give back.
    Column("original", LargeBinary),
    UniqueConstraint("article_id", "number"),
)

captures = Table(
    "captures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    Column("page", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("version_id", "page"),
)

mentions = Table(
    "mentions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    Column("programme", String(128), nullable=False),
    Column("paragraph", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Index(None, "version_id"),
    Index(None, "programme", "version_id"),
)

programmes = Table(
    "programmes",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("name", Text, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
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
    Column("detail", Text),
    Index(None, "tracked", "seq"),
    Index(None, "at"),
    Index(None, "run_id"),
)

readers = Table(
    "readers",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("moved_at", Instant, nullable=False),
)

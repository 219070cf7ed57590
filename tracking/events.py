"""The kinds of event, and one row of the ledger as its readers get it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What can happen to an article, to a programme in it, or to a portal."""

    ARTICLE_NEW = "article.new"
    ARTICLE_EDITED = "article.edited"
    ARTICLE_WITHDRAWN = "article.withdrawn"
    ARTICLE_RESTORED = "article.restored"
    MENTION_NEW = "mention.new"
    MENTION_DROPPED = "mention.dropped"
    PORTAL_BROKEN = "portal.broken"
    PORTAL_RECOVERED = "portal.recovered"
    PORTAL_GAP = "portal.gap"


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered row of the ledger, joined with the article it speaks of; None where a kind has no such thing."""

    seq: int
    kind: Kind
    at: datetime
    run: int | None
    portal: str
    article: int | None = None
    key: str | None = None
    version: int | None = None
    url: str | None = None
    title: str | None = None
    published_at: datetime | None = None
    programme: str | None = None
    programme_name: str | None = None
    sentence: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PortalState:
    """How far a portal's silence can be trusted; certified = its lists still showed something known."""

    portal: str
    last_run_at: datetime | None
    certified: bool
    gap_hours: float | None = None
    broken_since: datetime | None = None
    note: str | None = None
    failures: int = 0
    trouble: str | None = None
    rest_until: datetime | None = None

"""The clock: the only place that asks what time it is; everything else is given a time, or a clock."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present, aware UTC."""
    return datetime.now(UTC)

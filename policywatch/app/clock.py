"""The clock of use cases and commands; everything below them is given a time, or a clock."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present, aware UTC."""
    return datetime.now(UTC)

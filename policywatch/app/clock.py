"""The clock of use cases and commands; all other modules get a time, or a clock, as an argument."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present, aware UTC."""
    return datetime.now(UTC)

"""How long a busy server is left alone; test_fetch_path.py sees it at work."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.fetch.backoff import retry_after

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, 0),
        (b"", 0),
        (b"120", 120),
        (b" 5 ", 5),
        (b"-5", 0),
        (b"soon", 0),
        (b"\xff\xfe", 0),
        (b"9" * 400, 999_999_999),
        (b"Fri, 20 Nov 2026 08:01:30 GMT", 90),
        (b"Fri, 20 Nov 2026 16:01:30 +0800", 90),
        (b"Fri, 20 Nov 2026 07:59:00 GMT", 0),
        (b"Fri, 99 Nov 2026 07:59:00 GMT", 0),
        (b"Fri, 31 Dec 9999 23:59:59 -2359", 0),
    ],
)
def test_a_retry_after_header_is_read_in_both_forms(value: bytes | None, seconds: float) -> None:
    assert retry_after(value, NOW) == seconds

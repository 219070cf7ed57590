"""Entries of feeds as evidence: what is kept of one gives the same entry again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portals.feeds.feed_entry import FeedEntry, entry_from_json, entry_to_json

WHOLE = FeedEntry(
    id="tag:x.cn,2026:1",
    url="/a/1.html",
    title="试点<b>扩大</b>",
    author="米岚、云川",
    published_at=datetime(2026, 11, 20, 0, 5, 9, tzinfo=UTC),
    summary="<p>摘要。</p>",
    content="<p>全文。</p>",
)
TEXTS = st.none() | st.text()
TIMES = st.none() | st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
ENTRIES = st.builds(FeedEntry, TEXTS, TEXTS, TEXTS, TEXTS, TIMES, TEXTS, TEXTS)


def test_an_entry_is_kept_as_a_plain_object_with_its_time_in_utc() -> None:
    assert entry_to_json(WHOLE) == {
        "id": "tag:x.cn,2026:1",
        "url": "/a/1.html",
        "title": "试点<b>扩大</b>",
        "author": "米岚、云川",
        "published_at": "2026-11-20T00:05:09+00:00",
        "summary": "<p>摘要。</p>",
        "content": "<p>全文。</p>",
    }


def test_what_an_entry_does_not_say_is_kept_as_not_said() -> None:
    assert set(entry_to_json(FeedEntry()).values()) == {None}
    assert entry_from_json(entry_to_json(FeedEntry())) == FeedEntry()


@given(ENTRIES)
def test_an_entry_comes_back_as_it_was(entry: FeedEntry) -> None:
    assert entry_from_json(json.loads(json.dumps(entry_to_json(entry)))) == entry


def test_a_time_in_another_zone_is_the_same_instant_again() -> None:
    kept = entry_to_json(FeedEntry(published_at=datetime(2026, 11, 20, 8, 5, tzinfo=timezone(timedelta(hours=8)))))
    assert entry_from_json(kept).published_at == datetime(2026, 11, 20, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "试点扩大",
        {},
        {"title": "试点扩大"},
        entry_to_json(WHOLE) | {"published_at": "昨天"},
        entry_to_json(WHOLE) | {"published_at": 20261120},
        entry_to_json(WHOLE) | {"guid": "1"},
    ],
)
def test_any_other_value_is_no_entry(value: object) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        entry_from_json(value)

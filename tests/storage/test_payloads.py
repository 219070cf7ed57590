"""What events say comes back from the database as it was written."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.payloads import columns_of, payload_of
from tracking.events import (
    ArticleEdited,
    ArticlePayload,
    Kind,
    MentionDropped,
    MentionNew,
    MentionPayload,
    Payload,
    PortalBroken,
    PortalGap,
    PortalPayload,
)
from tracking.observation import FailureKind

CLASSES = [*get_args(ArticlePayload), *get_args(MentionPayload), *get_args(PortalPayload)]
HOURS = st.none() | st.floats(0, 1e6)
GAPS = st.builds(PortalGap, HOURS, st.none() | st.text(), st.none() | st.sampled_from(FailureKind))
PAYLOADS = st.one_of(GAPS, *(st.from_type(payload) for payload in CLASSES if payload is not PortalGap))


def row(**columns: Any) -> Any:
    return SimpleNamespace(**({"programme": None, "sentence": None, "detail": None} | columns))


def there_and_back(payload: Payload) -> Payload:
    return payload_of(row(**columns_of(payload)))


@given(PAYLOADS)
def test_every_payload_comes_back_as_it_was(payload: Payload) -> None:
    assert there_and_back(payload) == payload


def test_every_kind_has_one_payload() -> None:
    assert sorted(payload.kind for payload in CLASSES) == sorted(Kind)


def test_a_mention_is_stored_in_columns_of_its_own() -> None:
    assert columns_of(MentionNew("digital-yuan", "句。")) == {
        "kind": "mention.new",
        "programme": "digital-yuan",
        "sentence": "句。",
        "detail": None,
    }
    assert columns_of(MentionDropped("digital-yuan"))["sentence"] is None


def test_what_has_no_column_is_stored_as_readable_json() -> None:
    gap = columns_of(PortalGap(5.5, "“原因”", FailureKind.BLOCKED))
    assert gap["detail"] == '{"reason": "“原因”", "failure_kind": "blocked", "hours": 5.5}'
    assert json.loads(columns_of(PortalBroken())["detail"]) == {"reason": None, "failure_kind": None}
    assert json.loads(columns_of(ArticleEdited((("旧", "新"),)))["detail"]) == {"changes": [["旧", "新"]]}


@pytest.mark.parametrize(
    ("stored", "payload"),
    [
        (row(kind="article.edited"), ArticleEdited()),
        (row(kind="portal.broken", detail='{"reason": "HTTP 503", "hours": null}'), PortalBroken("HTTP 503")),
        (row(kind="portal.gap"), PortalGap()),
    ],
)
def test_events_of_older_releases_say_less(stored: Any, payload: Payload) -> None:
    assert payload_of(stored) == payload


def test_a_kind_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match=r"article\.eaten"):
        payload_of(row(kind="article.eaten"))

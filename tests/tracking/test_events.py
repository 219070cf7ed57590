"""What an event says: each payload knows its kind, and a row of the ledger says what its readers ask of it."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import get_args

import pytest

from tracking.events import (
    ArticleEdited,
    ArticleNew,
    ArticleRestored,
    ArticleWithdrawn,
    Entry,
    Kind,
    MentionDropped,
    MentionNew,
    Payload,
    PortalBroken,
    PortalGap,
    PortalRecovered,
)

AT = datetime(2026, 11, 20, tzinfo=UTC)
PAYLOADS: list[tuple[Payload, Kind]] = [
    (ArticleNew(), Kind.ARTICLE_NEW),
    (ArticleEdited((("五", "六"),)), Kind.ARTICLE_EDITED),
    (ArticleWithdrawn(), Kind.ARTICLE_WITHDRAWN),
    (ArticleRestored(), Kind.ARTICLE_RESTORED),
    (MentionNew("digital-yuan", "试点扩大。"), Kind.MENTION_NEW),
    (MentionDropped("digital-yuan"), Kind.MENTION_DROPPED),
    (PortalBroken("HTTP 503"), Kind.PORTAL_BROKEN),
    (PortalRecovered(), Kind.PORTAL_RECOVERED),
    (PortalGap(2.5), Kind.PORTAL_GAP),
]


def entry(payload: Payload) -> Entry:
    return Entry(1, payload, AT, 4, "sina")


@pytest.mark.parametrize(("payload", "kind"), PAYLOADS, ids=lambda value: str(value) if isinstance(value, Kind) else "")
def test_each_payload_knows_its_kind_and_a_row_of_the_ledger_has_that_of_its_payload(
    payload: Payload, kind: Kind
) -> None:
    assert payload.kind is entry(payload).kind is kind


def test_every_kind_has_one_payload_of_its_own() -> None:
    classes = [payload for group in get_args(Payload) for payload in get_args(group) or (group,)]
    assert sorted(payload.kind for payload in classes) == sorted(Kind)
    assert {type(payload) for payload, _ in PAYLOADS} == set(classes)


def test_a_kind_is_no_field_that_could_be_given_or_stored() -> None:
    assert [payload for payload, _ in PAYLOADS if "kind" in {field.name for field in fields(payload)}] == []


def test_kinds_are_named_after_what_they_happen_to() -> None:
    assert {str(kind).partition(".")[0] for kind in Kind} == {"article", "mention", "portal"}


def test_events_of_two_kinds_differ_even_where_they_say_the_same() -> None:
    assert PortalBroken("HTTP 503") != PortalRecovered("HTTP 503")
    assert ArticleNew() != ArticleRestored()
    assert ArticleEdited((("五", "六"),)) == ArticleEdited((("五", "六"),)) != ArticleEdited()


def test_only_a_new_mention_has_a_programme_and_a_sentence() -> None:
    assert (entry(MentionNew("yuan", "扩大。")).programme, entry(MentionNew("yuan", "扩大。")).sentence) == (
        "yuan",
        "扩大。",
    )


def test_a_mention_that_left_has_a_programme_and_no_sentence() -> None:
    assert (entry(MentionDropped("yuan")).programme, entry(MentionDropped("yuan")).sentence) == ("yuan", None)


@pytest.mark.parametrize("payload", [payload for payload, kind in PAYLOADS if not kind.startswith("mention")])
def test_all_other_events_have_neither(payload: Payload) -> None:
    assert entry(payload).programme is entry(payload).sentence is None

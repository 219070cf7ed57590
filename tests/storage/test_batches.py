"""Observations sorted for recording, without any database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage.batches import Batch, by_portal
from tests.storage.builders import DAY, seen
from tracking.changes import LIVE, KnownArticle
from tracking.observation import Failed, Gone, Observation, Seen, Unchanged


def inline(key: str = "a1", text: str = "列表里的话。") -> Seen:
    return replace(seen(key, text), inline=True)


def known(*, is_inline: bool) -> KnownArticle:
    return KnownArticle(1, "a1", LIVE, 1, 1, "", frozenset(), DAY, DAY, None, 0, is_inline)


def batch(*observations: Observation) -> Batch:
    (only,) = by_portal(observations)
    return only


def test_each_portal_has_a_batch_in_the_order_in_which_they_appear() -> None:
    found = by_portal([Unchanged("sina", "a"), Unchanged("cs", "a"), Unchanged("sina", "b")])
    assert [(one.portal, list(one.unchanged)) for one in found] == [("sina", ["a", "b"]), ("cs", ["a"])]


def test_observations_are_sorted_by_what_they_are() -> None:
    found = batch(seen("a"), Unchanged("sina", "b"), Gone("sina", "c", "u", 404), Failed("sina", "d", "u", "HTTP 503"))
    assert [*found.seen, *found.unchanged, *found.gone, *found.failed] == ["a", "b", "c", "d"]
    assert found.checked == {"a", "b", "c"}


def test_of_two_readings_of_one_article_the_later_counts() -> None:
    assert batch(seen("a1", "先。"), seen("a1", "后。")).seen["a1"].article.content.paragraphs == ("后。",)
    assert batch(inline(text="先。"), inline(text="后。")).seen["a1"].article.content.paragraphs == ("后。",)


@pytest.mark.parametrize("order", [1, -1])
def test_the_page_of_an_article_counts_before_the_text_of_a_list(order: int) -> None:
    assert not batch(*[seen("a1"), inline("a1")][::order]).seen["a1"].inline


@pytest.mark.parametrize(("was_inline", "left"), [(True, ["a1"]), (False, [])])
def test_an_article_that_was_read_from_its_page_does_not_change_by_a_list(was_inline: bool, left: list[str]) -> None:
    found = batch(inline("a1"))
    found.prefer_pages({"a1": known(is_inline=was_inline)})
    assert list(found.seen) == left


def test_a_new_article_and_a_page_are_never_left_out() -> None:
    found = batch(inline("a1"), seen("a2"))
    found.prefer_pages({"a2": known(is_inline=False)})
    assert list(found.seen) == ["a1", "a2"]

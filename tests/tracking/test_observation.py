"""What a look at an article gave: by which portal and key it is known, and how a crawl counts it."""

from __future__ import annotations

from dataclasses import astuple, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.article import Article, Categories, Content
from tracking.observation import Failed, FailureKind, Gone, Observation, Seen, Tally, Unchanged

URL = "https://finance.sina.com.cn/doc-ia1.shtml"
ARTICLE = Article(
    portal="sina",
    key="a1",
    url=URL,
    categories=Categories("金融", "新浪财经", "新浪财经－国內"),
    content=Content("试点扩大", ("数字人民币试点扩大到五个区。",)),
    author=None,
    published_at=None,
    body="<p>数字人民币试点扩大到五个区。</p>",
    image=None,
)
OBSERVATIONS: list[Observation] = [
    Seen(ARTICLE),
    Unchanged("sina", "a1"),
    Gone("sina", "a1", URL, 404),
    Failed("sina", "a1", URL, "HTTP 503"),
]
TALLIES = st.builds(Tally, *[st.integers(0, 10**6)] * 5)


def sum_of(*tallies: Tally) -> Tally:
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return total


# --- observations ---


@pytest.mark.parametrize("observation", OBSERVATIONS, ids=lambda it: type(it).__name__)
def test_whatever_was_seen_the_portal_and_the_key_say_of_which_article(observation: Observation) -> None:
    assert (observation.portal, observation.key) == ("sina", "a1")


def test_what_was_seen_has_the_key_of_its_article_whichever_that_is() -> None:
    other = Seen(replace(ARTICLE, portal="cs", key="b2"))
    assert (other.portal, other.key) == ("cs", "b2")


@pytest.mark.parametrize("observation", OBSERVATIONS, ids=lambda it: type(it).__name__)
def test_two_looks_with_the_same_result_are_equal(observation: Observation) -> None:
    assert {observation, replace(observation)} == {observation}


def test_two_looks_with_different_results_are_not_the_same() -> None:
    assert len(set(OBSERVATIONS)) == len(OBSERVATIONS)


def test_an_article_alone_is_one_from_its_own_page_without_evidence() -> None:
    seen = Seen(ARTICLE)
    assert (seen.captures, seen.validators, seen.original, seen.inline) == ((), (), None, False)


def test_a_failure_without_a_kind_is_a_page_that_the_rules_did_not_expect() -> None:
    assert Failed("sina", "a1", URL, "没有标题").failure_kind is FailureKind.LAYOUT


def test_kinds_of_failure_are_words_for_people_each_its_own() -> None:
    assert str(FailureKind.FORBIDDEN) == "forbidden by robots.txt"
    assert len({kind.value for kind in FailureKind}) == len(FailureKind)
    assert all(kind.value == kind.value.strip() and kind.value.isprintable() for kind in FailureKind)


# --- the tally ---


def test_a_crawl_begins_with_nothing_counted() -> None:
    assert astuple(Tally()) == (0, 0, 0, 0, 0)


def test_each_number_is_added_to_its_own() -> None:
    assert sum_of(Tally(1, 2, 3, 4, 5), Tally(10, 20, 30, 40, 50)) == Tally(11, 22, 33, 44, 55)


def test_what_is_added_stays_as_it_was() -> None:
    batch = Tally(new=1)
    sum_of(batch, batch)
    assert batch == Tally(new=1)


@given(TALLIES, TALLIES, TALLIES)
def test_the_order_and_the_size_of_batches_change_no_number(one: Tally, two: Tally, three: Tally) -> None:
    assert sum_of(one, two, three) == sum_of(three, sum_of(two, one))
    assert sum(astuple(sum_of(one, two, three))) == sum(map(sum, map(astuple, (one, two, three))))


@given(TALLIES)
def test_an_empty_batch_adds_nothing(tally: Tally) -> None:
    assert sum_of(tally, Tally()) == tally
    assert len(fields(tally)) == 5

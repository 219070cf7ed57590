"""The frontier of a single look: it wants what it was told, and keeps what it saw in memory."""

from __future__ import annotations

import pytest

from crawler.frontier import CrawlSession, ListProblem, MemoryFrontier, NextSteps, SessionRefused
from tests.crawler.small_site import LISTING, NOW, Tiny
from tracking.article import Listing
from tracking.errors import PolicywatchError
from tracking.observation import FailureKind, Unchanged

LIST = Tiny.lists[0]


def rows(*keys: str) -> list[Listing]:
    return [Listing("tiny", key, f"https://tiny.cn/a/{key}.html", f"第{key}条", None) for key in keys]


def add(frontier: MemoryFrontier, *keys: str, number: int = 1, ended: bool = False) -> NextSteps:
    return frontier.add_page(LIST, number, rows(*keys), ended=ended)


@pytest.mark.parametrize(("first", "waiting"), [(0, []), (1, ["a"]), (2, ["a", "b"]), (9, ["a", "b", "c"])])
def test_of_a_list_the_first_few_rows_are_read(first: int, waiting: list[str]) -> None:
    steps = add(MemoryFrontier(max_articles=first), "a", "b", "c")
    assert [listing.key for listing in steps.waiting] == waiting


@pytest.mark.parametrize("ended", [True, False])
def test_no_list_is_read_beyond_its_first_page(ended: bool) -> None:
    assert not add(MemoryFrontier(max_articles=1), "a", ended=ended).go_on


def test_what_the_lists_showed_is_kept_row_by_row() -> None:
    frontier = MemoryFrontier(max_articles=1)
    add(frontier, "a", "b")
    add(frontier)
    add(frontier, "b", number=2)
    assert [listing.key for listing in frontier.listed] == ["a", "b", "b"]


def test_it_waits_for_the_articles_that_it_was_told_and_nothing_is_due() -> None:
    frontier = MemoryFrontier(to_read=(LISTING,))
    assert list(frontier.waiting()) == [LISTING]
    assert list(frontier.due()) == []
    add(frontier, "a")
    assert list(frontier.waiting()) == [LISTING]


def test_lists_that_fail_are_noted_with_their_reasons() -> None:
    frontier = MemoryFrontier()
    frontier.fail_list(LIST, "HTTP 503", FailureKind.UNREACHABLE)
    frontier.fail_list("https://tiny.cn/b", "没有行", FailureKind.EMPTY)
    assert frontier.problems == [
        ListProblem(LIST, "HTTP 503", FailureKind.UNREACHABLE),
        ListProblem("https://tiny.cn/b", "没有行", FailureKind.EMPTY),
    ]
    assert frontier.listed == []


def test_a_session_hands_what_it_sees_to_the_frontier_in_that_order() -> None:
    frontier = MemoryFrontier()
    session = frontier.session(NOW, (LIST,))
    for key in ("b", "a"):
        session.put(Unchanged("tiny", key))
    assert [observation.key for observation in frontier.observations] == ["b", "a"]
    assert (session.frontier, session.at, session.lists) == (frontier, NOW, (LIST,))


def test_a_session_without_lists_reads_none() -> None:
    assert MemoryFrontier().session(NOW).lists == CrawlSession(MemoryFrontier(), lambda _: None, NOW).lists == ()


def test_two_looks_know_nothing_of_each_other() -> None:
    one, other = MemoryFrontier(), MemoryFrontier()
    add(one, "a")
    one.fail_list(LIST, "HTTP 503", FailureKind.UNREACHABLE)
    one.session(NOW).put(Unchanged("tiny", "a"))
    assert (other.listed, other.problems, other.observations) == ([], [], [])


def test_a_refusal_says_why_in_its_line() -> None:
    refusal = SessionRefused("another crawl of it is under way")
    assert str(refusal) == "another crawl of it is under way"
    assert isinstance(refusal, PolicywatchError)

"""Events gathered by article, each in a few words, and what may be said of silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from output_builders import ECNY, MORNING, complete, entry, mention

from outputs import digest
from outputs.digest import changes, digests, event_text, facts, is_mention, portal_line, programme_name, summary, title
from tracking.events import (
    ArticleEdited,
    ArticleNew,
    ArticleRestored,
    ArticleWithdrawn,
    Entry,
    MentionDropped,
    Payload,
    PortalBroken,
    PortalGap,
    PortalRecovered,
    PortalState,
)
from tracking.observation import FailureKind

GAP = PortalState("cs", MORNING, complete=False, gap_hours=5.0)


def numbered(*articles: int | None) -> list[Entry]:
    """Entries of these articles, numbered from 1; None is an entry about a portal."""
    payloads: dict[bool, Payload] = {True: PortalGap(1.0), False: ArticleNew()}
    return [entry(seq, payloads[number is None], number) for seq, number in enumerate(articles, 1)]


def seqs(entries: tuple[Entry, ...]) -> list[int]:
    return [each.seq for each in entries]


# --- gathered ---


def test_an_article_stands_where_its_first_entry_does_with_all_of_its_own() -> None:
    (one,) = digests(numbered(7, 3, None, 7, 3, None))
    assert [seqs(entries) for entries in one.articles] == [[1, 4], [2, 5]]
    assert seqs(one.portals) == [3, 6]


def test_nothing_gives_no_digest_at_all() -> None:
    assert list(digests([])) == []


def test_a_stretch_ends_after_a_thousand_entries_but_not_between_two_of_one_article(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(digest, "_WINDOW", 3)
    found = list(digests(numbered(1, 2, 3, 3, 3, 4, 5)))
    assert [[seqs(entries) for entries in one.articles] for one in found] == [[[1], [2], [3, 4, 5]], [[6], [7]]]


def test_an_article_that_never_ends_does_not_grow_a_stretch_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "_WINDOW", 3)
    assert [seqs(one.articles[0]) for one in digests(numbered(*[1] * 8))] == [[1, 2, 3, 4, 5, 6], [7, 8]]


def test_a_stretch_is_a_thousand_entries_and_is_given_before_the_next_one_is_read() -> None:
    left = iter(numbered(*range(1, 2502)))
    first = next(digests(left))
    assert len(first.articles) == 1000
    assert len(list(left)) == 1500


@given(st.lists(st.none() | st.integers(1, 5), max_size=40), st.integers(1, 6))
def test_no_entry_is_lost_or_told_twice(articles: list[int | None], window: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digest, "_WINDOW", window)
        found = list(digests(numbered(*articles)))
    told = [seqs(entries) for one in found for entries in (*one.articles, one.portals)]
    assert sorted(seq for entries in told for seq in entries) == list(range(1, len(articles) + 1))
    assert all(entries == sorted(entries) for entries in told)
    assert all(len({each.article for each in entries}) == 1 for one in found for entries in one.articles)


# --- in a few words ---


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (ArticleNew(), "new, seen 2026-11-21 11:20"),
        (ArticleEdited(), "edited, seen 2026-11-21 11:20 (version 2)"),
        (ArticleWithdrawn(), "taken down, confirmed 2026-11-21 11:20"),
        (ArticleRestored(), "back again, seen 2026-11-21 11:20"),
        (ECNY, "mentions 数字人民币"),
        (MentionDropped("ecny"), "no longer mentions 数字人民币"),
        (PortalBroken(), "no longer reads, since 2026-11-21 11:20"),
        (PortalRecovered(), "reads again, since 2026-11-21 11:20"),
        (PortalGap(), "possible gap, found 2026-11-21 11:20"),
        (PortalGap(1.0), "possible gap of 1 hour, found 2026-11-21 11:20"),
    ],
)
def test_each_kind_of_event_has_its_words(payload: Payload, words: str) -> None:
    assert event_text(entry(1, payload, version=2, programme_name="数字人民币")) == words


def test_an_edit_shows_what_it_changed_and_no_other_event_does() -> None:
    edit = ArticleEdited((("5个\x1b[31m区", "6个区"), ("", "新加一句。\n")))
    assert changes(entry(1, edit)) == [("5个区", "6个区"), ("", "新加一句。")]
    assert changes(entry(1, ArticleNew())) == changes(mention(1)) == []


def test_mentions_are_those_of_both_kinds() -> None:
    assert [is_mention(entry(1, payload)) for payload in (ECNY, MentionDropped("a"), ArticleNew(), PortalGap())] == [
        True,
        True,
        False,
        False,
    ]


def test_a_programme_is_named_by_its_name_or_its_key() -> None:
    assert programme_name(mention(1)) == "数字人民币"
    assert programme_name(mention(1, programme_name=None)) == "ecny"
    assert programme_name(mention(1, programme_name="数字\x1b[2J人民币")) == "数字人民币"
    assert programme_name(entry(1, ArticleNew())) == "a programme"


def test_the_newest_title_counts_and_one_that_nobody_sees_is_none() -> None:
    named = [entry(seq, ArticleNew(), title=each) for seq, each in enumerate(("旧题", "新题", None))]
    assert title(named) == "新题"
    assert title(named[2:]) == title([entry(1, ArticleNew(), title="\u200b")]) == "(no title)"


def test_the_facts_of_an_article_are_its_portal_time_and_number() -> None:
    assert facts(entry(1, ArticleNew())) == "sina · published 2026-11-20 16:30 Beijing time · article 17"
    assert facts(entry(1, ArticleNew(), published_at=None)) == "sina · no time given · article 17"


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (PortalBroken(), ""),
        (PortalBroken("HTTP 503"), " (HTTP 503)"),
        (PortalBroken("HTTP 503", FailureKind.UNREACHABLE), " (unreachable: HTTP 503)"),
        (PortalRecovered(None, FailureKind.QUIET), " (too few articles)"),
        (PortalGap(2.5, "列表\x1b[31m空了", FailureKind.EMPTY), " (empty list: 列表空了)"),
    ],
)
def test_a_line_about_a_portal_says_why_where_the_event_does(payload: Payload, why: str) -> None:
    event = entry(1, payload, None, portal="stcn")
    assert portal_line(event) == f"stcn: {event_text(event)}{why}"


# --- what silence is worth ---


def test_silence_counts_from_the_crawl_that_is_longest_ago() -> None:
    said = summary(False, [complete("sina"), complete("cs", hours_ago=3)])
    assert said.headline.startswith("Nothing new as of 2026-11-21 08:20 Beijing time")
    assert summary(True, [complete()]).headline.startswith("Nothing was missed as of 2026-11-21 11:20")
    assert said.items == ()


@pytest.mark.parametrize(
    "doubtful",
    [
        GAP,
        replace(GAP, gap_hours=None),
        replace(complete("cs"), broken_since=MORNING),
        PortalState("cs", None, complete=False, broken_since=MORNING),
    ],
)
def test_one_portal_that_cannot_be_trusted_takes_the_claim_from_all(doubtful: PortalState) -> None:
    for has_news in (True, False):
        said = summary(has_news, [complete(), doubtful])
        assert "may have been missed" in said.headline
        assert len(said.items) == 1
        assert said.items[0].startswith("cs: possible gap")


def test_a_doubt_says_how_long_since_when_and_why_in_one_short_line() -> None:
    state = replace(GAP, broken_since=MORNING - timedelta(hours=1), note="说明\n" + "长" * 200)
    (item,) = summary(False, [state]).items
    assert item.startswith("cs: possible gap of 5 hours, it has not been readable since 2026-11-21 10:20 Beijing time")
    assert item.endswith("长…)")
    assert len(item) < 250
    assert "\n" not in item


def test_a_portal_that_shows_too_little_is_named_and_still_trusted() -> None:
    quiet = replace(complete("cs"), failure_kind=FailureKind.QUIET)
    said = summary(False, [complete(), quiet])
    assert said.headline.startswith("Nothing new")
    assert said.items == ("cs: reads well, but shows far fewer articles than at this hour of earlier weeks",)


def test_portals_that_were_never_crawled_share_one_line_at_the_end() -> None:
    never = [PortalState(name, None, complete=False) for name in ("nbd", "yicai")]
    assert summary(False, [*never, GAP]).items[-1] == "not crawled yet: nbd, yicai"
    assert summary(False, never) == summary(True, [])
    assert summary(True, []).headline.startswith("No portal has been crawled yet")

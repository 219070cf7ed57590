"""What `new` and `show` print on a terminal."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from output_builders import ADDRESS, MORNING, article, complete, entry, mention, stored

from outputs.text import render, show_text
from tracking.article import Content
from tracking.events import (
    ArticleEdited,
    ArticleNew,
    ArticleRestored,
    ArticleWithdrawn,
    Entry,
    MentionDropped,
    MentionNew,
    PortalBroken,
    PortalGap,
    PortalRecovered,
    PortalState,
)

HOSTILE = "标题\x1b]0;x\x07\x1b[31m\u202e\n第二行"


def rendered(entries: Iterable[Entry] = (), *states: PortalState) -> str:
    return "\n".join(render(entries, states or [complete()]))


def test_entries_are_gathered_by_article_with_one_line_for_each_thing_that_happened() -> None:
    entries = [
        entry(1, ArticleNew()),
        mention(2),
        entry(3, ArticleWithdrawn(), 9, url=None, published_at=None, portal="cs"),
        mention(4, payload=MentionNew("benchmark", "建设标杆城市。"), programme_name="全球数字经济标杆城市"),
        entry(5, ArticleEdited(), version=2, title="改过的标题", at=MORNING + timedelta(hours=1)),
        entry(6, MentionDropped("ecny"), programme_name="数字人民币"),
        entry(7, ArticleRestored(), 9, url=None, published_at=None, portal="cs"),
    ]
    assert rendered(entries[:-2] + entries[-1:] + entries[-2:-1]) == "\n".join(
        [
            "第17篇",
            "    sina · published 2026-11-20 16:30 Beijing time · article 17",
            f"    {ADDRESS}",
            "    new, seen 2026-11-21 11:20",
            "    mentions 数字人民币: 数字人民币试点扩大到更多城市。",
            "    mentions 全球数字经济标杆城市: 建设标杆城市。",
            "    edited, seen 2026-11-21 12:20 (version 2)",
            "    no longer mentions 数字人民币",
            "",
            "第9篇",
            "    cs · no time given · article 9",
            "    taken down, confirmed 2026-11-21 11:20",
            "    back again, seen 2026-11-21 11:20",
            "",
            "Nothing was missed as of 2026-11-21 11:20 Beijing time: every list still showed something already known.",
        ]
    )


def test_portals_have_a_section_of_their_own() -> None:
    entries = [
        entry(1, PortalBroken("no \x1b[31mlist"), None, portal="stcn"),
        entry(2, ArticleNew()),
        entry(3, PortalGap(5.5), None, portal="nbd"),
        entry(4, PortalRecovered(), None, portal="stcn"),
    ]
    lines = rendered(entries).split("\n")
    assert lines[lines.index("Portals") : -1] == [
        "Portals",
        "    stcn: no longer reads, since 2026-11-21 11:20 (no list)",
        "    nbd: possible gap of 5.5 hours, found 2026-11-21 11:20",
        "    stcn: reads again, since 2026-11-21 11:20",
        "",
    ]


def test_an_article_without_title_and_a_programme_without_name_are_still_told() -> None:
    lines = rendered([entry(1, ArticleNew(), title=None), mention(2, programme_name=None, title="\x00")])
    assert "(no title)\n" in lines
    assert "mentions ecny: " in lines


def test_what_was_fetched_cannot_steer_the_terminal() -> None:
    hostile = {
        "title": HOSTILE,
        "url": "https://a.example/\x1b[2J",
        "payload": MentionNew(HOSTILE, HOSTILE),
        "programme_name": HOSTILE,
    }
    states = [replace(complete("a\x1bc"), complete=False, note=HOSTILE)]
    shown = rendered([mention(1, **hostile), entry(2, PortalBroken(HOSTILE), None)], *states)
    shown += show_text(stored(article=article(content=Content(HOSTILE, (HOSTILE,)), author=HOSTILE, key=HOSTILE)))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert all(line.isprintable() for line in shown.split("\n"))


def test_the_newest_title_is_the_one_that_is_told() -> None:
    lines = rendered([entry(1, ArticleNew(), title="旧题"), entry(2, ArticleEdited(), title="新题")])
    assert lines.startswith("新题\n")
    assert "旧题" not in lines


# What may be said of silence


def test_nothing_new_is_said_when_every_list_still_showed_something_known() -> None:
    assert rendered([], complete("sina", 0), complete("cs", 3)) == (
        "Nothing new as of 2026-11-21 08:20 Beijing time: every list still showed something already known."
    )


def test_a_possible_gap_is_named_with_portal_and_hours_and_never_called_nothing_new() -> None:
    gap = PortalState("cs", MORNING, complete=False, gap_hours=5.0)
    assert rendered([], complete(), gap) == (
        "No news was seen, but some may have been missed:\n    cs: possible gap of 5 hours"
    )
    assert rendered([entry(1, ArticleNew())], gap).endswith(
        "News may have been missed:\n    cs: possible gap of 5 hours"
    )


def test_a_broken_portal_is_named_with_the_time_it_broke_even_if_it_was_complete_before() -> None:
    broken = PortalState("stcn", MORNING, True, None, MORNING - timedelta(days=1), "layout changed")
    shown = rendered([], complete(), broken)
    assert "Nothing new" not in shown
    assert "stcn: possible gap of unknown length" in shown
    assert "has not been readable since 2026-11-20 11:20 Beijing time (layout changed)" in shown


def test_a_portal_that_broke_at_its_very_first_look_is_not_passed_over() -> None:
    shown = rendered([], complete(), PortalState("stcn", None, False, None, MORNING))
    assert "stcn: possible gap of unknown length, it has not been readable since 2026-11-21 11:20" in shown


def test_a_portal_that_was_never_looked_at_is_said_and_does_not_spoil_the_others() -> None:
    never = PortalState("nbd", None, complete=False)
    assert rendered([], complete(), never).startswith("Nothing new as of")
    assert rendered([], complete(), never).endswith("\n    not crawled yet: nbd")


def test_before_the_first_crawl_nothing_is_claimed() -> None:
    shown = "\n".join(render([], []))
    assert shown == rendered([], PortalState("sina", None, complete=False))
    assert shown == "No portal has been crawled yet, so nothing can be said of what is new."


# Much


def test_a_long_ledger_is_told_in_stretches_that_do_not_split_an_article() -> None:
    entries = [entry(2 * n + i, kind, n) for n in range(1, 800) for i, kind in enumerate((ArticleNew(),) * 3)]
    lines = list(render(entries, [complete()]))
    assert sum(line.startswith("第") for line in lines) == 799
    assert sum("new, seen" in line for line in lines) == 3 * 799


def test_memory_does_not_grow_with_the_ledger() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in render((mention(n, n) for n in range(count)), [complete()]):
            pass
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(12_000) < 1.5 * peak(3_000)


# One article


def test_an_article_is_shown_with_its_facts_versions_and_text() -> None:
    assert show_text(stored(article=article(author="记者甲"))) == "\n".join(
        [
            "北京加快建设全球数字经济标杆城市",
            "    article 17 · sina · ikmxzfmm5064497 · live",
            "    金融 · 新浪财经 · 新浪财经－国內",
            f"    {ADDRESS}",
            "    author: 记者甲",
            "    published: 2026-11-20 16:30 Beijing time",
            "    programmes: 全球数字经济标杆城市 (benchmark)",
            "    version 1: seen 2026-11-20 16:30 Beijing time",
            "    version 2: seen 2026-11-21 11:20 Beijing time (read anew by our own rules, no edit)",
            "",
            "到2025年，占比达到50%左右。",
            "",
            "数字人民币试点扩大。",
        ]
    )


def test_an_imported_article_without_address_time_and_programme_is_shown_too() -> None:
    bare = article(url=None, published_at=None, content=Content("题", ("长" * 2000,)))
    shown = show_text(stored(article=bare, programmes=(), state="imported"))
    assert "published" not in shown
    assert "programmes: none" in shown
    assert shown.endswith("\n\n" + "长" * 2000)

"""What is kept of what was seen, and which events it causes; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
import zstandard
from sqlalchemy import select

from storage import articles, checks
from storage.database import Database
from storage.recorder import RecordContext, record
from storage.tables import captures, versions
from tests.storage.builders import DAY, MATCHER, entries_of, kinds, see, seen
from tracking.events import ArticleEdited
from tracking.observation import Gone, Unchanged

HOUR = timedelta(hours=1)


def test_a_first_sight_is_a_new_article_and_its_mentions(database: Database) -> None:
    tally = see(database, seen("a1", "数字人民币试点。\n建好数字贸易港。"))
    assert tally.new == 1
    assert kinds(database) == ["article.new", "mention.new", "mention.new"]
    entry = entries_of(database)[1]
    assert (entry.programme, entry.sentence, entry.title) == ("digital-yuan", "数字人民币试点。", "试点扩大")
    assert (entry.seq, entry.key, entry.version) == (2, "a1", 1)


def test_the_same_reading_twice_is_no_news(database: Database) -> None:
    see(database, seen())
    assert see(database, seen(), at=DAY + HOUR).unchanged == 1
    assert kinds(database) == ["article.new", "mention.new"]


def test_an_edit_that_keeps_its_programme_is_one_event(database: Database) -> None:
    see(database, seen())
    see(database, seen("a1", "数字人民币试点扩大到4个区。"), at=DAY + HOUR)
    assert kinds(database, 2) == ["article.edited"]
    assert entries_of(database, 2)[0].version == 2


def test_an_edit_can_drop_one_programme_and_bring_another(database: Database) -> None:
    see(database, seen())
    see(database, seen("a1", "建好数字贸易港。"), at=DAY + HOUR)
    assert kinds(database, 2) == ["article.edited", "mention.new", "mention.dropped"]
    assert [entry.programme for entry in entries_of(database, 2)] == [None, "digital-port", "digital-yuan"]


def test_going_back_to_an_older_text_is_an_edit_too(database: Database) -> None:
    for hour, text in enumerate(("数字人民币50%。", "数字人民币45%。", "数字人民币50%。")):
        see(database, seen("a1", text), at=DAY + hour * HOUR)
    assert kinds(database).count("article.edited") == 2


def test_white_space_alone_is_no_edit(database: Database) -> None:
    see(database, seen("a1", "数字人民币 试点，扩大。"))
    see(database, seen("a1", "数字人民币试点，\n扩大。"), at=DAY + HOUR)
    assert kinds(database) == ["article.new", "mention.new"]


def test_an_untracked_article_is_told_only_to_who_asks_for_all(database: Database) -> None:
    see(database, seen("a1", "别的消息。"))
    assert kinds(database) == ["article.new"]
    assert entries_of(database, include_untracked=False) == []


def test_a_page_not_found_is_withdrawn_only_after_repeated_checks_over_a_day(database: Database) -> None:
    see(database, seen())
    gone = Gone("sina", "a1", "https://finance.sina.com.cn/doc-ia1.shtml", 404)
    for hours in (1, 2, 3, 20):
        see(database, gone, at=DAY + hours * HOUR)
    assert kinds(database, 2) == []
    see(database, gone, at=DAY + 26 * HOUR)
    see(database, gone, at=DAY + 40 * HOUR)
    assert kinds(database, 2) == ["article.withdrawn"]


def test_two_checks_are_not_enough_however_far_apart(database: Database) -> None:
    see(database, seen())
    for days in (1, 30):
        see(database, Gone("sina", "a1", "u", 404), at=DAY + timedelta(days=days))
    assert kinds(database, 2) == []


def test_a_page_that_was_away_for_a_while_is_no_news(database: Database) -> None:
    see(database, seen())
    see(database, Gone("sina", "a1", "u", 404), Gone("sina", "a1", "u", 404), at=DAY + HOUR)
    see(database, seen(), at=DAY + 2 * HOUR)
    see(database, Gone("sina", "a1", "u", 404), at=DAY + 50 * HOUR)
    assert kinds(database, 2) == []


@pytest.mark.parametrize("again", ["unchanged", "seen"])
def test_a_withdrawn_article_that_returns_is_restored(database: Database, again: str) -> None:
    see(database, seen())
    for hours in (1, 13, 26):
        see(database, Gone("sina", "a1", "u", 404), at=DAY + hours * HOUR)
    see(database, Unchanged("sina", "a1") if again == "unchanged" else seen(), at=DAY + 30 * HOUR)
    assert kinds(database, 2) == ["article.withdrawn", "article.restored"]
    with database.read() as connection:
        (stored,) = articles.find(connection, None, (), [(None, "a1")])
    assert stored.state == "live"
    assert len(stored.versions) == 1


def test_a_withdrawn_article_that_returns_changed_is_restored_and_edited(database: Database) -> None:
    see(database, seen())
    for hours in (1, 13, 26):
        see(database, Gone("sina", "a1", "u", 404), at=DAY + hours * HOUR)
    see(database, seen("a1", "数字人民币，另一稿。"), at=DAY + 30 * HOUR)
    assert kinds(database, 3) == ["article.restored", "article.edited"]


def test_a_page_never_read_that_is_not_found_is_no_event(database: Database) -> None:
    assert see(database, Gone("sina", "zz", "u", 404)).gone == 1
    assert kinds(database) == []


def test_the_raw_bytes_of_each_version_are_kept(database: Database) -> None:
    see(database, seen())
    with database.read() as connection:
        row = connection.execute(select(captures)).one()
    assert zstandard.decompress(row.body) == "<p>数字人民币试点扩大到5个区。</p>".encode()
    assert row.size == len(zstandard.decompress(row.body))


def test_a_batch_that_fails_leaves_nothing_behind(database: Database) -> None:
    def fails() -> None:
        with database.write() as connection:
            record(connection, [seen("a1"), seen("a2")], RecordContext(None, DAY, MATCHER))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert kinds(database) == []
    with database.read() as connection:
        assert connection.execute(select(versions)).all() == []


def test_what_was_recorded_passes_the_check_of_the_database(database: Database) -> None:
    see(database, *(seen(f"a{i}", f"数字人民币第{i}条。") for i in range(120)))
    see(database, *(seen(f"a{i}", f"数字人民币改第{i}条。") for i in range(120)), at=DAY + HOUR)
    assert checks.problems(database) == []
    assert [entry.seq for entry in entries_of(database)] == list(range(1, 361))


def test_an_article_is_due_again_while_it_is_young_and_left_when_it_is_old(database: Database) -> None:
    see(database, seen())
    with database.read() as connection:
        assert [revisit.key for revisit in articles.due(connection, "sina", DAY)] == ["a1"]
    see(database, Unchanged("sina", "a1"), at=DAY + timedelta(days=2))
    with database.read() as connection:
        assert articles.due(connection, "sina", DAY + timedelta(days=2, hours=5)) == []
        assert len(articles.due(connection, "sina", DAY + timedelta(days=2, hours=6))) == 1
        assert len(articles.due(connection, "sina", None)) == 1


def test_an_edit_says_what_stood_there_before(database: Database) -> None:
    see(database, seen("a1", "数字人民币试点。\n占比达到50%。"))
    see(database, seen("a1", "数字人民币试点。\n占比达到45%。"), at=DAY + HOUR)
    assert entries_of(database, 2)[0].payload == ArticleEdited((("占比达到50%。", "占比达到45%。"),))

"""Rules that changed: what they extract differently is a technical version and no event; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from storage import articles
from storage.database import Database
from storage.recorder import RecordContext, record
from storage.technical import ReextractContext, ReextractResult, keys_after, reextract
from tests.storage.builders import DAY, MATCHER, article, entries_of, kinds, see, seen
from tracking.article import Article, Content, StoredArticle
from tracking.events import ArticleEdited
from tracking.observation import Seen, StoredCaptures

LATER = DAY + timedelta(days=1)
TEXT = "数字人民币试点扩大到5个区。"


def said(kept: StoredCaptures, text: str) -> Article:
    """The kept article as rules would read it that see this text."""
    return replace(kept.article, content=Content(kept.article.content.title, (text,)), body=f"<p>{text}</p>")


def reading(text: str) -> Callable[[StoredCaptures], Article | None]:
    return lambda kept: said(kept, text)


def again(database: Database, read: Callable[[StoredCaptures], Article | None], *keys: str) -> ReextractResult:
    with database.write() as connection:
        return reextract(connection, "sina", keys or ["a1"], ReextractContext(None, LATER, MATCHER, read))


def look(database: Database, observation: Seen, read: Callable[[StoredCaptures], Article | None]) -> None:
    with database.write() as connection:
        record(connection, [observation], RecordContext(None, LATER, MATCHER, reextract=read))


def stored(database: Database, key: str = "a1") -> StoredArticle:
    with database.read() as connection:
        (found,) = articles.find(connection, None, [], [(None, key)])
    return found


def technical(database: Database) -> list[bool]:
    return [mark.technical for mark in stored(database).versions]


def test_what_reads_as_before_stays_as_it_is(database: Database) -> None:
    see(database, seen())
    assert again(database, lambda kept: kept.article) == ReextractResult((), ("a1",), ())
    assert technical(database) == [False]


def test_what_reads_differently_becomes_a_technical_version_and_no_event(database: Database) -> None:
    see(database, seen(text=f"{TEXT}广告位"))
    before = kinds(database)
    assert again(database, reading(TEXT)).changed == ("a1",)
    found = stored(database)
    assert (found.article.content.paragraphs, technical(database)) == ((TEXT,), [False, True])
    assert (kinds(database), found.changed_at) == (before, DAY)


def test_the_bytes_are_those_that_were_fetched_with_their_time(database: Database) -> None:
    first = seen()
    see(database, first)
    extracted: list[StoredCaptures] = []
    again(database, lambda kept: extracted.append(kept))
    (kept,) = extracted
    assert (kept.captures, kept.fetched_at, kept.article.key) == (first.captures, DAY, "a1")


@pytest.mark.parametrize(
    "changed", [{"author": "另一家"}, {"body": "<p>别的</p>"}, {"image": "https://x.cn/1.png"}, {"published_at": LATER}]
)
def test_each_fact_that_reads_differently_counts(database: Database, changed: dict[str, object]) -> None:
    see(database, seen())
    again(database, lambda kept: replace(kept.article, **changed))
    assert technical(database) == [False, True]
    name, value = next(iter(changed.items()))
    assert getattr(stored(database).article, name) == value


def test_bytes_that_cannot_be_read_today_leave_the_article_alone(database: Database) -> None:
    see(database, seen())
    assert again(database, lambda kept: None) == ReextractResult((), (), ("a1",))
    assert technical(database) == [False]


def test_programmes_that_better_rules_find_are_those_of_the_article_and_not_told(database: Database) -> None:
    see(database, seen(text="没有提到。"))
    again(database, reading(TEXT))
    assert [key for key, _ in stored(database).programmes] == ["digital-yuan"]
    assert kinds(database) == ["article.new"]


def test_a_second_re_extraction_starts_from_the_same_bytes(database: Database) -> None:
    first = seen(text="旧规则的话。")
    see(database, first)
    again(database, reading("新规则的话。"))
    extracted: list[StoredCaptures] = []
    again(database, lambda kept: extracted.append(kept))
    assert extracted[0].captures == first.captures
    assert extracted[0].article.content.paragraphs == ("新规则的话。",)


def test_imported_articles_have_no_bytes_to_be_read_again(database: Database) -> None:
    see(database, Seen(article(url=None)))
    assert again(database, reading("别的。")) == ReextractResult((), (), ())


def test_a_crawl_under_new_rules_tells_no_edit_that_never_happened(database: Database) -> None:
    see(database, seen(text=f"{TEXT}广告位"))
    before = kinds(database)
    look(database, seen(text=TEXT), reading(TEXT))
    assert (kinds(database), technical(database)) == (before, [False, True])


def test_a_crawl_under_new_rules_tells_the_edit_that_did_happen_and_only_that(database: Database) -> None:
    see(database, seen(text=f"{TEXT}广告位"))
    last = entries_of(database)[-1].seq
    look(database, seen(text="数字人民币试点扩大到6个区。"), reading(TEXT))
    assert technical(database) == [False, True, False]
    (edit,) = entries_of(database, last)
    assert (edit.kind, edit.version) == ("article.edited", 3)
    assert edit.payload == ArticleEdited((("数字人民币试点扩大到5个区。", "数字人民币试点扩大到6个区。"),))


def test_an_edit_under_the_same_rules_is_an_edit(database: Database) -> None:
    see(database, seen())
    look(database, seen(text="数字人民币试点扩大到6个区。"), lambda kept: kept.article)
    assert (kinds(database)[-1], technical(database)) == ("article.edited", [False, False])


def test_an_article_that_did_not_change_is_not_read_again(database: Database) -> None:
    see(database, seen())

    def never(kept: StoredCaptures) -> Article | None:
        raise AssertionError(kept)

    look(database, seen(), never)
    assert technical(database) == [False]


def test_a_version_that_only_rules_made_does_not_hide_a_programme_that_an_edit_brings(database: Database) -> None:
    see(database, seen(text="没有提到。广告位"))
    look(database, seen(text=TEXT), reading("没有提到。"))
    assert kinds(database) == ["article.new", "article.edited", "mention.new"]


def test_the_articles_of_a_portal_come_a_few_at_a_time(database: Database) -> None:
    see(database, *(seen(key) for key in "cab"), seen("z", portal="cs"))
    with database.read() as connection:
        assert keys_after(connection, "sina", "", 2) == ["a", "b"]
        assert keys_after(connection, "sina", "b", 2) == ["c"]

"""Imported files and crawled pages become one article where they are one; on both databases."""

from __future__ import annotations

from datetime import timedelta

from storage import articles
from storage.database import Database
from tests.storage.builders import DAY, kinds, see, seen

HOUR = timedelta(hours=1)


def keys(database: Database) -> list[str]:
    with database.read() as connection:
        return [stored.article.key for stored in articles.all_articles(connection)]


def test_an_imported_article_becomes_the_crawled_one(database: Database) -> None:
    see(database, seen("import-1", url=None, title="试点_扩大_"))
    see(database, seen("a1", title="试点“扩大”"), at=DAY + HOUR)
    with database.read() as connection:
        everything = list(articles.all_articles(connection))
    assert [(stored.article.key, stored.state) for stored in everything] == [("a1", "live")]
    assert everything[0].article.url is not None


def test_an_imported_article_met_in_a_later_state_is_edited_not_doubled(database: Database) -> None:
    see(database, seen("import-1", url=None))
    see(database, seen("a1", "数字人民币试点扩大到4个区。"), at=DAY + HOUR)
    assert kinds(database, 2) == ["article.edited"]


def test_an_import_of_a_crawled_article_adds_nothing(database: Database) -> None:
    see(database, seen("a1"))
    see(database, seen("import-1", "数字人民币试点扩大到9个区。", url=None), at=DAY + HOUR)
    assert kinds(database) == ["article.new", "mention.new"]


def test_two_articles_with_one_title_on_different_days_stay_two(database: Database) -> None:
    see(database, seen("import-1", url=None, title="财经早报", published_at=DAY - timedelta(days=3)))
    see(database, seen("a1", "今天的数字人民币早报，完全不同。", title="财经早报"), at=DAY + HOUR)
    with database.read() as connection:
        assert len(list(articles.all_articles(connection))) == 2


def test_an_import_of_a_crawled_article_is_counted_as_unchanged(database: Database) -> None:
    see(database, seen("a1"))
    assert see(database, seen("import-1", url=None), at=DAY + HOUR).unchanged == 1
    assert keys(database) == ["a1"]


def test_two_imported_files_are_never_taken_for_one(database: Database) -> None:
    see(database, seen("import-1", url=None))
    see(database, seen("import-2", url=None), at=DAY + HOUR)
    assert keys(database) == ["import-1", "import-2"]


def test_one_imported_file_becomes_only_one_of_two_crawled_articles_that_are_alike(database: Database) -> None:
    see(database, seen("import-1", url=None))
    see(database, seen("a1"), seen("a2"), at=DAY + HOUR)
    assert keys(database) == ["a1", "a2"]
    assert kinds(database).count("article.new") == 2


def test_an_imported_file_of_another_portal_is_left_alone(database: Database) -> None:
    see(database, seen("import-1", url=None, portal="cs"))
    see(database, seen("a1"), at=DAY + HOUR)
    assert keys(database) == ["import-1", "a1"]

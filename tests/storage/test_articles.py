"""What is stored of articles: what is due and in which order, what may be the same, what matches; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from storage import articles
from storage.articles import Revisit
from storage.database import Database
from tests.storage.builders import DAY, article, see, seen
from tracking.article import Content, StoredArticle
from tracking.identity import title_key
from tracking.observation import Gone, Unchanged, Validator

HOUR = timedelta(hours=1)
PLAIN = "别的消息。"
CS = "https://www.cs.com.cn/1.html"


def due(database: Database, *, hours: float | None, most: int | None = None) -> list[Revisit]:
    """What is due some hours after DAY; None means whenever."""
    with database.read() as connection:
        return articles.due(connection, "sina", None if hours is None else DAY + hours * HOUR, most)


def keys(found: list[Revisit]) -> list[str]:
    return [revisit.key for revisit in found]


def stored(found: list[StoredArticle]) -> list[str]:
    return [f"{each.article.portal} {each.article.key}" for each in found]


# --- what is due ---


def test_of_what_is_due_the_tracked_comes_first_then_what_waits_longest(database: Database) -> None:
    see(database, seen("late", PLAIN), at=DAY + HOUR)
    see(database, seen("early", PLAIN), at=DAY)
    see(database, seen("tracked"), at=DAY + 2 * HOUR)
    assert keys(due(database, hours=2)) == ["tracked", "early", "late"]
    assert keys(due(database, hours=2, most=2)) == ["tracked", "early"]
    assert keys(due(database, hours=1)) == ["early", "late"]
    assert keys(due(database, hours=-1)) == []


def test_of_all_articles_those_that_are_never_due_again_come_last(database: Database) -> None:
    see(database, seen("old", PLAIN), at=DAY - 999 * 24 * HOUR)
    see(database, seen("young", PLAIN))
    see(database, Unchanged("sina", "old"), at=DAY)
    assert keys(due(database, hours=None)) == ["young", "old"]


def test_of_all_articles_the_tracked_come_first_whether_due_or_not(database: Database) -> None:
    see(database, seen("a1", PLAIN), seen("a2"))
    see(database, Unchanged("sina", "a1"), Unchanged("sina", "a2"), at=DAY + timedelta(days=999))
    assert keys(due(database, hours=999 * 24)) == []
    assert keys(due(database, hours=None)) == ["a2", "a1"]


def test_what_has_no_address_and_what_is_another_portals_is_never_due(database: Database) -> None:
    see(database, seen("import-1", url=None), seen("b1", portal="cs"))
    assert due(database, hours=None) == due(database, hours=0) == []


def test_a_revisit_knows_what_the_newest_version_said(database: Database) -> None:
    old, new = seen("a1", title="旧题"), seen("a1", title="新题", published_at=None)
    see(database, replace(old, inline=True))
    see(database, replace(new, inline=True, validators=()), at=DAY + HOUR)
    assert due(database, hours=1) == [Revisit("a1", str(article("a1").url), "新题", None, (), inline=True)]


def test_what_a_server_sent_for_asking_again_comes_back_as_it_was(database: Database) -> None:
    sent = {
        "none": (),
        "one": (Validator("https://a.cn/", '"甲\\乙"', None),),
        "dated": (Validator("https://a.cn/", None, "Fri, 20 Nov 2026 01:00:00 GMT"),),
        "empty": (Validator("https://a.cn/", "", ""),),
        "pages": (Validator("https://a.cn/1", 'W/"1"', "x"), Validator("https://a.cn/2?页=2", "[null]", None)),
    }
    observed = [replace(seen(key, f"第{key}篇。", title=key), validators=sent_) for key, sent_ in sent.items()]
    see(database, *observed)
    assert {revisit.key: revisit.validators for revisit in due(database, hours=0)} == sent
    see(database, *(replace(each, validators=()) for each in observed), at=DAY + HOUR)
    assert {revisit.validators for revisit in due(database, hours=1)} == {()}


# --- what a decision needs ---


def test_what_is_known_of_an_article_is_that_of_its_newest_version(database: Database) -> None:
    see(database, seen("a1"), seen("b1", portal="cs"))
    see(database, seen("a1", "建好数字贸易港。"), at=DAY + HOUR)
    see(database, Gone("sina", "a1", "", 404), at=DAY + 2 * HOUR)
    with database.read() as connection:
        found = articles.known(connection, "sina", ["a1", "b1", "unknown"])
        contents = articles.contents(connection, [known.version_id for known in found.values()])
        assert articles.contents(connection, []) == articles.known(connection, "sina", []) == {}
    known = found["a1"]
    assert list(found) == ["a1"]
    assert (known.key, known.state, known.version, known.inline) == ("a1", "live", 2, False)
    assert (known.programmes, known.digest) == (
        frozenset({"digital-port"}),
        article("a1", "建好数字贸易港。").content.digest,
    )
    assert (known.first_seen_at, known.changed_at) == (DAY, DAY + HOUR)
    assert (known.missing_since, known.missing_checks) == (DAY + 2 * HOUR, 1)
    assert contents == {known.version_id: Content("试点扩大", ("建好数字贸易港。",))}


def test_what_may_be_the_same_shares_a_title_or_a_time_and_is_of_the_same_portal(database: Database) -> None:
    minute = timedelta(minutes=1)
    at = [DAY + number * minute for number in range(5)]
    see(
        database,
        seen("title", PLAIN, title="试点“扩大”", published_at=at[1]),
        seen("time", PLAIN, title="二", published_at=at[0]),
        seen("renamed", PLAIN, title="试点 扩大", published_at=at[2]),
        seen("neither", PLAIN, title="三", published_at=at[3]),
        seen("undated", PLAIN, title="四", published_at=None),
        seen("b1", PLAIN, title="试点扩大", published_at=at[0], portal="cs"),
    )
    see(database, seen("renamed", PLAIN, title="五", published_at=at[2]), at=DAY + HOUR)
    with database.read() as connection:
        found = articles.possibly_same(connection, "sina", {title_key("试点扩大")}, {at[0]})
        assert sorted(each.key for each in found) == ["time", "title"]
        assert articles.possibly_same(connection, "sina", set(), set()) == []


# --- for people ---


def test_articles_that_match_come_with_the_latest_change_first(database: Database) -> None:
    see(database, seen("a1"), seen("a2", "建好数字贸易港。", title="二"), seen("a3", PLAIN, title="三"))
    see(database, seen("a1", "数字人民币改。"), at=DAY + HOUR)
    with database.read() as connection:
        assert stored(articles.mentioning(connection, None, 10)) == ["sina a1", "sina a2"]
        assert stored(articles.mentioning(connection, "digital-port", 10)) == ["sina a2"]
        assert stored(articles.mentioning(connection, None, 1)) == ["sina a1"]


def test_only_the_newest_version_of_an_article_matches(database: Database) -> None:
    see(database, seen("a1"), seen("a2", "数字人民币又一篇。", title="二"))
    see(database, seen("a1", "建好数字贸易港。"), seen("a2", PLAIN, title="二"), at=DAY + HOUR)
    with database.read() as connection:
        assert stored(articles.mentioning(connection, "digital-yuan", 10)) == []
        (found,) = articles.mentioning(connection, "digital-port", 10)
        assert stored(articles.mentioning(connection, None, 10)) == ["sina a1"]
    assert found.programmes == (("digital-port", "digital-port"),)
    assert [(version.number, version.seen_at, version.technical) for version in found.versions] == [
        (1, DAY, False),
        (2, DAY + HOUR, False),
    ]
    assert (found.changed_at, found.original) == (DAY + HOUR, None)


def test_of_articles_that_changed_at_once_the_one_stored_last_comes_first(database: Database) -> None:
    see(database, *(seen(key, f"数字人民币第{key}篇。", title=key) for key in ("a1", "a2", "a3")))
    with database.read() as connection:
        assert stored(articles.mentioning(connection, "digital-yuan", 2)) == ["sina a3", "sina a2"]


def test_an_article_is_found_by_its_number_its_address_or_its_key(database: Database) -> None:
    see(database, seen("a1"), seen("a2", title="二"), seen("a1", portal="cs", url=CS))
    with database.read() as connection:
        first, second, third = (each.id for each in articles.all_articles(connection))
        assert stored(articles.find(connection, second, (), ())) == ["sina a2"]
        assert stored(articles.find(connection, None, ["https://www.cs.com.cn/1.html", "https://x.cn/"], ())) == [
            "cs a1"
        ]
        assert stored(articles.find(connection, None, (), [(None, "a1")])) == ["sina a1", "cs a1"]
        assert stored(articles.find(connection, None, (), [("cs", "a1"), ("sina", "a2")])) == ["sina a2", "cs a1"]
        assert stored(articles.find(connection, first, (), [("cs", "a1")])) == ["sina a1", "cs a1"]
        assert stored(articles.find(connection, third + 99, (), [("cs", "a9")])) == []
        assert stored(articles.find(connection, None, (), ())) == []


def test_everything_is_read_in_the_order_of_numbers_however_much_there_is(database: Database) -> None:
    names = [f"a{number}" for number in range(205)]
    see(database, *(seen(name, f"第{name}篇。", title=name) for name in names))
    with database.read() as connection:
        found = list(articles.all_articles(connection))
    assert [each.article.key for each in found] == names
    assert [each.id for each in found] == sorted(each.id for each in found)
    assert found[7].article == article("a7", "第a7篇。", title="a7")

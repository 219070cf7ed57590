"""Domain values as rows: which version an article gets, and what is set when it was read, only there, or missing."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import timedelta

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from storage import rows
from tests.storage.builders import DAY, MATCHER, article, seen
from tracking.changes import Change, KnownArticle, decide
from tracking.identity import title_key
from tracking.observation import Capture, Seen
from tracking.programmes import Mention

HOUR = timedelta(hours=1)
KNOWN = KnownArticle(
    id=7,
    key="a1",
    state="live",
    version=3,
    version_id=70,
    digest=article().content.digest,
    programmes=frozenset({"digital-yuan"}),
    first_seen_at=DAY,
    changed_at=DAY,
    missing_since=None,
    missing_checks=0,
)


def record(read: Seen, known: KnownArticle | None = None) -> rows.ArticleRecord:
    """An article that was read, with what that means of it."""
    mentions = MATCHER.mentions(read.article.content)
    return rows.ArticleRecord(read, known, decide(known, read.article.content), mentions, article_id=7)


def stamp(run: int | None = 4) -> rows.Provenance:
    return rows.Provenance(run, DAY)


# --- which version ---


def test_versions_are_counted_from_one_and_each_edit_is_the_next() -> None:
    first, edit = record(seen()), record(seen("a1", "改过的话。"), KNOWN)
    assert (first.has_new_version, first.number) == (True, 1)
    assert (edit.has_new_version, edit.number) == (True, 4)


@pytest.mark.parametrize("known", [KNOWN, replace(KNOWN, state="withdrawn")], ids=["the same", "there again"])
def test_an_article_that_reads_as_before_gets_no_version(known: KnownArticle) -> None:
    assert not record(seen(), known).has_new_version


def test_a_change_alone_is_no_version() -> None:
    assert not rows.ArticleRecord(seen(), KNOWN, Change((), new_version=False)).has_new_version


# --- what is set in the row of an article ---


def test_a_new_version_says_all_that_lists_and_decisions_need() -> None:
    made = rows.new_version_columns(record(seen("a1", "数字人民币第四版。", title="第四版"), KNOWN), DAY + HOUR)
    new = article("a1", "数字人民币第四版。", title="第四版")
    assert (made["version"], made["digest"], made["title_key"]) == (4, new.content.digest, title_key("第四版"))
    assert (made["url"], made["published_at"], made["state"], made["tracked"]) == (
        new.url,
        new.published_at,
        "live",
        True,
    )
    assert (made["section"], made["site"], made["channel"]) == ("金融", "新浪财经", "新浪财经－国內")
    assert (made["changed_at"], made["checked_at"]) == (DAY + HOUR, DAY + HOUR)
    assert (made["missing_since"], made["missing_checks"]) == (None, 0)


def test_an_article_that_mentions_nothing_is_not_tracked() -> None:
    assert rows.new_version_columns(record(seen("a1", "别的消息。")), DAY)["tracked"] is False


def test_an_imported_article_has_no_page_to_look_at_again() -> None:
    imported = record(seen(url=None))
    assert rows.new_version_columns(imported, DAY)["state"] == "imported"
    assert rows.new_version_columns(imported, DAY)["recheck_at"] is None
    assert rows.new_version_columns(record(seen()), DAY)["recheck_at"] == DAY


def test_what_was_read_keeps_what_its_server_sent_and_where_its_text_came_from() -> None:
    made = rows.read_columns(replace(seen(), inline=True), DAY, DAY, tracked=True)
    assert json.loads(made["validators"]) == [[article().url, f'"{article().content.digest}"', None]]
    assert made["inline"] is True
    assert rows.read_columns(replace(seen(), validators=()), DAY, DAY, tracked=True)["validators"] is None


def test_a_page_that_is_there_is_due_by_its_last_change_and_by_what_it_mentions() -> None:
    at = DAY + timedelta(days=2)
    waits = {tracked: rows.present_columns(DAY, at, tracked=tracked)["recheck_at"] - at for tracked in (True, False)}
    assert waits == {True: 6 * HOUR, False: 48 * HOUR}
    assert rows.present_columns(DAY, DAY + timedelta(days=999), tracked=True)["recheck_at"] is None


def test_a_page_that_is_there_is_no_longer_missing_and_says_nothing_of_its_text() -> None:
    made = rows.present_columns(DAY, DAY, tracked=True)
    assert (made["checked_at"], made["missing_since"], made["missing_checks"]) == (DAY, None, 0)
    assert set(made) == {"checked_at", "recheck_at", "missing_since", "missing_checks"}


def test_a_page_is_missing_since_it_was_not_found_first() -> None:
    first = rows.missing_columns(KNOWN, confirmed=False, at=DAY)
    assert (first["missing_since"], first["missing_checks"], first["state"]) == (DAY, 1, "live")
    assert first["recheck_at"] == DAY + HOUR
    again = replace(KNOWN, missing_since=DAY, missing_checks=1)
    second = rows.missing_columns(again, confirmed=True, at=DAY + 24 * HOUR)
    assert (second["missing_since"], second["missing_checks"], second["state"]) == (DAY, 2, "withdrawn")
    assert second["recheck_at"] == DAY + 27 * HOUR


def test_one_more_look_at_a_page_that_was_taken_down_does_not_bring_it_back() -> None:
    gone = replace(KNOWN, state="withdrawn", missing_since=DAY, missing_checks=3)
    assert rows.missing_columns(gone, confirmed=False, at=DAY + 48 * HOUR)["state"] == "withdrawn"


# --- versions and what belongs to them ---


def test_a_version_of_our_own_rules_differs_from_one_that_was_read_only_in_saying_so() -> None:
    read = rows.version_row(replace(record(seen(), KNOWN), seen=replace(seen(), original=b"---\n")), stamp())
    technical = rows.technical_row(7, 4, article(), stamp())
    assert (read.pop("technical"), technical.pop("technical")) == (False, True)
    assert (read.pop("original"), technical.pop("original")) == (b"---\n", None)
    assert read == technical
    assert (read["article_id"], read["number"], read["run_id"], read["seen_at"]) == (7, 4, 4, DAY)


def test_a_version_outside_of_runs_has_none() -> None:
    assert rows.version_row(record(seen()), stamp(None))["run_id"] is None


def test_paragraphs_are_stored_one_by_one_as_they_are_read() -> None:
    made = rows.version_row(record(seen("a1", "“一”\n二\u2028\\")), stamp())
    assert json.loads(made["paragraphs"]) == ["“一”", "二\u2028\\"]
    assert "“一”" in made["paragraphs"]


@given(st.binary(max_size=500))
def test_the_bytes_of_a_page_are_kept_exactly(body: bytes) -> None:
    made = rows.capture_row(70, Capture(2, "https://a.cn/", "text/html; charset=gbk", body), DAY)
    assert zstandard.decompress(made["body"], max_output_size=made["size"]) == body
    assert made["size"] == len(body)


def test_pages_take_less_room_than_they_have_bytes() -> None:
    page = "<p>试点扩大。</p>".encode() * 1000
    made = rows.capture_row(70, Capture(2, "https://a.cn/", "text/html", page), DAY)
    assert len(made["body"]) < len(page) / 20
    assert (made["version_id"], made["page"], made["url"], made["fetched_at"]) == (70, 2, "https://a.cn/", DAY)


def test_a_mention_is_kept_as_it_was_found() -> None:
    (mention,) = MATCHER.mentions(article().content)
    made = rows.mention_row(70, mention)
    assert made.pop("version_id") == 70
    assert Mention(**made) == mention
    assert set(made) == {field.name for field in fields(mention)}

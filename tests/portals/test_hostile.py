"""Whatever a server answers, a portal reads it or says that its layout changed; one broken row never costs another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest
from portal_fixtures import Fixture, body_of, fixtures, listing_of, page_of
from selectolax.lexbor import LexborNode

from policywatch.app.portals import all_portals
from portals.assembly import article_of, inline_part, part_of
from portals.feeds.feed_entry import FeedEntry, entry_to_json
from portals.page import LayoutChanged, Page, Reading
from portals.portal import ListPosition, Portal
from tracking.article import Listing
from tracking.text import clean, clean_title

# What a field may hold that nobody meant. Bells, colours of a terminal and marks that turn the writing round.
LONG, UNSEEN = "长" * 5000, "\x00\x07\x1b[31m\u202e\u2066\u200b"
TEXTS = ("", " ", UNSEEN, f"{UNSEEN}字{UNSEEN}", LONG, "<b>", "https://[")
VALUES: tuple[Any, ...] = (None, True, 7, -1.5, 10**30, [], [7], {}, *TEXTS)
GONE = object()
BROKEN, NOTHING = "broken", (None, None)

NAMES = sorted(all_portals())
TRIES = 150


@pytest.fixture(autouse=True)
def no_general_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """What they make of a page without a layout is tested elsewhere, and takes its time."""

    def refused(portal: Portal, page: Page) -> Reading:
        raise page.changed("nothing for general rules")

    monkeypatch.setattr(Portal, "read_generically", refused)


# --- rows and articles in JSON ---


class Told(Page):
    """A page whose JSON, wherever it stands, is read once: what a test changes in `value` stays changed."""

    value: Any = None

    def json(self) -> Any:
        return self._kept(super().json)

    def embedded(self, css: str) -> Any:
        return self._kept(lambda: super(Told, self).embedded(css))

    def assigned(self, name: str) -> Any:
        return self._kept(lambda: super(Told, self).assigned(name))

    def _kept(self, read: Any) -> Any:
        if self.value is None:
            self.value = read()
        return self.value


def told(case: Fixture) -> Told:
    """The page of a fixture."""
    page = page_of(case)
    return Told(page.url, page.source, page.at)


def places(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Every field of every object in a JSON value."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict):
        yield from ((value, name) for name in list(value))
    for one in list(inside):
        yield from places(one)


def spoilt(value: Any, random: Random, tries: int) -> Iterator[dict[str, Any]]:
    """The JSON value with one field after another spoilt; the object that holds the field."""
    found = list(places(value))
    choices = [(place, wrong) for place in found for wrong in (*VALUES, GONE)]
    for (holder, name), wrong in random.sample(choices, min(tries, len(choices))):
        before = dict(holder)
        if wrong is GONE:
            del holder[name]
        else:
            holder[name] = wrong
        yield holder
        holder.clear()
        holder.update(before)


def outcome(portal: Portal, row: Any, page: Page) -> Any:
    """What a row of a list comes to."""
    try:
        found = portal.listing(row, page)
        part = None if found is None else inline_part(portal, row, page, found)
    except LayoutChanged:
        return BROKEN
    if found is not None:
        check(portal, found)
    if part is not None:
        assert_a_title(part.title)
    return found, part


def check(portal: Portal, found: Listing) -> None:
    """What holds for a row, whatever it was made from."""
    assert_a_title(found.title)
    assert portal.key_of(found.url) == found.key
    assert found.key.isprintable()
    assert found.published_at is None or found.published_at.utcoffset() is not None


def assert_a_title(title: str) -> None:
    """Not without a title, and nothing in it that turns a terminal round."""
    assert title
    assert title == clean_title(title)


def is_node(rows: Sequence[Any]) -> bool:
    """Whether rows are of markup, which no value of another kind can stand in for."""
    return any(isinstance(row, LexborNode) for row in rows)


def contains(row: Any, holder: dict[str, Any]) -> bool:
    """Whether an object stands in a row."""
    return row is holder or any(inner is holder for inner, _ in places(row))


def rows_of(portal: Portal, page: Page) -> Sequence[Any] | None:
    """The rows of a list, None when it is none."""
    try:
        return portal.rows(page)
    except LayoutChanged:
        return None


def lists_in_json(portal: str) -> Iterator[tuple[Fixture, Told, Sequence[Any]]]:
    """The lists of a portal whose rows stand in JSON."""
    for case in fixtures(portal):
        page = told(case)
        if case.meta["kind"] == "list" and (rows := rows_of(case.portal, page)) and page.value is not None:
            yield case, page, rows


@pytest.mark.parametrize("name", NAMES)
def test_a_spoilt_field_costs_its_own_row_at_most(name: str) -> None:
    for case, page, rows in lists_in_json(name):
        portal, random = case.portal, Random(case.name)  # noqa: S311
        assert all(outcome(portal, wrong, page) in (BROKEN, NOTHING) for wrong in VALUES if not is_node(rows))
        before = [(row, outcome(portal, row, page)) for row in rows]
        for holder in spoilt(page.value, random, TRIES // 3):
            others = [(row, found) for row, found in before if not contains(row, holder)]
            now = rows_of(portal, page)
            for row in now or ():
                outcome(portal, row, page)
            if len(others) < len(before):
                ids = {id(row) for row in now or ()}
                assert [row for row, _ in others if id(row) not in ids] == []
            assert [row for row, found in others if outcome(portal, row, page) != found] == []


@pytest.mark.parametrize("name", NAMES)
def test_an_article_with_a_spoilt_field_is_read_or_refused(name: str) -> None:
    for case in fixtures(name):
        if case.meta["kind"] == "article":
            page = told(case)
            read(case, page)
            for _ in spoilt(page.value, Random(case.name), TRIES // 3):  # noqa: S311
                read(case, page)


def read(case: Fixture, page: Page) -> None:
    """Read an article as a crawl does, one page of it."""
    portal, listing = case.portal, listing_of(case)
    try:
        portal.more_pages(page)
        article = article_of(portal, listing, [part_of(portal, page, listing)])
    except LayoutChanged:
        return
    assert_a_title(article.content.title)
    assert article.published_at is None or article.published_at.utcoffset() is not None
    assert article.author is None or article.author == clean(article.author) != ""


# --- pages in HTML, XML or JSON as texts ---

TAG = re.compile(rb"<[^<>]*>")
NAME = re.compile(rb"<([a-zA-Z][a-zA-Z0-9]*)")
TEXT = re.compile(rb">[^<>]+<")
ATTRIBUTE = re.compile(rb'="[^"<>]*"')


def distorted(body: bytes, random: Random, tries: int) -> Iterator[bytes]:
    """A page cut off, without some of its tags, texts or attributes, or with some of them twice."""
    yield from (b"", b"\0", b"<", b"{", b"[]", b"null", b"<html>", body + body, body[len(body) // 2 :])
    yield TAG.sub(b"", body)
    yield ATTRIBUTE.sub(b'=""', body)
    yield TEXT.sub(b"><", body)
    yield TEXT.sub(b">" + UNSEEN.encode() + b"<", body)
    yield from (body[: random.randrange(len(body))] for _ in range(tries))
    names = sorted(set(NAME.findall(body)))
    for name in random.sample(names, min(tries, len(names))):
        yield re.sub(rb"</?" + name + rb"(?![a-zA-Z0-9])[^<>]*>", b"", body)
    for part in (TAG, ATTRIBUTE, TEXT):
        for found in random.sample(all_ := list(part.finditer(body)), min(tries, len(all_))):
            wrong = {TAG: found.group() * 2, ATTRIBUTE: b'=""', TEXT: b">" + UNSEEN.encode() + b"<"}[part]
            yield body[: found.start()] + wrong + body[found.end() :]


@pytest.mark.parametrize("name", NAMES)
def test_a_distorted_page_is_read_or_refused(name: str) -> None:
    for case in fixtures(name):
        for body in distorted(body_of(case), Random(case.name), TRIES // 75):  # noqa: S311
            page = page_of(case, body)
            if case.meta["kind"] == "article":
                read(case, page)
            else:
                read_list(case, page)


def read_list(case: Fixture, page: Page) -> None:
    """Read a list as a crawl does, one page of it."""
    portal = case.portal
    try:
        if portal.list_sources(page):
            return
        rows = portal.rows(page)
        portal.next_address(ListPosition(case.meta.get("list", portal.lists[0]), case.meta.get("number", 1)), page)
    except LayoutChanged:
        return
    for row in rows:
        outcome(portal, row, page)


# --- feeds ---


def as_json(entries: Sequence[FeedEntry]) -> dict[str, Any]:
    """A feed in JSON with the entries of another."""
    names = {"id": "id", "url": "url", "title": "title", "content_html": "content", "date_published": "published_at"}
    items = [{name: entry_to_json(entry)[ours] for name, ours in names.items()} for entry in entries]
    return {"version": "https://jsonfeed.org/version/1.1", "items": items}


@pytest.mark.parametrize("name", NAMES)
def test_a_spoilt_entry_of_a_feed_is_read_or_refused(name: str) -> None:
    for case in fixtures(name):
        page = page_of(case)
        if case.meta["kind"] != "list" or "<rss" not in page.source:
            continue
        feed = as_json(page.feed())
        for _ in spoilt(feed, Random(case.name), TRIES // 3):  # noqa: S311
            read_list(case, Page(page.url, json.dumps(feed), page.at))


# --- what a page may cost ---

ATTRIBUTES = re.compile(r"\[[^\]]*\]")
DESCENT = re.compile(r"(?<=[^\s>+~,(])\s+(?=[^\s>+~,)])")


@pytest.mark.parametrize("name", NAMES)
def test_no_selector_goes_down_twice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # "a b c" takes seconds where two thousand elements stand in one another, and "a b" or "a > b c" does not.
    asked = {*all_portals()[name].rules.drop, *all_portals()[name].rules.players}
    find = Page.all

    def noted(page: Page, css: str) -> list[LexborNode]:
        asked.add(css)
        return find(page, css)

    monkeypatch.setattr(Page, "all", noted)
    for case in fixtures(name):
        (read if case.meta["kind"] == "article" else read_list)(case, page_of(case))
    selectors = [part for css in asked for part in ATTRIBUTES.sub("", css).split(",")]
    assert [part for part in selectors if len(DESCENT.findall(part.strip())) > 1] == []

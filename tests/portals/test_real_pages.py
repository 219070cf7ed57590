"""Whole pages as the portals served them, where they are at hand: what a person found in them is found."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from portal_fixtures import NOW, NoMemory
from scrapy.http import Response

from crawler.visits import Visit
from policywatch.registry import portals
from tracking.article import Article, Listing
from tracking.dates import BEIJING
from tracking.sightings import Seen

PAGES = Path(__file__).resolve().parents[2] / ".." / "shared" / "pages"


@dataclass(frozen=True)
class Saved:
    """One line of pages.tsv: what a person read in a saved page."""

    portal: str
    file: str
    url: str
    title: str
    time_beijing: str
    first_paragraph_contains: str
    last_paragraph_contains: str
    must_not_contain: str


def saved_pages() -> list[Saved]:
    """The saved pages of portals that we read."""
    table = PAGES / "pages.tsv"
    if not table.exists():
        return []
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    named = ((row["file"].split("_")[0], row) for row in rows)
    return [Saved(portal, **row) for portal, row in named if portal in portals()]


SAVED = saved_pages()


def read(page: Saved) -> Article:
    portal = portals()[page.portal](memory=NoMemory(), at=NOW)
    key = portal.key_of(page.url)
    assert key is not None
    response = Response(page.url, body=(PAGES / page.file).read_bytes(), headers={"Content-Type": "text/html"})
    (found,) = portal.read_article(response, Visit(Listing(page.portal, key, page.url, "", None)))
    assert isinstance(found, Seen)
    return found.article


@pytest.mark.skipif(not SAVED, reason="the saved pages are not here")
@pytest.mark.parametrize("page", SAVED, ids=lambda page: page.file)
def test_a_real_page_says_what_a_person_read_in_it(page: Saved) -> None:
    article = read(page)
    assert article.content.title == page.title
    assert article.published_at is not None
    assert f"{article.published_at.astimezone(BEIJING):%Y-%m-%d %H:%M}" in page.time_beijing.split(" | ")
    first, *_, last = article.content.paragraphs
    assert page.first_paragraph_contains in first
    assert page.last_paragraph_contains in last
    text = "\n".join(article.content.paragraphs)
    assert [words for words in page.must_not_contain.split(" | ") if words in text] == []


@pytest.mark.skipif(not SAVED, reason="the saved pages are not here")
@pytest.mark.parametrize("page", SAVED, ids=lambda page: page.file)
def test_the_body_of_a_real_page_is_kept_in_the_sample_form(page: Saved) -> None:
    body = read(page).body
    assert body == body.lstrip()
    assert "<script" not in body
    assert '=""' not in body
    assert 'src="//' not in body
    assert body.count("<img ") == body.count(' referrerpolicy="no-referrer">')

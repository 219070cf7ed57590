"""Whole pages as the portals served them, where they are at hand: what a person found in them is found."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from portal_fixtures import NOW

from policywatch.app.portals import all_portals
from policywatch.app.read import ANY_PAGE, PageArticle, PageReading
from tracking.dates import BEIJING

PAGES = Path(__file__).resolve().parents[2] / ".." / "shared" / "pages"
# Whose page it is, by the beginning of its file's name; the others have no portal.
PORTALS = {"163": "netease", "news": "xinhua"} | {name: name for name in ("sina", "ifeng", "hexun", "chinanews")}


@dataclass(frozen=True)
class Saved:
    """One line of pages.tsv: what a person read in a saved page."""

    file: str
    url: str
    title: str
    time_beijing: str
    first_paragraph_contains: str
    last_paragraph_contains: str
    must_not_contain: str

    @property
    def portal(self) -> str | None:
        return PORTALS.get(self.file.split("_")[0])


def saved_pages() -> list[Saved]:
    """The saved pages."""
    table = PAGES / "pages.tsv"
    if not table.exists():
        return []
    with table.open(encoding="utf-8", newline="") as lines:
        return [Saved(**row) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


SAVED = saved_pages()
WATCHED = [page for page in SAVED if page.portal]


def read(page: Saved, *, generic: bool = False) -> PageArticle:
    reading = PageReading(all_portals(), ANY_PAGE if generic else None, NOW)
    return reading.file(PAGES / page.file, page.url or None)


def wrong(page: Saved, found: PageArticle) -> list[str]:
    """What of a page does not read as a person read it."""
    article, at = found.article, found.article.published_at
    minute = "" if at is None else f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    first, last = "".join(article.content.paragraphs[:1]), "".join(article.content.paragraphs[-1:])
    text = "\n".join(article.content.paragraphs)
    checks = {
        "title": article.content.title == page.title,
        "minute": minute in page.time_beijing.split(" | "),
        "first": page.first_paragraph_contains in first,
        "last": page.last_paragraph_contains in last,
        "foreign text": not any(words in text for words in page.must_not_contain.split(" | ")),
    }
    return [name for name, holds in checks.items() if not holds]


@pytest.mark.skipif(not SAVED, reason="the saved pages are not here")
@pytest.mark.parametrize("page", WATCHED, ids=lambda page: page.file)
def test_a_real_page_says_what_a_person_read_in_it(page: Saved) -> None:
    found = read(page)
    assert (found.portal, wrong(page, found)) == (page.portal, [])


@pytest.mark.skipif(not SAVED, reason="the saved pages are not here")
@pytest.mark.parametrize("page", SAVED, ids=lambda page: page.file)
def test_general_rules_read_a_real_page_as_well(page: Saved) -> None:
    found = read(page, generic=True)
    assert (found.portal, wrong(page, found)) == (None, [])


@pytest.mark.skipif(not SAVED, reason="the saved pages are not here")
@pytest.mark.parametrize("page", WATCHED, ids=lambda page: page.file)
def test_the_body_of_a_real_page_is_kept_in_the_sample_form(page: Saved) -> None:
    body = read(page).article.body
    assert body == body.lstrip()
    assert "<script" not in body
    assert '=""' not in body
    assert 'src="//' not in body
    assert body.count("<img ") == body.count(' referrerpolicy="no-referrer">')

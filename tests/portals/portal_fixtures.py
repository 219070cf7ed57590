"""A fixture is a folder: what a server answered, from where, and what is to be read from it.

page.html (or page.txt)   the bytes of the answer; page_1.html, page_2.html … further pages of the article
page.json                 address (an article's own, wherever its text is fetched from), when it was fetched, its
                          content type, whether it is an article or a list; of a list also `list`, one of the
                          portal's, and `number`: then the address of the next page is expected as well
expected.json             what the portal reads from it
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from policywatch.app.portals import all_portals
from portals.assembly import article_of, inline_part, part_of
from portals.charset import decode
from portals.page import LayoutChanged, Page
from portals.portal import ListPosition, Portal
from tracking.article import Article, Listing
from tracking.dates import beijing

FOLDER = Path(__file__).parent
META, EXPECTED = "page.json", "expected.json"
NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fixture:
    """One folder; `meta` is its page.json."""

    folder: Path
    portal: Portal
    meta: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def expected(self) -> Any:
        return json.loads((self.folder / EXPECTED).read_text("utf-8"))


def fixtures(portal: str = "*", case: str = "*") -> list[Fixture]:
    """The fixtures of all portals, or of some."""
    return [fixture(path.parent) for path in sorted(FOLDER.glob(f"{portal}/{case}/{META}"))]


def fixture(folder: Path) -> Fixture:
    """The fixture in a folder; KeyError when no portal has the name of its parent."""
    meta = json.loads((folder / META).read_text("utf-8"))
    return Fixture(folder, all_portals()[folder.parent.name], meta)


def read(case: Fixture) -> dict[str, Any]:
    """What the portal reads from a fixture today, in the form of expected.json."""
    try:
        return _list(case) if case.meta["kind"] == "list" else dict(_facts(_article(case)))
    except LayoutChanged as error:
        return {"error": error.reason if case.meta["kind"] == "list" else _told(case, error)}


def _told(case: Fixture, error: LayoutChanged) -> str:
    """What people are told, without the address where it is the article's own and not that of an interface."""
    return str(error).removeprefix(f"{case.meta['address']}: ")


def as_text(value: Any) -> str:
    """A value as expected.json writes it: for people, who read the difference."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def page_of(case: Fixture, body: bytes | None = None) -> Page:
    """The first page of a fixture as its portal gets it, or other bytes in its place."""
    address = case.meta["address"]
    url = address if case.meta["kind"] == "list" else case.portal.source_address(address)
    return _page(case, url, body_of(case) if body is None else body)


def listing_of(case: Fixture) -> Listing:
    """What a list would say of the article of a fixture."""
    key = case.portal.key_of(case.meta["address"])
    assert key is not None, f"{case.meta['address']} is no address of an article"
    listed = case.meta.get("listed_at")
    return Listing(case.portal.name, key, case.meta["address"], "", None if listed is None else beijing(listed))


def _fetched(case: Fixture) -> datetime:
    return datetime.fromisoformat(case.meta["fetched"])


def _page(case: Fixture, url: str, body: bytes) -> Page:
    return Page(url, decode(body, case.meta["content_type"]), _fetched(case))


# --- lists ---


def _list(case: Fixture) -> dict[str, Any]:
    portal, page = case.portal, page_of(case)
    if (sources := portal.list_sources(page)) and "number" not in case.meta:
        return {"sources": [address for source in sources for address in source.addresses]}
    found: dict[str, Any] = {"rows": [_row(portal, row, page) for row in portal.rows(page)]}
    if "list" not in case.meta:
        return found
    position = ListPosition(case.meta["list"], case.meta["number"])
    return found | {"next": portal.next_address(position, page)}


def _row(portal: Portal, row: Any, page: Page) -> dict[str, Any] | None:
    try:
        found = portal.listing(row, page)
        part = None if found is None else inline_part(portal, row, page, found)
    except LayoutChanged as error:
        return {"error": error.reason}
    if found is None:
        return None
    row_ = {"key": found.key, "url": found.url, "title": found.title, "published_at": _text(found.published_at)}
    return row_ if part is None else row_ | {"inline": list(part.paragraphs)}


# --- articles ---


def _article(case: Fixture) -> Article:
    """The article on all pages of a fixture: page.html, then page_1.html, page_2.html … at the addresses it names."""
    listing, first = listing_of(case), page_of(case)
    further = case.portal.more_pages(first)
    later = (_page(case, url, body_of(case, f"page_{number}")) for number, url in enumerate(further, start=1))
    return article_of(case.portal, listing, [part_of(case.portal, page, listing) for page in (first, *later)])


def _facts(article: Article) -> Iterator[tuple[str, Any]]:
    yield "key", article.key
    yield "title", article.content.title
    yield "author", article.author
    yield "published_at", _text(article.published_at)
    yield "image", article.image
    yield "paragraphs", list(article.content.paragraphs)
    yield "body", article.body.split("\n")


def body_of(case: Fixture, name: str = "page") -> bytes:
    """The bytes of a page of a fixture."""
    (path,) = (path for path in case.folder.glob(f"{name}.*") if path.name != META)
    return path.read_bytes()


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()

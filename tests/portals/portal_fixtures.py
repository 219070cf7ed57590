"""A fixture is a folder: what a server answered, from where, and what is to be read from it.

page.html (or page.txt)   the bytes of the answer; page_1.html, page_2.html … further pages of the article
page.json                 address (an article's own, wherever its text is fetched from), when it was fetched, its
                          content type, whether it is an article or a list; of a list also `list`, one of the
                          portal's, and `number`: then the address of the next page is expected as well
expected.json             what the portal reads from it
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy.http import Request, Response

from crawler.charset import decode
from crawler.page import LayoutChanged, Page
from crawler.portal import Portal
from crawler.reading import given_part
from crawler.visits import Remembered, Visit
from policywatch.registry import portals
from tracking.article import Article, Listing
from tracking.dates import beijing
from tracking.sightings import Failed, Seen, Trouble

FOLDER = Path(__file__).parent
META, EXPECTED = "page.json", "expected.json"
NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fixture:
    """One folder; `meta` is its page.json."""

    folder: Path
    portal: type[Portal]
    meta: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def expected(self) -> Any:
        return json.loads((self.folder / EXPECTED).read_text("utf-8"))


class NoMemory:
    """A memory that knows nothing and wants nothing."""

    def remember(self, list_: str, number: int, listings: Sequence[Listing], *, ended: bool) -> Remembered:
        return Remembered(tuple(listings), go_on=False)

    def fail_list(self, list_: str, reason: str, trouble: Trouble) -> None:
        raise AssertionError(f"{list_}: {reason}")

    def waiting(self) -> Iterable[Listing]:
        return ()

    def due(self) -> Iterable[Visit]:
        return ()


def fixtures(portal: str = "*", case: str = "*") -> list[Fixture]:
    """The fixtures of all portals, or of some."""
    return [fixture(path.parent) for path in sorted(FOLDER.glob(f"{portal}/{case}/{META}"))]


def fixture(folder: Path) -> Fixture:
    """The fixture in a folder; KeyError when no portal has the name of its parent."""
    meta = json.loads((folder / META).read_text("utf-8"))
    return Fixture(folder, portals()[folder.parent.name], meta)


def read(case: Fixture) -> dict[str, Any]:
    """What the portal reads from a fixture today, in the form of expected.json."""
    portal = made(case)
    return _list(portal, case) if case.meta["kind"] == "list" else _article(portal, case)


def as_text(value: Any) -> str:
    """A value as expected.json writes it: for people, who read the difference."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def made(case: Fixture) -> Portal:
    """The portal of a fixture, at the time of the fixture."""
    return case.portal(memory=NoMemory(), at=_fetched(case))


def page_of(case: Fixture, body: bytes | None = None) -> Page:
    """The first page of a fixture as its portal gets it, or other bytes in its place."""
    address, body = case.meta["address"], body_of(case) if body is None else body
    url = address if case.meta["kind"] == "list" else made(case).source_address(address)
    return Page(url, decode(body, case.meta["content_type"]), _fetched(case))


def listing_of(case: Fixture) -> Listing:
    """What a list would say of the article of a fixture."""
    key = case.portal.key_of(case.meta["address"])
    assert key is not None, f"{case.meta['address']} is no address of an article"
    listed = case.meta.get("listed_at")
    return Listing(case.portal.name, key, case.meta["address"], "", None if listed is None else beijing(listed))


def _fetched(case: Fixture) -> datetime:
    return datetime.fromisoformat(case.meta["fetched"])


# --- lists ---


def _list(portal: Portal, case: Fixture) -> dict[str, Any]:
    page = page_of(case)
    try:
        if (address := portal.leads_to(page)) is not None and "number" not in case.meta:
            return {"leads_to": address}
        found = {"rows": [_row(portal, row, page) for row in portal.rows(page)]}
        return found | _next(portal, case, page)
    except LayoutChanged as error:
        return {"error": error.reason}


def _next(portal: Portal, case: Fixture, page: Page) -> dict[str, str | None]:
    if "list" not in case.meta:
        return {}
    return {"next": portal.next_address(case.meta["list"], case.meta["number"], page)}


def _row(portal: Portal, row: Any, page: Page) -> dict[str, Any] | None:
    try:
        found = portal.listing(row, page)
        part = None if found is None else given_part(portal, row, page, found)
    except LayoutChanged as error:
        return {"error": error.reason}
    if found is None:
        return None
    row_ = {"key": found.key, "url": found.url, "title": found.title, "published_at": _text(found.published_at)}
    return row_ if part is None else row_ | {"given": list(part.paragraphs)}


# --- articles ---


def _article(portal: Portal, case: Fixture) -> dict[str, Any]:
    url, visit, name = portal.source_address(case.meta["address"]), Visit(listing_of(case)), "page"
    for number in range(1, 100):
        (found,) = portal.read_article(_response(case, url, name), visit)
        if not isinstance(found, Request):
            return _outcome(found)
        url, visit, name = found.url, found.cb_kwargs["visit"], f"page_{number}"
    raise AssertionError(f"{case.name} never ends")


def _response(case: Fixture, url: str, name: str) -> Response:
    headers = {"Content-Type": case.meta["content_type"]}
    return Response(url, status=200, headers=headers, body=body_of(case, name))


def _outcome(found: Any) -> dict[str, Any]:
    if isinstance(found, Failed):
        return {"error": found.reason.removeprefix(f"{found.url}: ")}
    assert isinstance(found, Seen)
    return dict(_facts(found.article))


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

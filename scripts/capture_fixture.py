"""Makes a fixture from a page, or writes the expected results of fixtures again; a person reads the difference.

    python scripts/capture_fixture.py ADDRESS --portal sina --case article      fetched as a crawl would
    python scripts/capture_fixture.py ADDRESS --portal sina --case article --file saved.html
    python scripts/capture_fixture.py --redo [--portal sina] [--case article]

The whole page is written. Before it is committed, a person reduces it to the markup that matters, and replaces the
texts of the portal by invented ones: pages belong to their publishers.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import scrapy
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Request, Response
from twisted.python.failure import Failure

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "portals")]

from portal_fixtures import EXPECTED, FOLDER, META, Fixture, as_text, fixture, fixtures, read  # noqa: E402

from crawler.fetch.errors import reason_of  # noqa: E402
from crawler.fetch.settings import scrapy_settings  # noqa: E402
from crawler.reactor import run_in_reactor  # noqa: E402
from policywatch.app.fetch import fetch_rules, portal_config  # noqa: E402
from policywatch.app.portals import all_portals  # noqa: E402
from policywatch.config import load  # noqa: E402
from portals.portal import Portal  # noqa: E402
from tracking.urls import canonical  # noqa: E402


class OnePage(scrapy.Spider):  # type: ignore[misc]
    """Fetches one address, from the hosts of a portal only, and appends the response, or the error, to `found`."""

    name = "one_page"

    def __init__(self, portal: Portal, address: str, found: list[Response | str]) -> None:
        super().__init__()
        self.hosts, self.cookies = portal.hosts, portal.cookies
        self._portal, self._address, self._found = portal, address, found

    async def start(self) -> AsyncIterator[Request]:
        if self._portal.key_of(self._address) is None:
            url, headers = self._address, self._portal.list_headers
        else:
            url = self._portal.source_address(canonical(self._address))
            headers = self._portal.headers_for(self._address)
        yield Request(url, headers=dict(headers), callback=self.keep, errback=self.explain)

    def keep(self, response: Response) -> Iterator[Request]:
        """Append the response to what was found."""
        self._found.append(response)
        yield from ()

    def explain(self, failure: Failure) -> None:
        """Append the reason why there is no response."""
        self._found.append(reason_of(failure))


def main() -> None:
    """Read the command line and do what it says."""
    arguments = _arguments()
    if arguments.redo:
        for case in fixtures(arguments.portal or "*", arguments.case or "*"):
            _redo(case)
        return
    if arguments.portal not in all_portals() or not arguments.case or not arguments.address:
        _fail(f"needs ADDRESS, --case, and --portal with one of {', '.join(sorted(all_portals()))}")
    _redo(_captured(arguments))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", nargs="?", metavar="ADDRESS", help="the page to make a fixture of")
    parser.add_argument("--portal", metavar="NAME")
    parser.add_argument("--case", metavar="NAME", help="the name of the folder")
    parser.add_argument("--file", type=Path, metavar="PAGE", help="a page saved before, instead of fetching it")
    parser.add_argument("--redo", action="store_true", help="write expected.json of the fixtures again")
    return parser.parse_args()


def _captured(arguments: argparse.Namespace) -> Fixture:
    portal = all_portals()[arguments.portal]
    folder = FOLDER / arguments.portal / arguments.case
    if folder.exists():
        _fail(f"{folder} exists; --redo writes its expected.json again")
    url, content_type, body = _saved(arguments) if arguments.file else _fetched(portal, arguments.address)
    kind = "list" if portal.key_of(url) is None else "article"
    folder.mkdir(parents=True)
    name = "page.html" if "html" in content_type else "page.txt"
    (folder / name).write_bytes(body)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    (folder / META).write_text(
        as_text({"address": url, "fetched": at, "content_type": content_type, "kind": kind}), "utf-8"
    )
    return fixture(folder)


def _saved(arguments: argparse.Namespace) -> tuple[str, str, bytes]:
    body: bytes = arguments.file.read_bytes()
    kind = "text/html" if arguments.file.suffix in (".html", ".htm", ".shtml") else "application/json"
    return arguments.address, kind, body


def _fetched(portal: Portal, address: str) -> tuple[str, str, bytes]:
    found: list[Response | str] = []
    run_in_reactor(lambda: _crawl(portal, address, found))
    if not found or isinstance(found[-1], str):
        _fail(f"{address}: {found[-1] if found else 'no answer'}")
    response = found[-1]
    content_type = response.headers.get("Content-Type") or b""
    url = address if portal.key_of(address) is None else canonical(address)
    return url, content_type.decode("latin-1"), response.body


async def _crawl(portal: Portal, address: str, found: list[Response | str]) -> None:
    config = load()
    runner = AsyncCrawlerRunner(
        scrapy_settings(fetch_rules(config.crawler, portal_config(config.portals, portal.name)))
    )
    await runner.crawl(OnePage, portal=portal, address=address, found=found)


def _redo(case: Fixture) -> None:
    path = case.folder / EXPECTED
    before: Any = json.loads(path.read_text("utf-8")) if path.exists() else None
    after = read(case)
    path.write_text(as_text(after), "utf-8")
    print(f"{case.name}: {'as before' if after == before else 'changed, read the difference'}")


def _fail(reason: str) -> NoReturn:
    raise SystemExit(f"capture_fixture: {reason}")


if __name__ == "__main__":
    main()

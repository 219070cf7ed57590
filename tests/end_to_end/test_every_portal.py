"""Every portal is crawled over the network from its fixtures, and again when the site turns robots away."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from policywatch.app.portals import all_portals
from tests.crawler.server import Answer, Handler
from tests.end_to_end.world import World
from tests.portals.portal_fixtures import Fixture, fixtures

PORTALS = sorted(all_portals())
BLOCK = Answer(
    "<html><body><h1>访问验证</h1><p>您的访问过于频繁，请完成安全验证。</p></body></html>".encode(),
    headers={"Content-Type": "text/html; charset=utf-8"},
)


class Sites(World):
    """All portals at once, each as its fixtures show it; `blocked` turns everybody away."""

    blocked = False

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.lists: dict[str, list[str]] = {}
        self.pages: dict[str, Answer] = {}
        self.articles: dict[str, Answer] = {}
        for case in fixtures():
            self._put(case)

    def _put(self, case: Fixture) -> None:
        address, answer = case.meta["address"], _answer(case)
        if case.meta["kind"] == "list" and any(row and "key" in row for row in case.expected.get("rows", ())):
            # Of several fixtures of one list the first: the others show what is wrong with rows.
            if self.pages.setdefault(_place(address), answer) is answer:
                self.lists.setdefault(case.portal.name, []).append(address)
        elif case.meta["kind"] == "article" and "title" in case.expected:
            source = case.portal.source_address(address)
            self.pages[_place(source)] = answer
            self.articles.setdefault(case.portal.name, answer)

    def route(self, handler: Handler) -> None:
        """What the asked-for site answers: a page of a fixture, or for any other the portal's ordinary article."""
        host = handler.headers.get("Host", "")
        where = host + handler.path.removeprefix(f"http://{host}")
        if where.endswith("/robots.txt"):
            handler.answer(Answer(status=404))
        else:
            handler.answer(BLOCK if self.blocked else self.pages.get(where) or self._article(host))

    def _article(self, host: str) -> Answer:
        known = all_portals()
        owner = next(name for name in PORTALS if any(host.endswith(own.lstrip("*.")) for own in known[name].hosts))
        return self.articles[owner]

    def crawl(self) -> dict[str, dict[str, Any]]:
        """How the crawl of each portal ended."""
        command = [sys.executable, "-m", "tests.end_to_end.variants"]
        root = Path(__file__).resolve().parents[2]
        environment = self.environment() | {"PYTHONPATH": str(root)}
        wanted = json.dumps(self.lists)
        done = subprocess.run(
            command, input=wanted, env=environment, cwd=self.folder, capture_output=True, text=True, timeout=110
        )
        assert done.returncode == 0, done.stderr
        return {outcome["portal"]: outcome for outcome in json.loads(done.stdout)}


def _answer(case: Fixture) -> Answer:
    (path,) = (path for path in case.folder.glob("page.*") if path.name != "page.json")
    fetched = datetime.fromisoformat(case.meta["fetched"])
    headers = {"Content-Type": case.meta["content_type"], "Date": format_datetime(fetched, usegmt=True)}
    return Answer(path.read_bytes(), headers=headers)


def _place(address: str) -> str:
    return address.partition("://")[2]


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, dict[str, Any]]]]:
    """How two crawls of everything ended: of sites as they should be, and of sites that turn robots away."""
    with Sites(tmp_path_factory.mktemp("sites")) as sites:
        sites.site.routes = _Everything(sites)
        good = sites.crawl()
        sites.blocked = True
        yield [good, sites.crawl()]


class _Everything(dict):  # type: ignore[type-arg]
    """Routes that lead everywhere to the same place."""

    def __init__(self, sites: Sites) -> None:
        super().__init__()
        self._sites = sites

    def get(self, key: str, default: Any = None) -> Any:
        return self._sites.route


@pytest.mark.parametrize("name", PORTALS)
def test_a_portal_gives_articles_over_the_network(name: str, ended: list[dict[str, dict[str, Any]]]) -> None:
    outcome = ended[0][name]
    assert outcome["listed"] >= 1, outcome
    assert outcome["new"] >= 1, outcome
    assert outcome["state"] == "done", outcome


@pytest.mark.parametrize("name", PORTALS)
def test_a_block_page_is_a_failure_and_neither_an_edit_nor_a_withdrawal(
    name: str, ended: list[dict[str, dict[str, Any]]]
) -> None:
    outcome = ended[1][name]
    assert (outcome["state"], outcome["failure_kind"]) == ("failed", "blocked"), outcome
    assert (outcome["new"], outcome["edited"], outcome["gone"]) == (0, 0, 0)

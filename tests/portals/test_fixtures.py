"""Every portal reads its saved pages as a person once checked them."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import pytest
from portal_fixtures import EXPECTED, FOLDER, META, Fixture, as_text, fixture, fixtures, read

from policywatch.app.portals import all_portals
from tracking.hosts import HostPatterns, target

ALL = fixtures()


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_saved_page_is_read_as_expected(case: Fixture) -> None:
    expected, found = as_text(case.expected), as_text(read(case))
    if found != expected:
        lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), "expected", "found", lineterm="")
        pytest.fail(f"{case.name} reads differently:\n" + "\n".join(lines), pytrace=False)


def test_portals_and_folders_match_both_ways() -> None:
    with_fixtures = {path.name for path in FOLDER.iterdir() if any(path.glob(f"*/{META}"))}
    assert with_fixtures == set(all_portals())


@pytest.mark.parametrize("portal", sorted(all_portals()))
def test_a_portal_shows_an_article_a_list_and_a_page_it_must_not_read(portal: str) -> None:
    cases = [(case.meta["kind"], case.expected) for case in ALL if case.portal.name == portal]
    assert any(kind == "article" and "title" in expected for kind, expected in cases)
    assert any(kind == "article" and "error" in expected for kind, expected in cases)
    assert any(kind == "list" and "rows" in expected for kind, expected in cases)


@pytest.mark.parametrize("name", sorted(all_portals()))
def test_a_portal_is_named_like_its_module_and_fetches_only_from_its_hosts(name: str) -> None:
    portal = all_portals()[name]
    assert (portal.name, type(portal).__module__) == (name, f"portals.sites.{name}")
    mine = [case for case in ALL if case.portal.name == name]
    urls = [case.meta["address"] for case in mine]
    urls += [row["url"] for case in mine for row in case.expected.get("rows", ()) if row and "url" in row]
    fetched = {portal.source_address(url) for url in urls}
    own = HostPatterns(portal.hosts, ports=(80, 443))
    assert [url for url in {*fetched, *urls, *portal.lists, *portal.former_lists} if not own.matches(target(url))] == []


def test_a_folder_holds_an_answer_its_origin_and_what_it_means() -> None:
    for case in ALL:
        files = {path.name for path in case.folder.iterdir()}
        assert {META, EXPECTED} <= files, case.name
        assert {"page.html", "page.txt"} & files, case.name


def test_a_difference_is_found(tmp_path: Path) -> None:
    copy = tmp_path / "sina" / "changed"
    copy.mkdir(parents=True)
    article = next(case for case in ALL if case.name == "sina/article")
    page = (article.folder / "page.html").read_text("utf-8")
    (copy / "page.html").write_text(page.replace("数字经济", "数字产业"), "utf-8")
    (copy / META).write_text(json.dumps(article.meta), "utf-8")
    assert read(fixture(copy)) != article.expected

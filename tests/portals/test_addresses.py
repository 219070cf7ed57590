"""Which addresses are articles of a portal, under which key, and where its lists go on."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from portal_fixtures import FOLDER, NOW, fixtures

from policywatch.app.portals import all_portals
from portals.page import LayoutChanged, Page
from portals.sites.cs import Cs
from tracking.urls import canonical

OLD = "https://www.cs.com.cn/xwzx/hg/202111/t20211120_6116434"
# Of each portal addresses in many forms: its own with their key, and others, which have none.
FILES = sorted(FOLDER.glob("*/addresses.json"))
TOLD: dict[str, dict[str, str | None]] = {path.parent.name: json.loads(path.read_text("utf-8")) for path in FILES}
KEYS = [(name, url, key) for name, told in TOLD.items() for url, key in told.items() if key is not None]
READ = [(case.portal.name, case.meta["address"]) for case in fixtures() if case.meta["kind"] == "article"]
LISTED = [
    (case.portal.name, row) for case in fixtures() for row in case.expected.get("rows", ()) if row and "url" in row
]


def key_of(portal: str, url: str) -> str | None:
    """The key that a portal gives to an address."""
    return all_portals()[portal].key_of(url)


def owners(url: str) -> list[str]:
    """The portals that take an address for one of their articles."""
    address = canonical(url)
    return [name for name, portal in all_portals().items() if portal.article_address.match(address)]


@pytest.mark.parametrize("name", TOLD)
def test_an_article_has_one_key_under_all_its_addresses(name: str) -> None:
    assert {url: key_of(name, url) for url in TOLD[name]} == TOLD[name]
    assert {key is None for key in TOLD[name].values()} == {True, False}


def test_an_article_belongs_to_one_portal() -> None:
    theirs = [(name, url) for name, url, _ in KEYS] + READ
    assert [(name, url, owners(url)) for name, url in theirs if owners(url) != [name]] == []


def test_a_row_of_a_list_leads_to_an_article_of_its_portal_under_the_same_key() -> None:
    assert [(name, row["url"]) for name, row in LISTED if key_of(name, row["url"]) != row["key"]] == []


def test_how_an_address_is_written_changes_no_key() -> None:
    for name, url, key in KEYS:
        address = urlsplit(url)
        https, http = address._replace(scheme="https"), address._replace(scheme="http")
        loud = https._replace(netloc=f"{address.netloc.upper().removesuffix(':443')}:443")
        query = https._replace(query=f"{address.query}&from=timeline&utm_source=x".lstrip("&"), fragment="top")
        forms = [form.geturl() for form in (https, http, loud, query)]
        assert {form: key_of(name, form) for form in forms} == dict.fromkeys(forms, key)


def test_an_address_on_another_host_or_with_another_end_is_no_article() -> None:
    for name, url, _ in KEYS:
        address = urlsplit(url)
        host = str(address.hostname)
        forged = [
            address._replace(netloc=f"{host}.example.cn"),
            address._replace(netloc=f"{host}@example.cn"),
            address._replace(netloc=f"{host}:8080"),
            address._replace(netloc="example.cn", path=f"/{host}{address.path}"),
            address._replace(netloc="example.cn", path="/", query=f"u={url}"),
        ]
        if not address.query:
            forged += [address._replace(path=f"{address.path}{end}") for end in (".x", "/x", "x/y", "%00", "；")]
        urls = [form.geturl() for form in forged]
        assert {form: key_of(name, form) for form in urls} == dict.fromkeys(urls)


def test_every_list_has_pages_of_its_own_address() -> None:
    for portal in all_portals().values():
        first, *later = (
            [portal.list_address(list_, number, NOW) for list_ in (*portal.lists, *portal.former_lists)]
            for number in (1, 2, 3)
        )
        assert len(set(first)) == len(first)
        # A list without further pages has the address of the first.
        further = [address for addresses in later for address in addresses if address not in first]
        assert len(set(further)) == len(further)
        assert not [address for address in (*first, *further) if set("{} ") & set(address)]


def test_a_column_goes_on_with_numbers_from_one() -> None:
    column = "https://www.cs.com.cn/xwzx/hg/"
    assert column in Cs.former_lists
    assert [Cs().list_address(column, number, NOW) for number in (1, 2, 3)] == [
        column,
        f"{column}index_1.html",
        f"{column}index_2.html",
    ]


@pytest.mark.parametrize(("count", "pages"), [(0, 0), (1, 0), (2, 1), (12, 11)])
def test_an_article_in_several_parts_names_the_later_ones(count: int, pages: int) -> None:
    page = Page(f"{OLD}.html", f"<div class=page><script>var countPage = {count}//共多少页</script></div>")
    found = Cs().more_pages(page)
    assert found == tuple(f"{OLD}_{number}.html" for number in range(1, pages + 1))


def test_a_number_of_parts_that_nobody_writes_is_refused() -> None:
    page = Page(f"{OLD}.html", "<script>var countPage = 999999999</script>")
    with pytest.raises(LayoutChanged, match="999999999 pages"):
        Cs().more_pages(page)

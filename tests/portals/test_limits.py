"""Pages that are built to cost a parser seconds and gigabytes, and pages that only look like it."""

from __future__ import annotations

import time

import pytest

from portals.limits import too_costly
from portals.page import LayoutChanged, Page


def page(text: str) -> Page:
    return Page("https://x.cn/1.html", text)


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "".join(f"<b a{n}><p>" for n in range(4_000)),
        "".join(f"<font c{n}>" for n in range(200)) + "<p>甲" * 10_000,
        "<div>" * 100_000,
        "<div " + " ".join(f"a{n}" for n in range(60_000)) + ">",
        "<div" + "".join(f"/a{n}=''" for n in range(30_000)) + ">",
    ],
    ids=["formatting", "formatting times blocks", "depth", "attributes", "attributes by slash"],
)
def test_a_page_built_to_exhaust_the_parser_is_refused(html: str) -> None:
    began = time.process_time()
    with pytest.raises(LayoutChanged, match=r"tags|formatting|attributes"):
        page(html).one("p")
    assert time.process_time() - began < 1


def test_a_long_table_a_big_picture_and_sloppy_formatting_are_no_attack() -> None:
    picture = '<img src="data:image/png;base64,' + f"{'iVBORw0KGgo+A' * 5}/" * 10_000 + '">'
    table = "<table>" + "<tr><td>1</td><td>2</td></tr>" * 3_000 + "</table>"
    read = page(f"<h1>甲</h1>{picture}{table}<script>{'a < b;' * 5_000}</script>" + "<p><font color=red>乙" * 20)
    assert read.title("h1") == "甲"


def test_hundreds_of_nested_elements_are_read_and_thousands_are_a_trap() -> None:
    assert page("<div>" * 400 + "<h1>甲</h1>").title("h1") == "甲"
    with pytest.raises(LayoutChanged, match="inside each other without end"):
        page("<div>" * 10_000 + "<h1>甲</h1>").title("h1")


def test_the_reason_says_what_there_is_too_much_of() -> None:
    assert too_costly("<p>一</p>" * 100) is None
    assert too_costly("<p>" * 50_000) == "50001 tags, more than a page of news has"

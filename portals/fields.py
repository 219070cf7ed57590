"""Small strict helpers that several portals share: nodes of a row, JSON along a path, later pages of an article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar

from selectolax.lexbor import LexborNode

from portals.page import Page, plain
from tracking.dates import from_unix
from tracking.text import clean, clean_title

_T = TypeVar("_T")
# Nodes: more than a page shows of anything. A hostile page nests thousands in one another.
_MOST_SHOWN = 50
# Pages: more than any article has; a larger number is a mistake of the page, or a trap.
_MOST_PAGES = 100
_PAGE_NUMBER = re.compile(r"[_-](\d{1,3})\.s?html?$", re.ASCII)


# --- nodes ---


def text_of(page: Page, css: str) -> str | None:
    """The cleaned text of the node that a selector matches; None where there is none, or where it is empty.

    LayoutChanged when the selector matches several nodes.
    """
    node = page.maybe(css)
    return None if node is None else clean(node.text()) or None


def laid_out(page: Page, *selectors: str) -> bool:
    """Whether each of the selectors matches; LayoutChanged for a page without any heading, as block pages are."""
    if not page.all("h1,h2"):
        raise page.changed("no heading of an article")
    return all(map(page.all, selectors))


def nodes(page: Page, *selectors: str) -> Iterator[LexborNode]:
    """The nodes that the selectors match, at most 50 of each; those of the first selector first."""
    return (node for css in selectors for node in page.all(css)[:_MOST_SHOWN])


def shown(page: Page, *selectors: str) -> Iterator[str]:
    """The cleaned texts of the nodes that the selectors match, "" among them; those of the first selector first."""
    return (clean(node.text()) for node in nodes(page, *selectors))


def texts_in(node: LexborNode, css: str) -> list[str]:
    """The cleaned texts of the nodes that a selector matches inside a node, at most 50."""
    return [clean(found.text()) for found in node.css(css)[:_MOST_SHOWN]]


def words_in(node: LexborNode, css: str) -> str:
    """The texts of the nodes that a selector matches inside a node, joined by blanks; "" for none."""
    return " ".join(texts_in(node, css))


def only(page: Page, row: LexborNode, css: str) -> LexborNode:
    """The one node that a selector matches in a row; LayoutChanged for none or several."""
    return _single(page, row.css(css), css)


def child(page: Page, row: LexborNode, tag: str) -> LexborNode:
    """The one child of a row with this tag, whatever stands further down; LayoutChanged for none or several."""
    return _single(page, [node for node in row.iter() if node.tag == tag], tag)


def address_of(page: Page, link: LexborNode) -> str:
    """The canonical address that a link of a row leads to; LayoutChanged when it leads nowhere."""
    if not (href := link.attributes.get("href")):
        raise page.changed("a row without a link")
    return page.address(href)


def title_of(link: LexborNode) -> str:
    """The title that a link of a row shows, "" for none: its tooltip, or else its text, which may be cut short."""
    whole = link.attributes.get("title")
    return (plain(whole) if whole else "") or clean_title(link.text())


def _single(page: Page, found: list[LexborNode], what: str) -> LexborNode:
    if len(found) != 1:
        raise page.changed(f"a row with {len(found)} {what} instead of one")
    (node,) = found
    return node


# --- JSON and feeds ---


def inside(page: Page, value: Any, *names: str) -> dict[str, Any]:
    """The JSON object at the end of a path of objects; LayoutChanged where the path breaks off."""
    for name in names:
        value = page.field(value, name, dict)
    found: dict[str, Any] = value
    return found


def array(page: Page, wanted: str) -> list[Any]:
    """The rows of a page that is one JSON array; LayoutChanged for any other, which says what was `wanted`."""
    rows = page.json()
    if not isinstance(rows, list):
        raise page.changed(f"{type(rows).__name__} instead of {wanted}")
    return rows


def stated(page: Page, value: _T | None, name: str) -> _T:
    """A field of a feed's entry; LayoutChanged when the entry does not state it."""
    if value is None:
        raise page.changed(f"{name!r} is NoneType, not str")
    return value


def named(*values: object) -> str | None:
    """The first of the values that is a text and says something, cleaned; None for none."""
    return next((clean(value) for value in values if isinstance(value, str) and clean(value)), None)


def titled(page: Page, markup: str, url: str | None = None) -> str:
    """A title that JSON carries, which may hold markup, as text; LayoutChanged when it is empty.

    `url` is the address that the error names, where the title is one of many on the page.
    """
    if not (title := plain(markup)):
        raise page.changed("the title is empty" if url is None else f"{url} has no title")
    return title


def unix_time(page: Page, value: object, name: str) -> datetime:
    """The instant, aware UTC, of a field that counts seconds since 1970; LayoutChanged when it does not."""
    try:
        return from_unix(value)
    except ValueError as error:
        raise page.changed(f"no readable {name}: {error}") from error


# --- later pages of an article ---


def counted_pages(page: Page, first_page: re.Pattern[str], *counts: re.Pattern[str]) -> tuple[str, ...]:
    """The addresses of the later pages of an article that says how many it has: a_1.html, a_2.html … behind a.html.

    `first_page` has the address in two groups, between which the number goes; the first of `counts` that the source
    contains has the number of pages in its group 1. LayoutChanged for more than 100 pages.
    """
    first = first_page.fullmatch(page.url)
    count = next(filter(None, (pattern.search(page.source) for pattern in counts)), None)
    if first is None or count is None:
        return ()
    if int(count[1]) > _MOST_PAGES:
        raise page.changed(f"claims to have {count[1]} pages")
    return tuple(f"{first[1]}_{later}{first[2]}" for later in range(1, int(count[1])))


def linked_pages(page: Page, first_page: re.Pattern[str], css: str, address: str) -> tuple[str, ...]:
    """The addresses of the later pages, from 2 to the highest number, of an article that links them.

    `first_page` has groups `stem` and `id`; `css` has "{id}" and matches the links, which end in the numbers; `address`
    has "{stem}" and "{number}".
    """
    first = first_page.fullmatch(page.url)
    if first is None:
        return ()
    links = (str(link.attributes["href"]) for link in page.all(css.format(id=first["id"])))
    last = max((int(found[1]) for link in links if (found := _PAGE_NUMBER.search(link))), default=1)
    return tuple(address.format(stem=first["stem"], number=number) for number in range(2, last + 1))

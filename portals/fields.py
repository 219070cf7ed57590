"""Strict helpers that several portals share: nodes of a page or row, fields of JSON, later pages of an article."""

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
# Nodes of one selector; real pages have fewer, hostile pages nest thousands inside each other.
_MAX_NODES = 50
# Pages of one article; a larger number on a page is an error, or hostile.
_MAX_PAGES = 100
_PAGE_NUMBER = re.compile(r"[_-](\d{1,3})\.s?html?$", re.ASCII)


# --- nodes ---


def text_of(page: Page, css: str) -> str | None:
    """The cleaned text of the node that a selector matches; None without a node, or for an empty one.

    LayoutChanged when the selector matches several nodes.
    """
    node = page.one_or_none(css)
    return None if node is None else clean(node.text()) or None


def has_layout(page: Page, *selectors: str) -> bool:
    """Whether each of the selectors matches; LayoutChanged for a page without headings, which is no article page."""
    if not page.all("h1,h2"):
        raise page.changed("no heading of an article")
    return all(map(page.all, selectors))


def nodes(page: Page, *selectors: str) -> Iterator[LexborNode]:
    """The nodes that the selectors match, at most 50 of each; those of the first selector first."""
    return (node for css in selectors for node in page.all(css)[:_MAX_NODES])


def texts(page: Page, *selectors: str) -> Iterator[str]:
    """The cleaned texts, also empty ones, of the nodes that the selectors match, at most 50 of each selector."""
    return (clean(node.text()) for node in nodes(page, *selectors))


def texts_in(node: LexborNode, css: str) -> list[str]:
    """The cleaned texts of the nodes that a selector matches inside a node, at most 50."""
    return [clean(match.text()) for match in node.css(css)[:_MAX_NODES]]


def joined_text(node: LexborNode, css: str) -> str:
    """The texts of the nodes that a selector matches inside a node, joined by blanks; "" for none."""
    return " ".join(texts_in(node, css))


def one_in(page: Page, row: LexborNode, css: str) -> LexborNode:
    """The one node that a selector matches in a row; LayoutChanged for none or several."""
    return _single(page, row.css(css), css)


def one_child(page: Page, row: LexborNode, tag: str) -> LexborNode:
    """The one direct child of a row with this tag; LayoutChanged for none or several."""
    return _single(page, [node for node in row.iter() if node.tag == tag], tag)


def address_of(page: Page, link: LexborNode) -> str:
    """The canonical address of a link; LayoutChanged when the link has none."""
    if not (href := link.attributes.get("href")):
        raise page.changed("a row without a link")
    return page.address(href)


def title_of(link: LexborNode) -> str:
    """The title of a link, maybe "": its title attribute, or else its text, which may be shortened."""
    title = link.attributes.get("title")
    return (plain(title) if title else "") or clean_title(link.text())


def _single(page: Page, matches: list[LexborNode], what: str) -> LexborNode:
    if len(matches) != 1:
        raise page.changed(f"a row with {len(matches)} {what} instead of one")
    (node,) = matches
    return node


# --- JSON and feeds ---


def nested_object(page: Page, value: Any, *names: str) -> dict[str, Any]:
    """The JSON object at the end of a path of field names; LayoutChanged when a field is missing."""
    for name in names:
        value = page.field(value, name, dict)
    result: dict[str, Any] = value
    return result


def json_array(page: Page, wanted: str) -> list[Any]:
    """The items of a page that is a JSON array; LayoutChanged for any other page. The error names what was `wanted`."""
    rows = page.json()
    if not isinstance(rows, list):
        raise page.changed(f"{type(rows).__name__} instead of {wanted}")
    return rows


def required(page: Page, value: _T | None, name: str) -> _T:
    """The field `name` of a feed's entry; LayoutChanged when it is missing."""
    if value is None:
        raise page.changed(f"{name!r} is NoneType, not str")
    return value


def first_text(*values: object) -> str | None:
    """The first of the values that is a text and not blank, cleaned; None when none is."""
    return next((clean(value) for value in values if isinstance(value, str) and clean(value)), None)


def title_text(page: Page, markup: str, url: str | None = None) -> str:
    """The text of a title that may contain markup; LayoutChanged when it is empty.

    `url` is the article's address for the error, when the page has several titles.
    """
    if not (title := plain(markup)):
        raise page.changed("the title is empty" if url is None else f"{url} has no title")
    return title


def unix_time(page: Page, value: object, name: str) -> datetime:
    """The time, aware UTC, of the field `name` in seconds since 1970; LayoutChanged for any other value."""
    try:
        return from_unix(value)
    except ValueError as error:
        raise page.changed(f"no readable {name}: {error}") from error


# --- later pages of an article ---


def counted_pages(page: Page, first_page: re.Pattern[str], *counts: re.Pattern[str]) -> tuple[str, ...]:
    """The addresses a_1.html, a_2.html … of the later pages of an article a.html that states its number of pages.

    `first_page` matches the address and has two groups, between which the number is inserted. Group 1 of the first of
    `counts` that occurs in the source is the number of pages. LayoutChanged for more than 100 pages.
    """
    first = first_page.fullmatch(page.url)
    count = next(filter(None, (pattern.search(page.source) for pattern in counts)), None)
    if first is None or count is None:
        return ()
    if int(count[1]) > _MAX_PAGES:
        raise page.changed(f"claims to have {count[1]} pages")
    return tuple(f"{first[1]}_{number}{first[2]}" for number in range(1, int(count[1])))


def linked_pages(page: Page, first_page: re.Pattern[str], css: str, address: str) -> tuple[str, ...]:
    """The addresses of the later pages, from 2 to the highest number, of an article that links to them.

    `first_page` matches the address and has groups `stem` and `id`; `css` is a selector of the links with "{id}" in it;
    `address` is a template with "{stem}" and "{number}".
    """
    first = first_page.fullmatch(page.url)
    if first is None:
        return ()
    links = (str(link.attributes["href"]) for link in page.all(css.format(id=first["id"])))
    last = max((int(match[1]) for link in links if (match := _PAGE_NUMBER.search(link))), default=1)
    return tuple(address.format(stem=first["stem"], number=number) for number in range(2, last + 1))

"""Small readers that several portals share: optional texts, nodes of a row, JSON along a path, later pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborNode

from crawler.page import Page, plain
from tracking.dates import from_unix
from tracking.text import clean, clean_title

# More nodes than a page shows of anything: a hostile one nests thousands in one another.
_MOST_SHOWN = 50
_MOST_PAGES = 100

# Who wrote, on a line: up to eight names after a role; what comes first may be the name of a paper.
_NAME = r"[\w·]{2,6}"
NAMES = rf"{_NAME}(?:[\s、，,]{{1,4}}{_NAME}){{0,7}}"
REPORTER_LINE = re.compile(rf"[\w“”]{{0,12}}(?:记者|评论员|撰稿人|特约作者)(?:[|｜丨/]|\s)\s{{0,4}}{NAMES}")


# --- nodes ---


def text_of(page: Page, css: str) -> str | None:
    """The text of what may be missing; None where it is, or is empty; LayoutChanged where it is there twice."""
    node = page.maybe(css)
    return None if node is None else clean(node.text()) or None


def laid_out(page: Page, *selectors: str) -> bool:
    """Whether a page is laid out as expected; LayoutChanged without any heading, as pages are that turn robots away."""
    if not page.all("h1,h2"):
        raise page.changed("no heading of an article")
    return all(map(page.all, selectors))


def nodes(page: Page, *selectors: str) -> Iterator[LexborNode]:
    """What the selectors match; that of the first selector first."""
    return (node for css in selectors for node in page.all(css)[:_MOST_SHOWN])


def shown(page: Page, *selectors: str) -> Iterator[str]:
    """The texts of what the selectors match; those of the first selector first."""
    return (clean(node.text()) for node in nodes(page, *selectors))


def texts_in(node: LexborNode, css: str) -> list[str]:
    """The texts of what a selector matches in a node."""
    return [clean(found.text()) for found in node.css(css)[:_MOST_SHOWN]]


def words_in(node: LexborNode, css: str) -> str:
    """The texts of what a selector matches in a node, as one."""
    return " ".join(texts_in(node, css))


def only(page: Page, row: LexborNode, css: str) -> LexborNode:
    """The one node that a selector matches in a row."""
    return _single(page, row.css(css), css)


def child(page: Page, row: LexborNode, tag: str) -> LexborNode:
    """The one child of a row with this tag, whatever stands further down."""
    return _single(page, [node for node in row.iter() if node.tag == tag], tag)


def address_of(page: Page, link: LexborNode) -> str:
    """Where a link of a row leads; LayoutChanged when it leads nowhere."""
    if not (href := link.attributes.get("href")):
        raise page.changed("a row without a link")
    return page.address(href)


def title_of(link: LexborNode) -> str:
    """The title that a link of a row is made of: what is shown may be cut short, the tooltip is whole."""
    whole = link.attributes.get("title")
    return (plain(whole) if whole else "") or clean_title(link.text())


def _single(page: Page, found: list[LexborNode], what: str) -> LexborNode:
    if len(found) != 1:
        raise page.changed(f"a row with {len(found)} {what} instead of one")
    (node,) = found
    return node


# --- JSON ---


def inside(page: Page, value: Any, *names: str) -> dict[str, Any]:
    """The object at the end of a path of objects; LayoutChanged where it breaks off."""
    for name in names:
        value = page.field(value, name, dict)
    found: dict[str, Any] = value
    return found


def named(*values: object) -> str | None:
    """The first of the values that is a text and says something."""
    return next((clean(value) for value in values if isinstance(value, str) and clean(value)), None)


def titled(page: Page, markup: str, url: str | None = None) -> str:
    """A title that JSON carries, which may hold markup; LayoutChanged when it is empty. `url` is of a row."""
    if not (title := plain(markup)):
        raise page.changed("the title is empty" if url is None else f"{url} has no title")
    return title


def unix_time(page: Page, value: object, name: str) -> datetime:
    """The instant of a field that counts seconds; LayoutChanged when it does not."""
    try:
        return from_unix(value)
    except ValueError as error:
        raise page.changed(f"no readable {name}: {error}") from error


# --- later pages of an article ---


def counted(page: Page, count: re.Match[str] | None) -> range:
    """The numbers, from 1, of the later pages of an article that says how many pages it has."""
    number = 1 if count is None else int(count[1])
    if number > _MOST_PAGES:
        raise page.changed(f"claims to have {number} pages")
    return range(1, number)


def linked(page: Page, css: str, numbered: re.Pattern[str]) -> range:
    """The numbers, from 2, of the later pages of an article that links them."""
    links = (str(link.attributes["href"]) for link in page.all(css))
    last = max((int(found[1]) for link in links if (found := numbered.search(link))), default=1)
    return range(2, last + 1)

"""Reads articles by general rules: readability finds the text, and metadata and visible text must agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from lxml import etree
from readability import Document

from portals.blocks import block_sign
from portals.generic.body import Body
from portals.generic.byline import Byline, text_near_title
from portals.generic.lines import GENERIC_RULES, says_not_found
from portals.generic.lxml_copy import lxml_copy, number_of
from portals.generic.outline import Outline
from portals.generic.title import agreed_title, likely_title
from portals.page import Page, Reading

# What readability raises on unusual pages.
_READABILITY_ERRORS = (ValueError, TypeError, AttributeError, LookupError, RecursionError, etree.LxmlError)

# Characters that a paragraph needs to count for readability, and the running text of an article to be one.
_MIN_PARAGRAPH, _MIN_PROSE = 15, 30
# Characters below which an article may be an error page, and a page a block page.
_MAX_ERROR_PAGE, _MAX_BLOCK_PAGE = 300, 1000
# A page that begins as XML may still be HTML.
_NO_HTML = re.compile(r"\s*(?:[{\[]|<rss|<feed|<\?xml(?!.{0,600}?<html)|$)", re.DOTALL | re.IGNORECASE)


def read(page: Page) -> Reading:
    """The article on a page; LayoutChanged when none is found."""
    if _NO_HTML.match(page.source) is not None:
        raise page.changed("no HTML")
    outline = Outline(page)
    if outline.length < _MAX_BLOCK_PAGE and (sign := block_sign(page.source)) is not None:
        raise page.changed(f"turns robots away: {sign}")
    title = _title(outline)
    body = Body(outline, _chosen(outline))
    body.trim(title)
    _check(page, title, body)
    byline = Byline(outline, text_near_title(outline, title, body.begin))
    return Reading(title, body.node(), byline.author, byline.published_at, GENERIC_RULES)


class _Choice(Document):  # type: ignore[misc]
    """readability without its cleaning of the page and its rewriting of the chosen elements."""

    def _parse(self, tree: Any) -> Any:
        return deepcopy(tree)

    def sanitize(self, node: Any, candidates: Any, keep_all_images: bool = False) -> str:
        self.html = node
        return str(node.text_content())


def _chosen(outline: Outline) -> list[int]:
    """The elements in which readability finds the article."""
    choice = _Choice(lxml_copy(outline), min_text_length=_MIN_PARAGRAPH, retry_length=_MIN_PROSE)
    try:
        choice.summary(html_partial=True)
    except _READABILITY_ERRORS as error:
        raise outline.page.changed(f"nothing to read: {error}") from error
    chosen = [number for element in choice.html for number in _pieces(outline, element)]
    if not chosen:
        raise outline.page.changed("nothing to read")
    return chosen


def _pieces(outline: Outline, chosen: Any) -> Iterator[int]:
    """The page's elements inside a chosen element, into which readability moves parts from elsewhere."""
    numbers = (number for element in chosen.iter() if (number := number_of(element)) is not None)
    main = last = range(0)
    for number in numbers:
        if number not in main and number not in last:
            yield number
            last = range(number, outline.ends[number] + 1)
            main = main or last


def _title(outline: Outline) -> str:
    """The title in which a heading and the metadata agree, or else that of one of them; LayoutChanged without one."""
    if (title := agreed_title(outline) or likely_title(outline)) is None:
        raise outline.page.changed("no title")
    return title


def _check(page: Page, title: str, body: Body) -> None:
    """LayoutChanged for lists, front pages and error pages."""
    if not body.blocks or body.prose < _MIN_PROSE:
        raise page.changed(f"{body.prose} characters of text are no article")
    if body.is_list:
        raise page.changed("a list, not an article")
    if body.prose < _MAX_ERROR_PAGE and says_not_found(title, *(block.text for block in body.blocks)):
        raise page.changed("says that there is no such article")

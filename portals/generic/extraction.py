"""Pages without rules of their own: readability finds their text, and what they say and show must agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from lxml import etree
from readability import Document

from portals.blocks import block_sign
from portals.generic.body import Body
from portals.generic.byline import Byline, near
from portals.generic.lines import GENERIC_RULES, says_that_nothing_is_here
from portals.generic.lxml_copy import lxml_copy, number_of
from portals.generic.outline import Outline
from portals.generic.title import agreed_title, likely_title
from portals.page import Page, Reading

# What it raises on odd pages.
_ITS_FAILURES = (ValueError, TypeError, AttributeError, LookupError, RecursionError, etree.LxmlError)

# Characters: of a paragraph that counts for readability, of the running text of an article, of one so short that it may
# be an error page, and of a page so short that it may be a block page.
_SHORTEST_PARAGRAPH, _LEAST_PROSE, _SHORT, _LITTLE = 15, 30, 300, 1000
# A page may begin as XML, and be HTML all the same.
_NO_HTML = re.compile(r"\s*(?:[{\[]|<rss|<feed|<\?xml(?!.{0,600}?<html)|$)", re.DOTALL | re.IGNORECASE)


def read(page: Page) -> Reading:
    """What an article page seems to say; LayoutChanged for any other page."""
    if _NO_HTML.match(page.source) is not None:
        raise page.changed("no HTML")
    outline = Outline(page)
    if outline.length < _LITTLE and (sign := block_sign(page.source)) is not None:
        raise page.changed(f"turns robots away: {sign}")
    title = _title(outline)
    body = Body(outline, _chosen(outline))
    body.trim(title)
    _check(page, title, body)
    byline = Byline(outline, near(outline, title, body.begin))
    return Reading(title, body.node(), byline.author, byline.published_at, GENERIC_RULES)


class _Choice(Document):  # type: ignore[misc]
    """readability without its first step and its last: cleaning what is clean, and rewriting what it chose."""

    def _parse(self, tree: Any) -> Any:
        return deepcopy(tree)

    def sanitize(self, node: Any, candidates: Any, keep_all_images: bool = False) -> str:
        self.html = node
        return str(node.text_content())


def _chosen(outline: Outline) -> list[int]:
    """The elements in which readability finds the article."""
    choice = _Choice(lxml_copy(outline), min_text_length=_SHORTEST_PARAGRAPH, retry_length=_LEAST_PROSE)
    try:
        choice.summary(html_partial=True)
    except _ITS_FAILURES as error:
        raise outline.page.changed(f"nothing to read: {error}") from error
    chosen = [number for element in choice.html for number in _pieces(outline, element)]
    if not chosen:
        raise outline.page.changed("nothing to read")
    return chosen


def _pieces(outline: Outline, chosen: Any) -> Iterator[int]:
    """The elements that a choice is made of: parts of an article that stood apart were moved into it."""
    numbers = (number for element in chosen.iter() if (number := number_of(element)) is not None)
    main = last = range(0)
    for number in numbers:
        if number not in main and number not in last:
            yield number
            last = range(number, outline.ends[number] + 1)
            main = main or last


def _title(outline: Outline) -> str:
    """What a heading and the page agree on, or else what one of them says."""
    if (title := agreed_title(outline) or likely_title(outline)) is None:
        raise outline.page.changed("no title")
    return title


def _check(page: Page, title: str, body: Body) -> None:
    """LayoutChanged for what is no article: lists, front pages, errors."""
    if not body.blocks or body.prose < _LEAST_PROSE:
        raise page.changed(f"{body.prose} characters of text are no article")
    if body.is_list:
        raise page.changed("a list, not an article")
    if body.prose < _SHORT and says_that_nothing_is_here(title, *(block.text for block in body.blocks)):
        raise page.changed("says that there is no such article")

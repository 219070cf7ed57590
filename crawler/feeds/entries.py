"""What an entry of a feed says of an article: what it is known by, its title, and whether its text is there, whole."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any
from urllib.parse import urljoin

from crawler.feeds.linked import is_front_page, key_for, route
from crawler.guard import printable
from crawler.page import Page, plain
from tracking.text import clean, clean_title
from tracking.urls import BadAddress, canonical

_Row = Mapping[str, Any]

_LONGEST_ID = 200
# May be the mere number of a row, which belongs to another article tomorrow.
_SMALL_NUMBER = re.compile(r"[0-9]{1,4}")
# A text of fewer characters may be anything, "Comments" for one; a description that is no teaser is longer still.
_LEAST_CONTENT, _LEAST_SUMMARY = 100, 300
# A line of the feed may follow the teaser: "The post … appeared first on …".
_LAST_PARAGRAPHS = 2

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_BLOCK = re.compile(r"</?(?:p|div|li|tr|h[1-6]|section|blockquote)\b[^<>]*>|<br\b[^<>]*>", re.IGNORECASE)
_READ_ON = r"(?:阅读|查看|浏览|点击|展开)(?:全文|更多|详情|余下)|(?:read|learn) (?:more|the rest|on)|continue reading"
_CUT_OFF = re.compile(rf"(?:…|\.{{3}}|{_READ_ON}|\(more)[\s\]\[(（)）】>»›→.。…]*$", re.IGNORECASE)
_READ_ON_LINE = re.compile(rf"\W{{0,5}}(?:{_READ_ON})\b", re.IGNORECASE)
_HEADLINE = re.compile(r"【([^【】]{4,80})】")
_FIRST_SENTENCE = re.compile(r"[^。！？!?\n]{1,80}")


def told_apart(rows: Sequence[dict[str, Any]], page: Page) -> list[dict[str, Any]]:
    """The rows, without the ids that several of them share though they link to different pages."""
    links: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["id"] and row["url"]:
            links[_named(row["id"])].add(_form(page, row["url"]))
    shared = {id_ for id_, named in links.items() if len(named) > 1}
    return [row | {"id": None} if row["id"] and _named(row["id"]) in shared else row for row in rows]


def identity(row: _Row, address: str) -> str:
    """What an entry is known by: its id, or else its address; `address` is canonical."""
    id_, link = row["id"] or "", row["url"]
    if not link:
        return key_for(printable(id_))
    own = key_for(address + route(link))
    if not id_ or not id_.isprintable() or len(id_) > _LONGEST_ID or _SMALL_NUMBER.fullmatch(id_):
        return own
    # Some give all their entries the address of the site.
    named = _named(id_)
    is_site = _ADDRESS.match(named) and is_front_page(named.partition("#")[0])
    return own if is_site and not route(named) else key_for(named)


def _named(id_: str) -> str:
    """An id that is an address in the form of addresses, but with its fragment, which may be all that is its own."""
    try:
        return canonical(id_) + "".join(id_.partition("#")[1:])
    except BadAddress:
        return id_


def title_of(row: _Row) -> str:
    """The title of an entry, or the beginning of its text."""
    if title := plain(_TAG.sub("", row["title"] or "")):
        return title
    text = _seen(row["content"] or row["summary"] or "")
    found = _HEADLINE.match(text) or _FIRST_SENTENCE.match(text)
    return clean_title(found[found.lastindex or 0]) if found else ""


def whole_text(row: _Row, page: Page) -> str | None:
    """The markup of the whole text of an entry; None when its page says more, or has to say it all."""
    content, summary = row["content"] or "", row["summary"] or ""
    if not row["url"] or is_front_page(_form(page, row["url"])):
        texts = [text for text in (content, summary) if text.strip()]
        return max(texts, key=len, default=None)
    if _says_all(content, _LEAST_CONTENT, paragraphs=1):
        return str(content)
    return str(summary) if _says_all(summary, _LEAST_SUMMARY, paragraphs=2) else None


def _form(page: Page, link: str) -> str:
    try:
        return canonical(urljoin(page.url, link))
    except ValueError:
        return link


def _seen(markup: str) -> str:
    return clean(unescape(_TAG.sub(" ", markup)))


def _says_all(markup: str, least: int, *, paragraphs: int) -> bool:
    if len(markup) < least:
        return False
    pieces = [seen for piece in _BLOCK.split(markup) if (seen := _seen(piece))]
    if len(pieces) < paragraphs or sum(map(len, pieces)) < least:
        return False
    return not any(_is_cut_off(piece) for piece in pieces[-_LAST_PARAGRAPHS:])


def _is_cut_off(paragraph: str) -> bool:
    return (_CUT_OFF.search(paragraph[-40:]) or _READ_ON_LINE.match(paragraph)) is not None

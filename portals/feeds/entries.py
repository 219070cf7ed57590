"""Derives from an entry of a feed the key, the title and, when the entry has it, the whole text of an article."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from urllib.parse import urljoin

from portals.feeds.feed_entry import FeedEntry
from portals.feeds.linked_pages import is_front_page, key_for, route
from portals.page import Page, plain
from tracking.hosts import printable
from tracking.text import clean, clean_title
from tracking.urls import BadAddress, canonical

# Characters of a key; longer ids are usually texts.
_LONGEST_ID = 200
# An id that may be the number of a row, which another article has tomorrow.
_SMALL_NUMBER = re.compile(r"[0-9]{1,4}")
# Characters that a whole text has at least: shorter content may be anything, such as "Comments", and a shorter summary
# is a teaser.
_MIN_CONTENT, _MIN_SUMMARY = 100, 300
# Paragraphs at the end that are checked for being cut off: after a teaser the feed may add "The post … appeared first
# on …".
_LAST_PARAGRAPHS = 2

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_BLOCK = re.compile(r"</?(?:p|div|li|tr|h[1-6]|section|blockquote)\b[^<>]*>|<br\b[^<>]*>", re.IGNORECASE)
_READ_ON = r"(?:阅读|查看|浏览|点击|展开)(?:全文|更多|详情|余下)|(?:read|learn) (?:more|the rest|on)|continue reading"
_CUT_OFF = re.compile(rf"(?:…|\.{{3}}|{_READ_ON}|\(more)[\s\]\[(（)）】>»›→.。…]*$", re.IGNORECASE)
_READ_ON_LINE = re.compile(rf"\W{{0,5}}(?:{_READ_ON})\b", re.IGNORECASE)
_HEADLINE = re.compile(r"【([^【】]{4,80})】")
_FIRST_SENTENCE = re.compile(r"[^。！？!?\n]{1,80}")


def without_shared_ids(entries: Sequence[FeedEntry], page: Page) -> list[FeedEntry]:
    """The entries with id None where entries with different links share an id."""
    links: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.id and entry.url:
            links[_normalised_id(entry.id)].add(_absolute(page, entry.url))
    shared = {id_ for id_, urls in links.items() if len(urls) > 1}
    return [replace(entry, id=None) if entry.id and _normalised_id(entry.id) in shared else entry for entry in entries]


def entry_key(entry: FeedEntry, address: str) -> str:
    """The key of an entry, at most 200 characters: its id when that is reliable, else from its canonical `address`."""
    id_ = entry.id or ""
    if not entry.url:
        return key_for(printable(id_))
    address_key = key_for(address + route(entry.url))
    if not id_ or not id_.isprintable() or len(id_) > _LONGEST_ID or _SMALL_NUMBER.fullmatch(id_):
        return address_key
    # Some feeds use the address of the site as the id of all entries.
    normalised = _normalised_id(id_)
    is_site = _ADDRESS.match(normalised) and is_front_page(normalised.partition("#")[0])
    return address_key if is_site and not route(normalised) else key_for(normalised)


def _normalised_id(id_: str) -> str:
    """An id that is an address in canonical form with its fragment, which may be its only difference; others as is."""
    try:
        return canonical(id_) + "".join(id_.partition("#")[1:])
    except BadAddress:
        return id_


def title_of(entry: FeedEntry) -> str:
    """The title of an entry, or else the headline or first sentence of its text; "" without a text."""
    if title := plain(_TAG.sub("", entry.title or "")):
        return title
    text = _visible_text(entry.content or entry.summary or "")
    match = _HEADLINE.match(text) or _FIRST_SENTENCE.match(text)
    return clean_title(match[match.lastindex or 0]) if match else ""


def whole_text(entry: FeedEntry, page: Page) -> str | None:
    """The whole text of the article as HTML; None when the entry has only a part of it, or nothing."""
    content, summary = entry.content or "", entry.summary or ""
    if not entry.url or is_front_page(_absolute(page, entry.url)):
        texts = [text for text in (content, summary) if text.strip()]
        return max(texts, key=len, default=None)
    if _is_whole(content, _MIN_CONTENT, paragraphs=1):
        return content
    return summary if _is_whole(summary, _MIN_SUMMARY, paragraphs=2) else None


def _absolute(page: Page, link: str) -> str:
    """The canonical absolute address of a link; an invalid link unchanged."""
    try:
        return canonical(urljoin(page.url, link))
    except ValueError:
        return link


def _visible_text(markup: str) -> str:
    """The text of HTML, on one line."""
    return clean(unescape(_TAG.sub(" ", markup)))


def _is_whole(markup: str, characters: int, *, paragraphs: int) -> bool:
    """Whether HTML has at least this many characters of text and paragraphs, and is not cut off."""
    if len(markup) < characters:
        return False
    pieces = [text for piece in _BLOCK.split(markup) if (text := _visible_text(piece))]
    if len(pieces) < paragraphs or sum(map(len, pieces)) < characters:
        return False
    return not any(_is_cut_off(piece) for piece in pieces[-_LAST_PARAGRAPHS:])


def _is_cut_off(paragraph: str) -> bool:
    """Whether a paragraph ends in … or in an invitation to read on."""
    return (_CUT_OFF.search(paragraph[-40:]) or _READ_ON_LINE.match(paragraph)) is not None

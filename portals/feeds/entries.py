"""What an entry of a feed says of an article: what it is known by, its title, and whether its text is there, whole."""

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

# Characters: a longer id is a text.
_LONGEST_ID = 200
# May be the mere number of a row, which belongs to another article tomorrow.
_SMALL_NUMBER = re.compile(r"[0-9]{1,4}")
# Characters: a shorter text may be anything, "Comments" for one; a description that is no teaser is longer still.
_LEAST_CONTENT, _LEAST_SUMMARY = 100, 300
# Paragraphs: a line of the feed may follow the teaser: "The post … appeared first on …".
_LAST_PARAGRAPHS = 2

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_BLOCK = re.compile(r"</?(?:p|div|li|tr|h[1-6]|section|blockquote)\b[^<>]*>|<br\b[^<>]*>", re.IGNORECASE)
_READ_ON = r"(?:阅读|查看|浏览|点击|展开)(?:全文|更多|详情|余下)|(?:read|learn) (?:more|the rest|on)|continue reading"
_CUT_OFF = re.compile(rf"(?:…|\.{{3}}|{_READ_ON}|\(more)[\s\]\[(（)）】>»›→.。…]*$", re.IGNORECASE)
_READ_ON_LINE = re.compile(rf"\W{{0,5}}(?:{_READ_ON})\b", re.IGNORECASE)
_HEADLINE = re.compile(r"【([^【】]{4,80})】")
_FIRST_SENTENCE = re.compile(r"[^。！？!?\n]{1,80}")


def with_own_ids(entries: Sequence[FeedEntry], page: Page) -> list[FeedEntry]:
    """The entries, without the ids that several of them share though they link to different pages."""
    links: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.id and entry.url:
            links[_form(entry.id)].add(_joined(page, entry.url))
    shared = {id_ for id_, named in links.items() if len(named) > 1}
    return [replace(entry, id=None) if entry.id and _form(entry.id) in shared else entry for entry in entries]


def identity(entry: FeedEntry, address: str) -> str:
    """The key of an entry, at most 200 characters: its id, or else its address; `address` is canonical."""
    id_ = entry.id or ""
    if not entry.url:
        return key_for(printable(id_))
    own = key_for(address + route(entry.url))
    if not id_ or not id_.isprintable() or len(id_) > _LONGEST_ID or _SMALL_NUMBER.fullmatch(id_):
        return own
    # Some give all their entries the address of the site.
    named = _form(id_)
    is_site = _ADDRESS.match(named) and is_front_page(named.partition("#")[0])
    return own if is_site and not route(named) else key_for(named)


def _form(id_: str) -> str:
    """An id that is an address in the form of addresses, but with its fragment, which may be all that is its own."""
    try:
        return canonical(id_) + "".join(id_.partition("#")[1:])
    except BadAddress:
        return id_


def title_of(entry: FeedEntry) -> str:
    """The title of an entry as text, or else the beginning of what it says; "" when it says nothing."""
    if title := plain(_TAG.sub("", entry.title or "")):
        return title
    text = _seen(entry.content or entry.summary or "")
    found = _HEADLINE.match(text) or _FIRST_SENTENCE.match(text)
    return clean_title(found[found.lastindex or 0]) if found else ""


def whole_text(entry: FeedEntry, page: Page) -> str | None:
    """The whole text of an article as HTML; None when the entry says less than its page, or nothing."""
    content, summary = entry.content or "", entry.summary or ""
    if not entry.url or is_front_page(_joined(page, entry.url)):
        texts = [text for text in (content, summary) if text.strip()]
        return max(texts, key=len, default=None)
    if _says_all(content, _LEAST_CONTENT, paragraphs=1):
        return content
    return summary if _says_all(summary, _LEAST_SUMMARY, paragraphs=2) else None


def _joined(page: Page, link: str) -> str:
    """A link in its canonical form; as it is written where that cannot be."""
    try:
        return canonical(urljoin(page.url, link))
    except ValueError:
        return link


def _seen(markup: str) -> str:
    """The text of some markup, on one line."""
    return clean(unescape(_TAG.sub(" ", markup)))


def _says_all(markup: str, least: int, *, paragraphs: int) -> bool:
    """Whether markup has this many characters of text in this many paragraphs, and does not break off."""
    if len(markup) < least:
        return False
    pieces = [seen for piece in _BLOCK.split(markup) if (seen := _seen(piece))]
    if len(pieces) < paragraphs or sum(map(len, pieces)) < least:
        return False
    return not any(_is_cut_off(piece) for piece in pieces[-_LAST_PARAGRAPHS:])


def _is_cut_off(paragraph: str) -> bool:
    """Whether a paragraph ends in … or in an invitation to read on."""
    return (_CUT_OFF.search(paragraph[-40:]) or _READ_ON_LINE.match(paragraph)) is not None

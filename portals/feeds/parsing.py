"""RSS, Atom and JSON Feed as entries, whatever their shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from html import escape
from io import BytesIO
from itertools import islice
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import etree

from portals.feeds.feed_entry import FeedEntry
from portals.feeds.times import first_time
from portals.feeds.xml_text import elements, local_name, root_name
from portals.json_text import read_json

_ROOTS = ("rss", "rdf", "feed")
# Entries: feeds have tens, archives hundreds.
_MOST_ENTRIES = 1000


def feed_entries(text: str) -> list[FeedEntry]:
    """The entries of a feed, in its order, at most 1000; ValueError when the text is no feed.

    An entry of JSON in which something else stands for a text says nothing at all.
    """
    if _is_json(text):
        return [_json_entry(item) for item in _json_feed(text)["items"][:_MOST_ENTRIES]]
    if root_name(text, _ROOTS) is None:
        raise ValueError("not a feed")
    return [_entry(element) for element in islice(_elements(text), _MOST_ENTRIES)]


def next_page(text: str) -> str | None:
    """The address, maybe a relative one, at which a feed goes on with older entries (RFC 5005); None at its end."""
    if _is_json(text):
        following = _json_feed(text).get("next_url")
        return following if isinstance(following, str) and following else None
    if _PAGED.search(text) is None:
        return None
    links = (link for link in elements(text, _ROOTS, ("link",)) if _is_of_feed(link))
    return next((urljoin(link.base or "", link.get("href", "")) for link in links if link.get("rel") in _OLDER), None)


def _elements(text: str) -> Iterator[etree._Element]:
    """The elements of the feed's own entries."""
    return (entry for entry in elements(text, _ROOTS, ("item", "entry")) if _is_of_feed(entry))


# The first is of a feed in pages, the second of one whose older entries were put away.
_OLDER = ("next", "prev-archive")
_PAGED = re.compile(r"rel\s*=\s*[\"'](?:next|prev-archive)[\"']")


def _is_of_feed(element: etree._Element) -> bool:
    """Whether an element stands directly in the feed, and not inside an entry."""
    parent = element.getparent()
    return parent is not None and local_name(parent) in (*_ROOTS, "channel")


# --- RSS and Atom ---

_TIMES = ("published", "issued", "created", "updated", "modified")
# Of one entry: its children, all its elements, and the attributes of one of them. feedparser takes the square of their
# number to read them.
_MOST_FIELDS, _MOST_ELEMENTS, _MOST_ATTRIBUTES = 400, 20_000, 100
# Bytes: a longer entry is no article.
_LARGEST_ENTRY = 3_000_000
_NAME_BESIDE_MAIL = re.compile(r"\S+@\S+\s*\((?P<name>[^()]+)\)")
_MAIL = re.compile(r"<?\S+@\S+>?")
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


def _entry(element: etree._Element) -> FeedEntry:
    """What an element says, as feedparser reads it; an empty entry for one that is unlike any article."""
    alone = _alone(element) if _is_usual(element) else b""
    if not 0 < len(alone) <= _LARGEST_ENTRY:
        return FeedEntry()
    # Bytes in a buffer: given a text, feedparser would take it for the name of a file or an address.
    read = feedparser.parse(
        BytesIO(alone),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    found: Any = next(iter(read.entries), {})
    return FeedEntry(
        id=_said(found, "id") or element.get(_ABOUT),
        url=_link(found, element),
        title=_said(found, "title"),
        author=_author(found),
        published_at=first_time(_said(found, name) for name in _TIMES),
        summary=_longest([found["summary_detail"]] if "summary_detail" in found else []),
        content=_longest(found.get("content", ())),
    )


def _is_usual(entry: etree._Element) -> bool:
    """Whether an entry is so small that reading it costs little."""
    elements = list(islice(entry.iter(), _MOST_ELEMENTS + 1))
    few = len(entry) <= _MOST_FIELDS and len(elements) <= _MOST_ELEMENTS
    return few and max(len(element.attrib) for element in elements) <= _MOST_ATTRIBUTES


def _alone(entry: etree._Element) -> bytes:
    """A feed that has this entry only: what it costs to read one is known, what a whole feed may cost is not."""
    root = entry.getroottree().getroot()
    feed = etree.Element(root.tag, {"version": root.get("version", "2.0")}, nsmap=root.nsmap)  # type: ignore[arg-type]
    if entry.base:
        feed.set(_BASE, entry.base)
    parent = entry.getparent()
    outer = feed if parent is None or parent is root else etree.SubElement(feed, parent.tag)
    outer.append(deepcopy(entry))
    return etree.tostring(feed, encoding="utf-8", with_tail=False)


def _said(found: Any, name: str) -> str | None:
    """What an entry says under a name, trimmed; None for nothing. Never asks feedparser for what is not there."""
    # Asked for a time that is not there, feedparser gives another one, with a warning.
    return str(found[name]).strip() if name in found and found[name] is not None else None


def _link(found: Any, entry: etree._Element) -> str | None:
    """The address of an entry's page: of its links the one for people, or else its id where that is an address."""
    pages = [link for link in found.get("links", ()) if link.get("rel", "alternate") == "alternate"]
    # Where an entry is there in several forms, the one for people.
    pages.sort(key=lambda link: "html" not in link.get("type", "html"))
    links = [str(link["href"]).strip() for link in pages if link.get("href")]
    if not links and not found.get("guidislink") and (written := _said(found, "link")) != _said(found, "id"):
        links = [written] if written else []
    # Without a link of its own an entry leads to its id, where that is an address.
    ids = (entry.get(_ABOUT), _said(found, "id") if found.get("guidislink", True) else None)
    named = (text for text in ids if text and _ADDRESS.match(text))
    return next(iter(links), None) or next(named, None)


def _author(found: Any) -> str | None:
    """The names of the authors, each once."""
    people = [str(person.get("name", "")) for person in found.get("authors", ())] or [_said(found, "author") or ""]
    return "、".join(dict.fromkeys(filter(None, map(_name, people)))) or None


def _name(text: str) -> str:
    """A name without the mail address beside it."""
    beside = _NAME_BESIDE_MAIL.fullmatch(text)
    return beside["name"].strip() if beside else _MAIL.sub("", text).strip()


def _longest(details: Iterable[Any]) -> str | None:
    """The longest of several texts, as HTML; None for none."""
    return max(filter(None, map(_markup, details)), key=len, default=None)


# --- texts of either kind as HTML ---

_TEXTS = ("text", "text/plain")
_LOOKS_LIKE_HTML = re.compile(
    r"</?(?:p|div|br|a|img|span|strong|b|em|i|ul|ol|li|table|h[1-6]|section|blockquote|figure)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
# Elements that have no end in HTML: a parser would take it for another one.
_VOID_END = re.compile(r"></(?:area|br|col|embed|hr|img|input|link|meta|source|track|wbr)>")
_BEGINS_TAG = re.compile(r"<[a-zA-Z/!]")


def _markup(detail: Any) -> str | None:
    """A text of a feed as HTML; None for what is no text."""
    kind, text = str(detail.get("type", "text/html")), str(detail.get("value", "")).strip()
    text = _VOID_END.sub(">", text)
    if "html" not in kind and kind not in _TEXTS and not kind.startswith("text/"):
        return None
    return _paragraphed(text, plain=kind in _TEXTS and _LOOKS_LIKE_HTML.search(text) is None) or None


def _paragraphed(text: str, *, plain: bool) -> str:
    """A text as HTML; one without any tags keeps its lines, as paragraphs."""
    if not plain and _BEGINS_TAG.search(text):
        return text
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    written = [escape(line, quote=False) if plain else line for line in lines]
    return "".join(f"<p>{line}</p>" for line in written) if len(written) > 1 else "".join(written)


# --- JSON Feed ---


def _is_json(text: str) -> bool:
    return re.match(r"\s*\{", text) is not None


def _json_feed(text: str) -> dict[str, Any]:
    """The object of a JSON Feed; ValueError for any other JSON."""
    try:
        feed = read_json(text)
    except RecursionError as error:
        raise ValueError(f"not a JSON Feed: {error}") from error
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version")):
        raise ValueError("JSON, but not a JSON Feed")
    if not isinstance(feed.get("items"), list):
        raise ValueError("a JSON Feed without a list of items")
    return feed


def _json_entry(item: Any) -> FeedEntry:
    """What an item says; an empty entry for one that has something else where a text belongs."""
    said: Mapping[str, Any] = item if isinstance(item, dict) else {}
    texts = {
        "id": _json_id(said.get("id")),
        "url": _either(said.get("url"), said.get("external_url")),
        "title": said.get("title"),
        "author": _json_author(said),
        "summary": _as_html(said.get("summary")),
        "content": _either(said.get("content_html"), _as_html(said.get("content_text"))),
    }
    if not all(value is None or isinstance(value, str) for value in texts.values()):
        return FeedEntry()
    return FeedEntry(**texts, published_at=first_time(said.get(name) for name in ("date_published", "date_modified")))


def _json_id(value: Any) -> Any:
    # Numbers are not allowed, and common.
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else _either(value)


def _either(*values: Any) -> Any:
    """The first value that says something, trimmed when it is a text."""
    trimmed = (value.strip() if isinstance(value, str) else value for value in values)
    return next((value for value in trimmed if value is not None and value != ""), None)


def _json_author(item: Mapping[str, Any]) -> str | None:
    """The names of the authors, each once; both versions of the format."""
    people = item["authors"] if isinstance(item.get("authors"), list) else [item.get("author")]
    named = (person.get("name") for person in people if isinstance(person, dict))
    return "、".join(dict.fromkeys(name.strip() for name in named if isinstance(name, str) and name.strip())) or None


def _as_html(text: Any) -> Any:
    """A plain text as HTML; anything else as it is."""
    return _paragraphed(text, plain=True) if isinstance(text, str) else text

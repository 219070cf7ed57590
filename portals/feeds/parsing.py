"""Reads the entries of RSS, Atom and JSON Feed, also where they break the format."""

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
# Entries of a feed that are read; most feeds have tens, archives hundreds.
_MAX_ENTRIES = 1000


def feed_entries(text: str) -> list[FeedEntry]:
    """The entries of a feed, in its order, at most 1000; ValueError when the text is not a feed.

    A JSON entry with a field of another type than text is an empty entry.
    """
    if _is_json(text):
        return [_json_entry(item) for item in _json_feed(text)["items"][:_MAX_ENTRIES]]
    if root_name(text, _ROOTS) is None:
        raise ValueError("not a feed")
    return [_entry(element) for element in islice(_elements(text), _MAX_ENTRIES)]


def next_page(text: str) -> str | None:
    """The address, maybe relative, of the page of a feed with older entries (RFC 5005); None for the last page."""
    if _is_json(text):
        following = _json_feed(text).get("next_url")
        return following if isinstance(following, str) and following else None
    if _PAGED.search(text) is None:
        return None
    links = (link for link in elements(text, _ROOTS, ("link",)) if _is_of_feed(link))
    return next((urljoin(link.base or "", link.get("href", "")) for link in links if link.get("rel") in _OLDER), None)


def _elements(text: str) -> Iterator[etree._Element]:
    """The elements of the entries; entries inside entries are left out."""
    return (entry for entry in elements(text, _ROOTS, ("item", "entry")) if _is_of_feed(entry))


# Link relations of RFC 5005: the next page of a paged feed, and the previous archive of an archived feed.
_OLDER = ("next", "prev-archive")
_PAGED = re.compile(r"rel\s*=\s*[\"'](?:next|prev-archive)[\"']")


def _is_of_feed(element: etree._Element) -> bool:
    """Whether an element is directly in the feed, and not inside an entry."""
    parent = element.getparent()
    return parent is not None and local_name(parent) in (*_ROOTS, "channel")


# --- RSS and Atom ---

_TIMES = ("published", "issued", "created", "updated", "modified")
# Of one entry: its children, all its elements, and the attributes of one element. The time that feedparser needs grows
# with the square of these numbers.
_MAX_FIELDS, _MAX_ELEMENTS, _MAX_ATTRIBUTES = 400, 20_000, 100
# Bytes of an entry; no article is larger.
_LARGEST_ENTRY = 3_000_000
_NAME_BESIDE_MAIL = re.compile(r"\S+@\S+\s*\((?P<name>[^()]+)\)")
_MAIL = re.compile(r"<?\S+@\S+>?")
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


def _entry(element: etree._Element) -> FeedEntry:
    """The entry in an element, read by feedparser; an empty entry when the element is too large for an article."""
    feed = _feed_of(element) if _is_small(element) else b""
    if not 0 < len(feed) <= _LARGEST_ENTRY:
        return FeedEntry()
    # In a buffer, since feedparser would take a text for the name of a file or an address.
    parsed = feedparser.parse(
        BytesIO(feed),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    fields: Any = next(iter(parsed.entries), {})
    return FeedEntry(
        id=_field(fields, "id") or element.get(_ABOUT),
        url=_link(fields, element),
        title=_field(fields, "title"),
        author=_author(fields),
        published_at=first_time(_field(fields, name) for name in _TIMES),
        summary=_longest([fields["summary_detail"]] if "summary_detail" in fields else []),
        content=_longest(fields.get("content", ())),
    )


def _is_small(entry: etree._Element) -> bool:
    """Whether an entry is small enough for feedparser to read it fast."""
    elements = list(islice(entry.iter(), _MAX_ELEMENTS + 1))
    few = len(entry) <= _MAX_FIELDS and len(elements) <= _MAX_ELEMENTS
    return few and max(len(element.attrib) for element in elements) <= _MAX_ATTRIBUTES


def _feed_of(entry: etree._Element) -> bytes:
    """A feed with this entry only, since the time that feedparser needs for a whole feed has no limit."""
    root = entry.getroottree().getroot()
    feed = etree.Element(root.tag, {"version": root.get("version", "2.0")}, nsmap=root.nsmap)  # type: ignore[arg-type]
    if entry.base:
        feed.set(_BASE, entry.base)
    parent = entry.getparent()
    outer = feed if parent is None or parent is root else etree.SubElement(feed, parent.tag)
    outer.append(deepcopy(entry))
    return etree.tostring(feed, encoding="utf-8", with_tail=False)


def _field(fields: Any, name: str) -> str | None:
    """A field of an entry, trimmed; None when it is missing."""
    # Checked first: for a missing time feedparser returns another one, with a warning.
    return str(fields[name]).strip() if name in fields and fields[name] is not None else None


def _link(fields: Any, entry: etree._Element) -> str | None:
    """The address of an entry's page: its link to an HTML page, or else its id when that is an address."""
    pages = [link for link in fields.get("links", ()) if link.get("rel", "alternate") == "alternate"]
    pages.sort(key=lambda link: "html" not in link.get("type", "html"))
    links = [str(link["href"]).strip() for link in pages if link.get("href")]
    # feedparser copies an id that is an address to the link.
    if not links and not fields.get("guidislink") and (link := _field(fields, "link")) != _field(fields, "id"):
        links = [link] if link else []
    ids = (entry.get(_ABOUT), _field(fields, "id") if fields.get("guidislink", True) else None)
    addresses = (id_ for id_ in ids if id_ and _ADDRESS.match(id_))
    return next(iter(links), None) or next(addresses, None)


def _author(fields: Any) -> str | None:
    """The names of the authors, each once; None without one."""
    people = [str(person.get("name", "")) for person in fields.get("authors", ())] or [_field(fields, "author") or ""]
    return "、".join(dict.fromkeys(filter(None, map(_name, people)))) or None


def _name(text: str) -> str:
    """A name without the mail address beside it."""
    beside = _NAME_BESIDE_MAIL.fullmatch(text)
    return beside["name"].strip() if beside else _MAIL.sub("", text).strip()


def _longest(details: Iterable[Any]) -> str | None:
    """The longest of several texts, as HTML; None without one."""
    return max(filter(None, map(_markup, details)), key=len, default=None)


# --- plain texts and markup as HTML ---

_TEXTS = ("text", "text/plain")
_LOOKS_LIKE_HTML = re.compile(
    r"</?(?:p|div|br|a|img|span|strong|b|em|i|ul|ol|li|table|h[1-6]|section|blockquote|figure)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
# End tags that HTML does not have: a parser would take </br> for another <br>.
_VOID_END = re.compile(r"></(?:area|br|col|embed|hr|img|input|link|meta|source|track|wbr)>")
_BEGINS_TAG = re.compile(r"<[a-zA-Z/!]")


def _markup(detail: Any) -> str | None:
    """A text of a feed as HTML; None for an empty text and for other media types."""
    kind, text = str(detail.get("type", "text/html")), str(detail.get("value", "")).strip()
    text = _VOID_END.sub(">", text)
    if "html" not in kind and kind not in _TEXTS and not kind.startswith("text/"):
        return None
    return _paragraphed(text, plain=kind in _TEXTS and _LOOKS_LIKE_HTML.search(text) is None) or None


def _paragraphed(text: str, *, plain: bool) -> str:
    """A text as HTML; the lines of a text without tags become paragraphs."""
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
    """The entry of an item; an empty entry when a field is not a text."""
    fields: Mapping[str, Any] = item if isinstance(item, dict) else {}
    texts = {
        "id": _json_id(fields.get("id")),
        "url": _first_value(fields.get("url"), fields.get("external_url")),
        "title": fields.get("title"),
        "author": _json_author(fields),
        "summary": _as_html(fields.get("summary")),
        "content": _first_value(fields.get("content_html"), _as_html(fields.get("content_text"))),
    }
    if not all(value is None or isinstance(value, str) for value in texts.values()):
        return FeedEntry()
    return FeedEntry(**texts, published_at=first_time(fields.get(name) for name in ("date_published", "date_modified")))


def _json_id(value: Any) -> Any:
    """The id as a text: numbers, though not allowed, are common."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else _first_value(value)


def _first_value(*values: Any) -> Any:
    """The first value that is neither None nor "", texts trimmed; None for none."""
    trimmed = (value.strip() if isinstance(value, str) else value for value in values)
    return next((value for value in trimmed if value is not None and value != ""), None)


def _json_author(item: Mapping[str, Any]) -> str | None:
    """The names of the authors, each once, from `authors`, or `author` in version 1; None without one."""
    people = item["authors"] if isinstance(item.get("authors"), list) else [item.get("author")]
    names = (person.get("name") for person in people if isinstance(person, dict))
    return "、".join(dict.fromkeys(name.strip() for name in names if isinstance(name, str) and name.strip())) or None


def _as_html(text: Any) -> Any:
    """A plain text as HTML; a value that is no text unchanged."""
    return _paragraphed(text, plain=True) if isinstance(text, str) else text

"""RSS, Atom and JSON Feed as rows, whatever their shape: JSON values, so that a row can be kept as evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from crawler.feedtimes import first_time
from crawler.jsontext import read_json
from crawler.xmltext import elements, local_name, root_name

_ROOTS = ("rss", "rdf", "feed")
# Feeds have tens of entries, archives hundreds.
_MOST_ROWS = 1000

_Fields = Mapping[str, Sequence[etree._Element]]


def feed_rows(text: str) -> list[dict[str, Any]]:
    """The rows of a feed: `id url title author published_at summary content`, texts, None for what it does not say.

    Times are ISO 8601 in UTC; `summary` and `content` are HTML; a title may be. A row of JSON in which something else
    stands for a text says nothing at all. ValueError when the text is no feed.
    """
    if _is_json(text):
        return [_json_row(item) for item in _json_feed(text)["items"][:_MOST_ROWS]]
    if root_name(text, _ROOTS) is None:
        raise ValueError("not a feed")
    return [_row(entry) for entry in islice(_entries(text), _MOST_ROWS)]


def next_page(text: str) -> str | None:
    """The address, maybe a relative one, at which a feed goes on with older entries (RFC 5005); None at its end."""
    if _is_json(text):
        following = _json_feed(text).get("next_url")
        return following if isinstance(following, str) and following else None
    if _PAGED.search(text) is None:
        return None
    links = (link for link in elements(text, _ROOTS, ("link",)) if _is_of_feed(link))
    return next((_joined(link, link.get("href", "")) for link in links if link.get("rel") in _OLDER), None)


def _entries(text: str) -> Iterator[etree._Element]:
    return (entry for entry in elements(text, _ROOTS, ("item", "entry")) if _is_of_feed(entry))


# The first is of a feed in pages, the second of one whose older entries were put away.
_OLDER = ("next", "prev-archive")
_PAGED = re.compile(r"rel\s*=\s*[\"'](?:next|prev-archive)[\"']")


def _is_of_feed(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and local_name(parent) in (*_ROOTS, "channel")


# --- RSS and Atom ---

_PREFIXES = {
    "http://purl.org/dc/elements/1.1": "dc:",
    "http://purl.org/dc/terms": "dcterms:",
    "http://purl.org/rss/1.0/modules/content": "content:",
}
_ATOM = ("http://www.w3.org/2005/atom", "http://purl.org/atom/ns")
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_TIMES = ("pubdate", "published", "issued", "dcterms:issued", "dc:date", "dcterms:created", "created", "date")
_LATER_TIMES = ("updated", "modified", "dcterms:modified")

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_NAME_BESIDE_MAIL = re.compile(r"\S+@\S+\s*\((?P<name>[^()]+)\)")
_MAIL = re.compile(r"<?\S+@\S+>?")


def _row(entry: etree._Element) -> dict[str, Any]:
    fields = _fields(entry)
    contents = [_markup(node, "html") for node in fields.get("content:encoded", ())]
    contents += [_markup(node, "text") for node in fields.get("content", ())]
    summaries = [_markup(node, "html") for node in fields.get("description", ())]
    summaries += [_markup(node, "text") for node in fields.get("summary", ())]
    return {
        "id": _first(fields, "guid", "id") or entry.get(_ABOUT),
        "url": _link(entry, fields),
        "title": _first(fields, "title", "dc:title"),
        "author": _author(fields),
        "published_at": first_time(_text(node) for name in (*_TIMES, *_LATER_TIMES) for node in fields.get(name, ())),
        "summary": max(filter(None, summaries), key=len, default=None),
        "content": max(filter(None, contents), key=len, default=None),
    }


def _fields(entry: etree._Element) -> _Fields:
    found: dict[str, list[etree._Element]] = {}
    own, _, _ = str(entry.tag).rpartition("}")
    for child in entry:
        space, _, name = str(child.tag).rpartition("}")
        address = space[1:].lower().rstrip("/#")
        plain = not space or space == own or address in _ATOM
        prefix = "" if plain else _PREFIXES.get(address, "other:")
        found.setdefault(prefix + name.lower(), []).append(child)
    return found


def _text(node: etree._Element) -> str:
    return "".join(map(str, node.itertext())).strip()


def _first(fields: _Fields, *names: str) -> str | None:
    texts = [_text(node) for name in names for node in fields.get(name, ())]
    return next(filter(None, texts), next(iter(texts), None))


def _link(entry: etree._Element, fields: _Fields) -> str | None:
    links = fields.get("link", ())
    written = [_text(link) for link in links if link.get("href") is None and _text(link)]
    pages = [link for link in links if link.get("href") and link.get("rel", "alternate") == "alternate"]
    # Where an entry is there in several forms, the one for people.
    pages.sort(key=lambda link: "html" not in link.get("type", "html"))
    given = [*written, *(_joined(link, link.get("href", "")) for link in pages)]
    named = [entry.get(_ABOUT, ""), *(_text(guid) for guid in fields.get("guid", ()) if _is_link(guid))]
    return next(iter(given), None) or next(filter(_ADDRESS.match, named), "" if links else None)


def _is_link(guid: etree._Element) -> bool:
    return guid.get("isPermaLink", "true").lower() != "false"


def _joined(element: etree._Element, address: str) -> str:
    """The address as far as the feed itself makes it absolute, by an xml:base."""
    try:
        return urljoin(element.base or "", address)
    except ValueError:
        return address


def _author(fields: _Fields) -> str | None:
    people = (*fields.get("author", ()), *fields.get("dc:creator", ()))
    names = dict.fromkeys(filter(None, map(_name, people)))
    return "、".join(names) or None


def _name(person: etree._Element) -> str:
    names = [_text(child) for child in person if local_name(child) == "name"]
    text = next(iter(names), "") if len(person) else _text(person)
    beside = _NAME_BESIDE_MAIL.fullmatch(text)
    return beside["name"].strip() if beside else _MAIL.sub("", text).strip()


# --- texts of either kind as HTML ---

_TYPES = {"text": "text", "text/plain": "text", "xhtml": "html", "html": "html", "application/xhtml+xml": "html"}
_LOOKS_LIKE_HTML = re.compile(
    r"</?(?:p|div|br|a|img|span|strong|b|em|i|ul|ol|li|table|h[1-6]|section|blockquote|figure)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_XHTML = "{http://www.w3.org/1999/xhtml"
_VOID = frozenset(("area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
_BEGINS_TAG = re.compile(r"<[a-zA-Z/!]")


def _markup(node: etree._Element, default: str) -> str | None:
    said = node.get("type", default).lower()
    kind = _TYPES.get(said, "html" if said.startswith("text/") or "/" not in said else None)
    if kind is None or node.get("mode") == "base64":
        return None
    if len(node):
        return _inner(node) or None
    text = (node.text or "").strip()
    return _paragraphed(text, plain=kind == "text" and _LOOKS_LIKE_HTML.search(text) is None) or None


def _inner(node: etree._Element) -> str:
    """What stands in an element, as HTML: what is of the feed's own namespace was meant to be."""
    own = str(node.tag).rpartition("}")[0]
    return "".join((escape(node.text or "", quote=False), *_written(node, ("", own, _XHTML)))).strip()


def _written(node: etree._Element, spaces: tuple[str, ...]) -> Iterator[str]:
    for child in node:
        space, _, name = str(child.tag).rpartition("}")
        name = name if space in spaces else f"x-{name}"
        given = ((str(key), str(value)) for key, value in child.items())
        attributes = (f' {key}="{escape(value)}"' for key, value in given if not key.startswith("{"))
        yield f"<{name}{''.join(attributes)}>{escape(child.text or '', quote=False)}"
        yield from _written(child, spaces)
        yield ("" if name.lower() in _VOID else f"</{name}>") + escape(child.tail or "", quote=False)


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
    try:
        feed = read_json(text)
    except RecursionError as error:
        raise ValueError(f"not a JSON Feed: {error}") from error
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version")):
        raise ValueError("JSON, but not a JSON Feed")
    if not isinstance(feed.get("items"), list):
        raise ValueError("a JSON Feed without a list of items")
    return feed


def _json_row(item: Any) -> dict[str, Any]:
    said: Mapping[str, Any] = item if isinstance(item, dict) else {}
    row = {
        "id": _json_id(said.get("id")),
        "url": _either(said.get("url"), said.get("external_url")),
        "title": said.get("title"),
        "author": _json_author(said),
        "published_at": first_time(said.get(name) for name in ("date_published", "date_modified")),
        "summary": _as_html(said.get("summary")),
        "content": _either(said.get("content_html"), _as_html(said.get("content_text"))),
    }
    return row if all(value is None or isinstance(value, str) for value in row.values()) else dict.fromkeys(row)


def _json_id(value: Any) -> Any:
    # Numbers are not allowed, and common.
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else _either(value)


def _either(*values: Any) -> Any:
    """The first value that says something, trimmed when it is a text."""
    trimmed = (value.strip() if isinstance(value, str) else value for value in values)
    return next((value for value in trimmed if value is not None and value != ""), None)


def _json_author(item: Mapping[str, Any]) -> str | None:
    people = item["authors"] if isinstance(item.get("authors"), list) else [item.get("author")]
    named = (person.get("name") for person in people if isinstance(person, dict))
    return "、".join(dict.fromkeys(name.strip() for name in named if isinstance(name, str) and name.strip())) or None


def _as_html(text: Any) -> Any:
    return _paragraphed(text, plain=True) if isinstance(text, str) else text

"""Strict readers of one fetched page: exactly what was expected, or LayoutChanged."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from html import unescape
from typing import Any, TypeVar
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tracking.dates import beijing
from tracking.text import clean, clean_title
from tracking.urls import canonical

_T = TypeVar("_T")


class LayoutChanged(Exception):
    """A page is not what its portal's rules were written for; `url` and `reason` are its data."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)
        self.url = url
        self.reason = reason

    def __str__(self) -> str:
        return f"{_short(self.url, 300)}: {_short(self.reason, 300)}"


class Page:
    """One page and its readers; it is parsed at the first question only."""

    def __init__(self, url: str, text: str) -> None:
        self.url = url
        self.source = text

    def one(self, css: str) -> LexborNode:
        """The node that the selector matches; LayoutChanged unless it is exactly one."""
        node = self.maybe(css)
        if node is None:
            raise self.changed(f"nothing matches {css}")
        return node

    def maybe(self, css: str) -> LexborNode | None:
        """The node that the selector matches, None without one; LayoutChanged when there are several."""
        nodes = self.all(css)
        if len(nodes) > 1:
            raise self.changed(f"{len(nodes)} nodes match {css}")
        return next(iter(nodes), None)

    def all(self, css: str) -> list[LexborNode]:
        """Every node that the selector matches, in document order."""
        return self.tree.css(css)

    def first_of(self, *selectors: str) -> LexborNode:
        """The node of the first selector that matches; LayoutChanged without one, or for two nodes."""
        for css in selectors:
            if (node := self.maybe(css)) is not None:
                return node
        raise self.changed(f"nothing matches {' or '.join(selectors)}")

    def text(self, css: str) -> str:
        """The cleaned text of the one node that the selector matches."""
        return clean(self.one(css).text())

    def title(self, *selectors: str) -> str:
        """The text of the first selector that matches, as a title; LayoutChanged when it is empty."""
        node = self.first_of(*selectors)
        if not (title := clean_title(node.text())):
            raise self.changed("the title is empty")
        return title

    def meta(self, name: str) -> str | None:
        """What <meta name=…> or <meta property=…> says, None for nothing; LayoutChanged for two answers."""
        values = self._metas.get(name, ())
        if len(values) > 1:
            raise self.changed(f"{len(values)} different values of meta {name}")
        return next(iter(values), None)

    def json(self) -> Any:
        """The value of a JSON or JSONP page; LayoutChanged when it is neither."""
        try:
            return _json(self.source)
        except (ValueError, RecursionError) as error:
            raise self.changed(f"not JSON: {error}") from error

    def field(self, row: Any, name: str, kind: type[_T]) -> _T:
        """`row[name]` of a JSON object; LayoutChanged when it is missing or of another kind."""
        if not isinstance(row, dict):
            raise self.changed(f"{type(row).__name__} instead of an object with {name!r}")
        value = row.get(name)
        if type(value) is not kind:
            found = "missing" if name not in row else type(value).__name__
            raise self.changed(f"{name!r} is {found}, not {kind.__name__}")
        return value

    def address(self, link: str) -> str:
        """A link of this page in its canonical form, absolute; LayoutChanged when it is no address."""
        try:
            return canonical(urljoin(self.url, link.strip()))
        except ValueError as error:
            raise self.changed(f"not an address: {link[:200]!r}") from error

    def changed(self, reason: str) -> LayoutChanged:
        """The error to raise when this page is not as expected."""
        return LayoutChanged(self.url, reason)

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed page; LayoutChanged when it is built to cost a parser seconds and gigabytes."""
        if (reason := too_costly(self.source)) is not None:
            raise self.changed(reason)
        return LexborHTMLParser(self.source.encode("utf-8", "replace"))

    @cached_property
    def _metas(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for meta in self.all("meta[content]"):
            attributes = meta.attributes
            value = clean(str(attributes["content"])) if attributes["content"] else ""
            for name in {attributes.get("name"), attributes.get("property")} - {None}:
                known = found.get(str(name), ())
                found[str(name)] = known if not value or value in known else (*known, value)
        return found


def time_in(texts: Iterable[str | None]) -> datetime | None:
    """The first time that one of the texts names, read as Beijing time; later texts are not asked."""
    for text in texts:
        if text is not None:
            with suppress(ValueError, OverflowError):
                return beijing(text)
    return None


def plain(markup: str) -> str:
    """The title inside markup, as lists in JSON carry it: without tags, character references read."""
    return clean_title(_REFERENCE.sub(lambda match: unescape(match.group()), _MARKING.sub("", markup)))


_MARKING = re.compile(r"</?(?:a|b|br|em|font|i|mark|span|strong|u)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}[0-9]{0,2});")


# --- bytes to text ---

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# What Chinese pages declare, and mean. Others (a server's default iso-8859-1) are no better than none.
_CODECS = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "cp936", "ms936", "euc-cn"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "big5hkscs", "x-x-big5"), "big5hkscs"),
}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE | re.ASCII)
_HEAD = 4096


def decode(body: bytes, content_type: str | None) -> str:
    """The text of a response, whatever its charset claims; with U+FFFD where the bytes fit nothing.

    Line ends are \\n, and NUL is dropped.
    """
    for mark, codec in _MARKS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(codec, "replace")
            return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    body = _plain_ends(body)
    declared = _declared(body, content_type)
    for codec in ("utf-8", *declared):
        if (strict := _strictly(body, codec)) is not None:
            return strict
    return _repaired(body, next(iter(declared), "utf-8"))


def _plain_ends(body: bytes) -> bytes:
    # In every encoding without a mark these bytes are these characters. Looking is free, replacing is not.
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return body.replace(b"\0", b"") if b"\0" in body else body


def _declared(body: bytes, content_type: str | None) -> tuple[str, ...]:
    header = "" if content_type is None else content_type
    labels = (*_CHARSET.findall(header), *_CHARSET.findall(body[:_HEAD].decode("latin-1")))
    codecs = (_CODECS.get(label.lower()) for label in labels)
    return tuple(dict.fromkeys(codec for codec in codecs if codec is not None))


def _strictly(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        return None


def _repaired(body: bytes, codec: str) -> str:
    text = body.decode(codec, "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    # A page with one bad byte keeps its declaration; one that is mostly bad was declared wrongly.
    if _broken(text) * 2 <= beyond_ascii:
        return text
    return min(text, body.decode("gb18030", "replace"), key=_broken)


def _broken(text: str) -> int:
    return text.count("\ufffd")


# --- JSON and JSONP ---

_CALL = re.compile(r"\s*(?:/\*.*?\*/\s*)?(?:try\s*\{\s*)?[\w$.]+\s*\(\s*", re.DOTALL | re.ASCII)
_CALL_END = re.compile(r"\s*\)\s*;?\s*(?:\}\s*catch\s*\(\s*\w+\s*\)\s*\{\s*\}\s*;?\s*)?", re.ASCII)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def _json(text: str) -> Any:
    call = _CALL.match(text)
    if call is None:
        return _whole(_decoder.decode(text), text)
    value, end = _decoder.raw_decode(text, call.end())
    if _CALL_END.fullmatch(text, end) is None:
        raise ValueError(f"the call {call.group()[:40]!r} does not end after its value")
    return _whole(value, text)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_no_constant)


def _whole(value: Any, text: str) -> Any:
    # "\ud800" alone is legal JSON and no text: neither a database nor a terminal takes half a character.
    if _SURROGATE.search(text) is None:
        return value
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


# --- what a page may cost ---

# Parsing HTML is quadratic in three ways: elements that are never closed, formatting (<b>, <font>, …) that is
# opened again in each block after it was left open, and attributes of one tag. 47 KB can cost 2.6 GB and 7 s.
_MOST_TAGS = 40_000
_MOST_REOPENED = 1_000_000
_LONGEST_TAG, _MOST_ATTRIBUTES = 16_384, 20_000
_FORMATTING = re.compile(r"<(/?)([bisu]|em|tt|big|code|font|small|strike|strong)(?=[\s/>])", re.IGNORECASE)
_BETWEEN_ATTRIBUTES = re.compile(r"[\s/\"']+")


def too_costly(source: str) -> str | None:
    """Why markup would cost a parser seconds and gigabytes; None for what pages of news are made of."""
    parts = source.split("<")
    if len(parts) > _MOST_TAGS:
        return f"{len(parts)} tags, more than a page of news has"
    # Half of the tags left open and the other half reopening them is the worst there can be.
    if len(parts) ** 2 > 4 * _MOST_REOPENED and _most_left_open(source) * len(parts) > _MOST_REOPENED:
        return "too much formatting is left open"
    if max(map(len, parts)) <= _LONGEST_TAG:
        return None
    long_ones = (part for part in parts if len(part) > _LONGEST_TAG)
    if any(part[0].isalpha() and _attributes(part) > _MOST_ATTRIBUTES for part in long_ones):
        return "a tag with too many attributes"
    return None


def _most_left_open(source: str) -> int:
    left, most = Counter[str](), 0
    for closing, name in _FORMATTING.findall(source):
        left[name.lower()] = max(0, left[name.lower()] + (-1 if closing else 1))
        most = max(most, left.total())
    return most


def _attributes(part: str) -> int:
    tag, _, _ = part.partition(">")
    return sum(1 for _ in _BETWEEN_ATTRIBUTES.finditer(tag))


def _short(text: str, most: int) -> str:
    seen = clean(text)
    return seen if len(seen) <= most else seen[: most - 1] + "…"

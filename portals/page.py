"""One fetched page, with strict methods to read it: exactly what is expected, or LayoutChanged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from html import unescape
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from portals.json_text import assigned_in, read_json
from portals.limits import too_costly
from tracking.body import Rules
from tracking.dates import beijing, beijing_near
from tracking.errors import PolicywatchError
from tracking.observation import FailureKind
from tracking.text import clean, clean_title, shortened
from tracking.urls import canonical

if TYPE_CHECKING:
    from portals.feeds.feed_entry import FeedEntry

_T = TypeVar("_T")
# A selector of elements 500 levels deep. Real pages have about twenty levels, careless ones a hundred; the time of many
# algorithms grows with the square of the depth.
_TOO_DEEP = " > ".join(["*"] * 500)


class LayoutChanged(PolicywatchError):
    """A page is not what its portal's rules were written for; `str()` of the error is one short printable line.

    Withheld      only subscribers can read the whole article
    EmptyList     a list shows no rows
    """

    #: The kind of failure that is stored and shown to people.
    failure_kind = FailureKind.LAYOUT

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)
        #: The address of the page.
        self.url = url
        #: What was expected and what was found, one phrase; it may quote the page and be long.
        self.reason = reason

    def __str__(self) -> str:
        return f"{shortened(clean(self.url), 300)}: {shortened(clean(self.reason), 300)}"


class Withheld(LayoutChanged):
    """Only subscribers or members can read the whole article."""

    failure_kind = FailureKind.WITHHELD


class EmptyList(LayoutChanged):
    """A list shows no rows at all, which no list in use does."""

    failure_kind = FailureKind.EMPTY


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from one page of an article."""

    #: The title without markup, on one line; never empty.
    title: str
    #: The node whose inner HTML is the body of the article.
    body: LexborNode
    #: Who wrote or published it; None when the page does not say.
    author: str | None
    #: When it was published, aware UTC; None when the page does not say.
    published_at: datetime | None
    #: The rules for the body, where they are not the portal's own; None for the portal's.
    rules: Rules | None = None


class Page:
    """One fetched page; it is parsed when that is first needed, and only once."""

    def __init__(self, url: str, text: str, at: datetime | None = None) -> None:
        #: The address it was fetched from, which relative links refer to.
        self.url = url
        #: The decoded text: HTML, JSON, a feed …
        self.source = text
        #: When it was fetched, aware UTC; None when unknown.
        self.at = at

    def one(self, css: str) -> LexborNode:
        """The node that the selector matches; LayoutChanged unless it is exactly one."""
        node = self.one_or_none(css)
        if node is None:
            raise self.changed(f"nothing matches {css}")
        return node

    def one_or_none(self, css: str) -> LexborNode | None:
        """The node that the selector matches, None without one; LayoutChanged when there are several."""
        nodes = self.all(css)
        if len(nodes) > 1:
            raise self.changed(f"{len(nodes)} nodes match {css}")
        return next(iter(nodes), None)

    def all(self, css: str) -> list[LexborNode]:
        """All nodes that the selector matches, in document order."""
        return self.tree.css(css)

    def first_of(self, *selectors: str) -> LexborNode:
        """The node of the first selector that matches; LayoutChanged for none, or for several of it."""
        for css in selectors:
            if (node := self.one_or_none(css)) is not None:
                return node
        raise self.changed(f"nothing matches {' or '.join(selectors)}")

    def text(self, css: str) -> str:
        """The cleaned text, maybe "", of the node that the selector matches; LayoutChanged unless it is exactly one."""
        return clean(self.one(css).text())

    def title(self, *selectors: str) -> str:
        """The text of the node of the first selector that matches, on one line; LayoutChanged when it is empty."""
        node = self.first_of(*selectors)
        if not (title := clean_title(node.text())):
            raise self.changed("the title is empty")
        return title

    def meta(self, name: str) -> str | None:
        """The cleaned content of <meta name=…> or <meta property=…>; None without one; LayoutChanged for two values."""
        values = self._metas.get(name, ())
        if len(values) > 1:
            raise self.changed(f"{len(values)} different values of meta {name}")
        return next(iter(values), None)

    def json(self) -> Any:
        """The value of a JSON or JSONP page; LayoutChanged when it is neither."""
        return self._json

    def embedded(self, css: str) -> Any:
        """The JSON value inside the one script that the selector matches; LayoutChanged otherwise."""
        return self._value(read_json, self.one(css).text())

    def assigned(self, name: str) -> Any:
        """The JSON value that a script of the page assigns to a variable; LayoutChanged without one."""
        return self._value(assigned_in, self.source, name)

    def feed(self) -> list[FeedEntry]:
        """The entries of an RSS, Atom or JSON Feed page, in its order; LayoutChanged when it is no feed."""
        # Imported here, since the parser loads slowly and most pages are not feeds.
        from portals.feeds.parsing import feed_entries

        try:
            return feed_entries(self.source)
        except ValueError as error:
            raise self.changed(str(error)) from error

    def fragment(self, html: str) -> LexborNode:
        """A node with the content of this markup, which the page contains as text, for example in JSON.

        LayoutChanged when parsing the markup would cost too much time and memory.
        """
        if (reason := too_costly(html)) is not None:
            raise self.changed(reason)
        body = LexborHTMLParser(("<body>" + html).encode("utf-8", "replace")).body
        if body is None:
            raise self.changed("markup without a body")
        return body

    def time(self, *texts: str | None) -> datetime | None:
        """The first time in the texts, aware UTC; None when there is none.

        Times such as "09-27 18:26", "08:05" and "3小时前" are relative to when the page was fetched.
        """
        if (full := time_in(texts)) is not None or self.at is None:
            return full
        for text in filter(None, texts):
            with suppress(ValueError):
                return beijing_near(text, self.at)
        return None

    def field(self, row: Any, name: str, kind: type[_T]) -> _T:
        """The field `name` of a JSON object; LayoutChanged when it is missing or of another type than `kind`."""
        if not isinstance(row, dict):
            raise self.changed(f"{type(row).__name__} instead of an object with {name!r}")
        value = row.get(name)
        if type(value) is not kind:
            actual = "missing" if name not in row else type(value).__name__
            raise self.changed(f"{name!r} is {actual}, not {kind.__name__}")
        return value

    def address(self, link: str) -> str:
        """The canonical absolute address of a link of this page; LayoutChanged when it is not valid."""
        try:
            return canonical(urljoin(self.url, link.strip()))
        except ValueError as error:
            raise self.changed(f"not an address: {link[:200]!r}") from error

    def withheld(self, reason: str) -> Withheld:
        """The error to raise when only subscribers can read the whole article."""
        return Withheld(self.url, reason)

    def changed(self, reason: str) -> LayoutChanged:
        """The error to raise when this page is not as expected."""
        return LayoutChanged(self.url, reason)

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed page; LayoutChanged when parsing it would cost too much time and memory."""
        if (reason := too_costly(self.source)) is not None:
            raise self.changed(reason)
        tree = LexborHTMLParser(self.source.encode("utf-8", "replace"))
        if tree.css_first(_TOO_DEEP) is not None:
            raise self.changed("elements inside each other without end")
        return tree

    def _value(self, read: Callable[..., Any], *texts: str) -> Any:
        try:
            return read(*texts)
        except (ValueError, RecursionError) as error:
            raise self.changed(f"not JSON: {error}") from error

    @cached_property
    def _json(self) -> Any:
        return self._value(read_json, self.source)

    @cached_property
    def _metas(self) -> dict[str, tuple[str, ...]]:
        values: dict[str, tuple[str, ...]] = {}
        for meta in self.all("meta[content]"):
            attributes = meta.attributes
            value = clean(str(attributes["content"])) if attributes["content"] else ""
            for name in {attributes.get("name"), attributes.get("property")} - {None}:
                known = values.get(str(name), ())
                values[str(name)] = known if not value or value in known else (*known, value)
        return values


def time_in(texts: Iterable[str | None]) -> datetime | None:
    """The first date with a year in the texts, with or without a time, as aware UTC; None when there is none.

    It is read as Beijing time unless it states its zone. `texts` is not iterated further than the date.
    """
    for text in texts:
        if text is not None:
            with suppress(ValueError, OverflowError):
                return beijing(text)
    return None


def plain(markup: str) -> str:
    """The text of a title that may contain markup, on one line: without inline tags, character references resolved."""
    return clean_title(_REFERENCE.sub(lambda match: unescape(match.group()), _INLINE_TAG.sub("", markup)))


_INLINE_TAG = re.compile(r"</?(?:a|b|br|em|font|i|mark|span|strong|u)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}[0-9]{0,2});")

"""Strict readers of one fetched page: exactly what was expected, or LayoutChanged."""

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
from tracking.text import clean, clean_title
from tracking.urls import canonical

if TYPE_CHECKING:
    from portals.feeds.feed_entry import FeedEntry

_T = TypeVar("_T")
# Elements inside each other: real pages nest some twenty, sloppy ones some hundred. Many ways of reading take the
# square of that.
_TOO_DEEP = " > ".join(["*"] * 500)


class LayoutChanged(PolicywatchError):
    """A page is not what its portal's rules were written for; its text is one short printable line.

    Withheld      those who do not pay see the beginning of the article only
    EmptyList     a list shows no rows
    """

    #: What people are told of the failure in a word or two.
    failure_kind = FailureKind.LAYOUT

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)
        #: The address of the page.
        self.url = url
        #: What was expected and what was found, as one phrase; it may quote the page and be long.
        self.reason = reason

    def __str__(self) -> str:
        return f"{_short(self.url, 300)}: {_short(self.reason, 300)}"


class Withheld(LayoutChanged):
    """Only those who pay or are members may read the whole article."""

    failure_kind = FailureKind.WITHHELD


class EmptyList(LayoutChanged):
    """A list shows no rows at all, which no list of a living portal does."""

    failure_kind = FailureKind.EMPTY


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from one page of an article."""

    #: Without markup, on one line; never empty.
    title: str
    #: The node whose inner HTML is the article.
    body: LexborNode
    #: Who wrote or published it; None where the page does not say.
    author: str | None
    #: Aware UTC; None where the page shows no time.
    published_at: datetime | None
    #: What of the body is text, where the rules of the page's portal do not say it; None where they do.
    rules: Rules | None = None


class Page:
    """One page, with strict ways to read it; it is parsed when that is needed first, and only once."""

    def __init__(self, url: str, text: str, at: datetime | None = None) -> None:
        #: Where it was fetched from; relative links start from it.
        self.url = url
        #: Its text, decoded: HTML, JSON, a feed …
        self.source = text
        #: When it was fetched, aware UTC; None when nobody knows.
        self.at = at

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
        """Every node that the selector matches, in document order; [] for none."""
        return self.tree.css(css)

    def first_of(self, *selectors: str) -> LexborNode:
        """The node of the first selector that matches; LayoutChanged without one, or for two nodes."""
        for css in selectors:
            if (node := self.maybe(css)) is not None:
                return node
        raise self.changed(f"nothing matches {' or '.join(selectors)}")

    def text(self, css: str) -> str:
        """The cleaned text of the one node that the selector matches, maybe ""; LayoutChanged unless it is one."""
        return clean(self.one(css).text())

    def title(self, *selectors: str) -> str:
        """The text of the node of the first selector that matches, on one line; LayoutChanged when it is empty."""
        node = self.first_of(*selectors)
        if not (title := clean_title(node.text())):
            raise self.changed("the title is empty")
        return title

    def meta(self, name: str) -> str | None:
        """What <meta name=…> or <meta property=…> says, cleaned; None for nothing; LayoutChanged for two values."""
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
        # Most pages are no feeds, and the parser takes a while to load.
        from portals.feeds.parsing import feed_entries

        try:
            return feed_entries(self.source)
        except ValueError as error:
            raise self.changed(str(error)) from error

    def fragment(self, html: str) -> LexborNode:
        """A node whose content is this markup, which the page carries as a text.

        LayoutChanged when the markup is built to cost a parser seconds and gigabytes.
        """
        if (reason := too_costly(html)) is not None:
            raise self.changed(reason)
        body = LexborHTMLParser(("<body>" + html).encode("utf-8", "replace")).body
        if body is None:
            raise self.changed("markup without a body")
        return body

    def time(self, *texts: str | None) -> datetime | None:
        """The first time that one of the texts names, aware UTC; None when none does.

        "09-27 18:26", "08:05" and "3小时前" are read as seen from the time at which the page was fetched.
        """
        if (found := time_in(texts)) is not None or self.at is None:
            return found
        for text in filter(None, texts):
            with suppress(ValueError):
                return beijing_near(text, self.at)
        return None

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

    def withheld(self, reason: str) -> Withheld:
        """The error to raise when only those who pay may read the whole article."""
        return Withheld(self.url, reason)

    def changed(self, reason: str) -> LayoutChanged:
        """The error to raise when this page is not as expected."""
        return LayoutChanged(self.url, reason)

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed page; LayoutChanged when it is built to cost a parser seconds and gigabytes."""
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
        found: dict[str, tuple[str, ...]] = {}
        for meta in self.all("meta[content]"):
            attributes = meta.attributes
            value = clean(str(attributes["content"])) if attributes["content"] else ""
            for name in {attributes.get("name"), attributes.get("property")} - {None}:
                known = found.get(str(name), ())
                found[str(name)] = known if not value or value in known else (*known, value)
        return found


def time_in(texts: Iterable[str | None]) -> datetime | None:
    """The first full date, with or without an hour, that one of the texts names, as aware UTC; None when none does.

    It is read as Beijing time unless it states its zone. Texts after the first that names one are not evaluated.
    """
    for text in texts:
        if text is not None:
            with suppress(ValueError, OverflowError):
                return beijing(text)
    return None


def plain(markup: str) -> str:
    """The text of a title in markup, as lists in JSON carry it, on one line: without tags, references resolved."""
    return clean_title(_REFERENCE.sub(lambda match: unescape(match.group()), _MARKING.sub("", markup)))


_MARKING = re.compile(r"</?(?:a|b|br|em|font|i|mark|span|strong|u)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}[0-9]{0,2});")


def _short(text: str, most: int) -> str:
    seen = clean(text)
    return seen if len(seen) <= most else seen[: most - 1] + "…"

"""A page as numbered nodes, and which of them nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate

from selectolax.lexbor import LexborNode

from portals.generic.claims import Claims
from portals.page import Page

TEXT = "-text"
SENTENCE = re.compile(r"[，。；！？、…]|[,;!?.](?:\s|$)")

_UNSEEN = (
    "script,style,noscript,template,iframe,noembed,noframes,xmp,plaintext,object,embed,audio,video,canvas,svg,math,"
    "select,datalist,textarea,button,title,rp,rt,figcaption,[hidden]"
)
_RAW = frozenset(("script", "style"))
_STYLED = '[style*="display" i]'
_DISPLAY_NONE = re.compile(r"(?:^|[;\s])display\s*:\s*none(?![\w-])", re.IGNORECASE)

# What the libraries may be given: nodes, elements inside each other, and characters times their depth, with which the
# cost of the libraries grows. Pages of news have a tenth of it.
_MOST_NODES, _DEEPEST, _MOST_TEXT_AT_DEPTHS = 20_000, 100, 5_000_000
_HUMP = re.compile("(?<=[a-z])(?=[A-Z])")
_LONGEST_NAME = 200


class Nodes:
    """A copy of a page's body: its nodes in document order, with the number of each one's parent and last node."""

    def __init__(self, page: Page) -> None:
        """LayoutChanged when the page is built to cost the libraries seconds."""
        self.page = page
        self.whole = page.fragment(page.source)
        self.claims = Claims(self.whole)
        self.nodes = list(self.whole.traverse(include_text=True))
        if len(self.nodes) > _MOST_NODES:
            raise page.changed(f"{len(self.nodes)} nodes, more than a page of news has")
        self._numbers = {node.mem_id: number for number, node in enumerate(self.nodes)}
        self.parents = [-1, *(self._number_of(node.parent) for node in self.nodes[1:])]
        self.ends = _ends(self.parents)
        self.tags = [str(node.tag) for node in self.nodes]
        self.texts = list(self._texts())
        self._check()

    def select(self, css: str) -> list[int]:
        """The numbers of the elements that a selector matches."""
        return [self._number_of(node) for node in self.whole.css(css)]

    def ancestors(self, number: int) -> Iterator[int]:
        """The elements around a node, the nearest first."""
        while (number := self.parents[number]) >= 0:
            yield number

    def inside(self, number: int) -> range:
        """An element and what is inside it."""
        return range(number, self.ends[number] + 1)

    def seen_in(self, number: int) -> str:
        """The text inside an element that a person sees, as the page has it."""
        return "".join(self.texts[n] for n in self.inside(number) if not self.hidden[n])

    def is_element(self, number: int) -> bool:
        """Whether a node is an element, and not a text or a remark."""
        return not self.tags[number].startswith("-")

    def named(self, number: int) -> str:
        """The class and id of an element in small letters, their words set apart."""
        attributes = self.nodes[number].attributes
        names = (attributes.get(kind) for kind in ("class", "id"))
        return " ".join(_HUMP.sub("-", name[:_LONGEST_NAME]).lower() for name in names if name)

    def holds_image(self, number: int) -> bool:
        """Whether there is a picture inside an element."""
        return self._images[self.ends[number]] > self._images[number]

    def show(self) -> None:
        """Mark what only a script shows as shown."""
        for number in self._not_displayed:
            if not self.hidden[number]:
                del self.nodes[number].attrs["style"]

    @cached_property
    def hidden(self) -> list[bool]:
        """For each node, whether nobody sees it."""
        read = list(accumulate(len(text) if SENTENCE.search(text) else 0 for text in self.texts))
        # A page may show its article only after a script ran: what holds half of its sentences is not hidden.
        small = (n for n in self._not_displayed if 2 * (read[self.ends[n]] - read[n]) < read[-1])
        roots = {*self.select(_UNSEEN), *small}
        hidden = [False] * len(self.nodes)
        for number, parent in enumerate(self.parents):
            hidden[number] = number in roots or (parent >= 0 and hidden[parent])
        return hidden

    @cached_property
    def _images(self) -> list[int]:
        """For each node, how many pictures there are up to it."""
        return list(accumulate(int(tag == "img") for tag in self.tags))

    @cached_property
    def _not_displayed(self) -> list[int]:
        """The elements that their own style hides."""
        styles = ((number, str(self.nodes[number].attributes["style"])) for number in self.select(_STYLED))
        return [number for number, style in styles if _DISPLAY_NONE.search(style)]

    def _texts(self) -> Iterator[str]:
        """For each node, its text; "" for elements and for the insides of scripts and styles."""
        for node, tag, parent in zip(self.nodes, self.tags, self.parents, strict=True):
            text = node.text_content if tag == TEXT and self.tags[parent] not in _RAW else None
            yield "" if text is None else text

    def _check(self) -> None:
        """LayoutChanged for a page so deep and so full of text that reading it would take seconds."""
        depths, weight = [0] * len(self.nodes), 0
        for number, parent in enumerate(self.parents[1:], start=1):
            depths[number] = depths[parent] + 1
            weight += depths[number] * len(self.texts[number])
        if (deepest := max(depths)) > _DEEPEST or weight > _MOST_TEXT_AT_DEPTHS:
            raise self.page.changed(f"{deepest} elements deep with {weight} characters, unlike a page of news")

    def _number_of(self, node: LexborNode | None) -> int:
        return -1 if node is None else self._numbers[node.mem_id]


def _ends(parents: list[int]) -> list[int]:
    """For each node, the number of the last node inside it."""
    ends = list(range(len(parents)))
    for number in range(len(parents) - 1, 0, -1):
        ends[parents[number]] = max(ends[parents[number]], ends[number])
    return ends

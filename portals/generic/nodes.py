"""A page as numbered nodes, and which of them are hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate

from selectolax.lexbor import LexborNode

from portals.generic.metadata import Metadata
from portals.page import Page
from tracking.body import DISPLAY_NONE, STYLED

#: The tag of text nodes, as the parser names it.
TEXT = "-text"
#: The tags of nodes that are neither elements nor text: comments, and what the parser made nothing of.
NO_ELEMENTS = frozenset(("-comment", "-undef"))
#: Punctuation of running text.
SENTENCE = re.compile(r"[，。；！？、…]|[,;!?.](?:\s|$)")

# Elements that no reader sees, or whose words are not text of an article.
_INVISIBLE = (
    "script,style,noscript,template,iframe,noembed,noframes,xmp,plaintext,object,embed,audio,video,canvas,svg,math,"
    "select,datalist,textarea,button,title,rp,rt,figcaption,[hidden]"
)
_RAW = frozenset(("script", "style"))

# Limits for readability, whose cost grows with nodes, levels of elements, and characters times their level. News pages
# have a tenth of each.
_MAX_NODES, _MAX_DEPTH, _MAX_TEXT_TIMES_DEPTH = 20_000, 100, 5_000_000
# Where a word begins in camelCase.
_CAMEL_CASE = re.compile("(?<=[a-z])(?=[A-Z])")
# Characters of a class or id that are read.
_LONGEST_NAME = 200


class Nodes:
    """A copy of a page's body as numbered nodes, in document order."""

    def __init__(self, page: Page) -> None:
        """LayoutChanged when the page is so large that reading it would take seconds."""
        #: The page itself.
        self.page = page
        #: The element with the number 0.
        self.root = page.fragment(page.source)
        #: Title element, meta elements and linked data.
        self.metadata = Metadata(self.root)
        #: By number: the node.
        self.nodes = list(self.root.traverse(include_text=True))
        if len(self.nodes) > _MAX_NODES:
            raise page.changed(f"{len(self.nodes)} nodes, more than a page of news has")
        self._numbers = {node.mem_id: number for number, node in enumerate(self.nodes)}
        #: By number: the number of the parent; -1 for the root.
        self.parents = [-1, *(self._number_of(node.parent) for node in self.nodes[1:])]
        #: By number: the number of the last node inside, the node's own without one.
        self.ends = _ends(self.parents)
        #: By number: the tag, "-text" for a text.
        self.tags = [str(node.tag) for node in self.nodes]
        #: By number: the text; "" for elements, scripts and styles.
        self.texts = list(self._texts())
        self._check()

    def select(self, css: str) -> list[int]:
        """The numbers of the elements that a selector matches."""
        return [self._number_of(node) for node in self.root.css(css)]

    def ancestors(self, number: int) -> Iterator[int]:
        """The numbers of the elements around a node, the nearest first."""
        while (number := self.parents[number]) >= 0:
            yield number

    def inside(self, number: int) -> range:
        """The numbers of an element and all nodes inside it."""
        return range(number, self.ends[number] + 1)

    def visible_text(self, number: int) -> str:
        """The visible text inside an element, not cleaned."""
        return "".join(self.texts[n] for n in self.inside(number) if not self.hidden[n])

    def is_element(self, number: int) -> bool:
        """Whether a node is an element, not a text or comment."""
        return not self.tags[number].startswith("-")

    def class_and_id(self, number: int) -> str:
        """The class and id of an element in lower case, words of camelCase separated by -."""
        attributes = self.nodes[number].attributes
        names = (attributes.get(kind) for kind in ("class", "id"))
        return " ".join(_CAMEL_CASE.sub("-", name[:_LONGEST_NAME]).lower() for name in names if name)

    def holds_image(self, number: int) -> bool:
        """Whether there is a picture inside an element."""
        return self._images[self.ends[number]] > self._images[number]

    def remove_display_none(self) -> None:
        """Remove the style from elements that count as visible although it hides them."""
        for number in self._not_displayed:
            if not self.hidden[number]:
                del self.nodes[number].attrs["style"]

    @cached_property
    def hidden(self) -> list[bool]:
        """By number: whether the node is invisible."""
        prose = list(accumulate(len(text) if SENTENCE.search(text) else 0 for text in self.texts))
        # A script may show the article later: an element with at least half of the running text counts as visible.
        small = (n for n in self._not_displayed if 2 * (prose[self.ends[n]] - prose[n]) < prose[-1])
        roots = {*self.select(_INVISIBLE), *small}
        hidden = [False] * len(self.nodes)
        for number, parent in enumerate(self.parents):
            hidden[number] = number in roots or (parent >= 0 and hidden[parent])
        return hidden

    @cached_property
    def _images(self) -> list[int]:
        """By number: how many pictures there are up to the node."""
        return list(accumulate(int(tag == "img") for tag in self.tags))

    @cached_property
    def _not_displayed(self) -> list[int]:
        """The numbers of elements with the style display: none."""
        styles = ((number, str(self.nodes[number].attributes["style"])) for number in self.select(STYLED))
        return [number for number, style in styles if DISPLAY_NONE.search(style)]

    def _texts(self) -> Iterator[str]:
        """By number: the text; "" for elements, and inside scripts and styles."""
        for node, tag, parent in zip(self.nodes, self.tags, self.parents, strict=True):
            text = node.text_content if tag == TEXT and self.tags[parent] not in _RAW else None
            yield "" if text is None else text

    def _check(self) -> None:
        """LayoutChanged for a page so deep, or with so much text at depth, that reading it would take seconds."""
        depths, weight = [0] * len(self.nodes), 0
        for number, parent in enumerate(self.parents[1:], start=1):
            depths[number] = depths[parent] + 1
            weight += depths[number] * len(self.texts[number])
        if (deepest := max(depths)) > _MAX_DEPTH or weight > _MAX_TEXT_TIMES_DEPTH:
            raise self.page.changed(f"{deepest} elements deep with {weight} characters, unlike a page of news")

    def _number_of(self, node: LexborNode | None) -> int:
        return -1 if node is None else self._numbers[node.mem_id]


def _ends(parents: list[int]) -> list[int]:
    """By number: the number of the last node inside, the node's own without one."""
    ends = list(range(len(parents)))
    for number in range(len(parents) - 1, 0, -1):
        ends[parents[number]] = max(ends[parents[number]], ends[number])
    return ends

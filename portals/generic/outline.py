"""The visible paragraphs of a page, as blocks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from portals.generic.nodes import NO_ELEMENTS, SENTENCE, TEXT, Nodes
from tracking.text import clean

_INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i"),
        *("ins", "kbd", "label", "mark", "meter", "nobr", "output", "q", "ruby", "s", "samp", "small", "source"),
        *("span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
# Characters; a shorter block is not running text.
_SHORTEST_PROSE = 10


@dataclass(frozen=True, slots=True)
class Block:
    """A visible paragraph of a page."""

    #: The text, cleaned; never empty.
    text: str
    #: How many of its characters are inside links.
    linked: int
    #: The number of its first text node.
    first: int
    #: The number of its last text node.
    last: int
    #: The number of the block element around it.
    holder: int
    #: Whether there is a picture between it and the previous block.
    follows_image: bool

    @property
    def prose(self) -> int:
        """How many characters of running text it has; links do not count."""
        if len(self.text) < _SHORTEST_PROSE or SENTENCE.search(self.text) is None:
            return 0
        return max(0, len(self.text) - self.linked)

    @property
    def is_link(self) -> bool:
        """Whether more than half of its characters are inside links."""
        return 2 * self.linked > len(self.text)


class Outline(Nodes):
    """The nodes of a page, and its paragraphs as blocks."""

    @cached_property
    def blocks(self) -> list[Block]:
        """The blocks in reading order."""
        return list(self._blocks())

    @property
    def length(self) -> int:
        """How many characters are visible."""
        return sum(len(block.text) for block in self.blocks)

    def within(self, number: int) -> list[Block]:
        """The blocks inside an element."""
        return self.blocks[self._slice(number)]

    def prose_in(self, number: int) -> int:
        """How many characters of running text are inside an element."""
        return self._prose[self.ends[number]] - self._prose[max(0, number - 1)]

    def holds_only(self, number: int, block: Block) -> bool:
        """Whether nothing but this block is visible inside an element."""
        return self.within(number) == [block] and not self.holds_image(number)

    def holds_whole_blocks(self, number: int) -> bool:
        """Whether no block is partly inside and partly outside of an element."""
        inner, end = self._slice(number), self.ends[number]
        reaches_in = inner.start > 0 and self.blocks[inner.start - 1].last >= number
        return not reaches_in and (inner.start == inner.stop or self.blocks[inner.stop - 1].last <= end)

    def _slice(self, number: int) -> slice:
        """The slice of `blocks` with those inside an element."""
        return slice(bisect_left(self._firsts, number), bisect_right(self._firsts, self.ends[number]))

    @cached_property
    def _firsts(self) -> list[int]:
        return [block.first for block in self.blocks]

    @cached_property
    def _prose(self) -> list[int]:
        """By number: how many characters of running text are in blocks that begin up to the node."""
        begins = [0] * len(self.nodes)
        for block in self.blocks:
            begins[block.first] = block.prose
        return list(accumulate(begins))

    def _blocks(self) -> Iterator[Block]:
        """The blocks; a new one begins with every block element."""
        open_ = _Open()
        for number, tag in enumerate(self.tags):
            if self.hidden[number] or tag in NO_ELEMENTS:
                continue
            if tag == TEXT:
                holder, linked = self._surroundings(number)
                if holder != open_.holder:
                    yield from open_.close(holder)
                open_.add(number, self.texts[number], linked)
            elif tag not in _INLINE:
                yield from open_.close(open_.holder)
                open_.image = open_.image or tag == "img"
        yield from open_.close(0)

    def _surroundings(self, number: int) -> tuple[int, bool]:
        """The number of the block element around a node, and whether there is a link between them."""
        linked = False
        for around in self.ancestors(number):
            tag = self.tags[around]
            if tag not in _INLINE:
                return around, linked
            linked = linked or tag == "a"
        return 0, linked


@dataclass(slots=True)
class _Open:
    """A block that is still being built."""

    #: The number of the block element around it.
    holder: int = 0
    #: The texts so far, not cleaned.
    parts: list[str] = field(default_factory=list)
    #: The numbers of their nodes.
    numbers: list[int] = field(default_factory=list)
    #: How many of the characters are inside links.
    linked: int = 0
    #: Whether there was a picture since the previous block.
    image: bool = False

    def add(self, number: int, text: str, linked: bool) -> None:
        self.parts.append(text)
        self.numbers.append(number)
        self.linked += len(text.strip()) if linked else 0

    def close(self, next_holder: int) -> Iterator[Block]:
        if self.parts and (text := clean("".join(self.parts))):
            first, *_, last = *self.numbers, self.numbers[-1]
            yield Block(text, min(self.linked, len(text)), first, last, self.holder, self.image)
            self.image = False
        self.holder, self.parts, self.numbers, self.linked = next_holder, [], [], 0

"""A page as a person sees it: its paragraphs, in the order of reading."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from portals.generic.nodes import SENTENCE, TEXT, Nodes
from tracking.text import clean

_INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i"),
        *("ins", "kbd", "label", "mark", "meter", "nobr", "output", "q", "ruby", "s", "samp", "small", "source"),
        *("span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
# Characters: a shorter block is no sentence.
_SHORTEST_PROSE = 10


@dataclass(frozen=True, slots=True)
class Block:
    """What a person sees as one paragraph."""

    #: Cleaned; never empty.
    text: str
    #: How many of its characters are text of links.
    linked: int
    #: The numbers of its first and last text node, and of the element that holds it.
    first: int
    last: int
    holder: int
    #: Whether a picture stands between it and the block before it.
    follows_image: bool

    @property
    def prose(self) -> int:
        """How many characters of running text it has."""
        if len(self.text) < _SHORTEST_PROSE or SENTENCE.search(self.text) is None:
            return 0
        return max(0, len(self.text) - self.linked)

    @property
    def is_link(self) -> bool:
        """Whether most of it is the text of links."""
        return 2 * self.linked > len(self.text)


class Outline(Nodes):
    """The nodes of a page, and its paragraphs as blocks."""

    @cached_property
    def blocks(self) -> list[Block]:
        """The paragraphs of the page in the order of reading."""
        return list(self._blocks())

    @property
    def length(self) -> int:
        """How many characters the page shows."""
        return sum(len(block.text) for block in self.blocks)

    def within(self, number: int) -> list[Block]:
        """The blocks inside an element."""
        return self.blocks[self._slice(number)]

    def prose_in(self, number: int) -> int:
        """How many characters of running text stand inside an element."""
        return self._prose[self.ends[number]] - self._prose[max(0, number - 1)]

    def holds_only(self, number: int, block: Block) -> bool:
        """Whether an element shows nothing but this block."""
        return self.within(number) == [block] and not self.holds_image(number)

    def holds_whole_blocks(self, number: int) -> bool:
        """Whether no block has text both inside and outside an element."""
        found, end = self._slice(number), self.ends[number]
        reaches_in = found.start > 0 and self.blocks[found.start - 1].last >= number
        return not reaches_in and (found.start == found.stop or self.blocks[found.stop - 1].last <= end)

    def _slice(self, number: int) -> slice:
        """Where the blocks inside an element stand among all."""
        return slice(bisect_left(self._firsts, number), bisect_right(self._firsts, self.ends[number]))

    @cached_property
    def _firsts(self) -> list[int]:
        return [block.first for block in self.blocks]

    @cached_property
    def _prose(self) -> list[int]:
        """For each node, how much running text begins up to it."""
        begins = [0] * len(self.nodes)
        for block in self.blocks:
            begins[block.first] = block.prose
        return list(accumulate(begins))

    def _blocks(self) -> Iterator[Block]:
        """The texts joined to blocks: a new one begins with every block element."""
        open_ = _Open()
        for number, tag in enumerate(self.tags):
            if self.hidden[number]:
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
        """The block element around a node, and whether a link stands between them."""
        linked = False
        for around in self.ancestors(number):
            tag = self.tags[around]
            if tag not in _INLINE:
                return around, linked
            linked = linked or tag == "a"
        return 0, linked


@dataclass(slots=True)
class _Open:
    """A block that is being gathered."""

    holder: int = 0
    parts: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    linked: int = 0
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

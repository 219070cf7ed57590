"""The element of a page with its article, without the elements around and between the paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from selectolax.lexbor import LexborNode

from portals.generic import lines
from portals.generic.outline import Block, Outline
from portals.generic.title import comparison_key

# Parts of classes and ids of elements that are not text of an article; those in the second group only as whole words.
_FOREIGN = re.compile(
    r"share|fenxiang|comment|pinglun|recommend|tuijian|relate|xiangguan|qrcode|erweima|copyright|disclaimer|shengming"
    r"|(?:img|pic|image|photo)[-_]?(?:descr?|intro|text|txt|info|note)|shenming|breadcrumb|advert|guanggao|toolbar|fenye|pagination|caption|sidebar|jubao|dianzan|subscribe|video-js|vjs"
    r"|(?<![a-z])(?:ad|ads|adv|ewm|qr|hot|tags?|keywords?|nav|menu|rank|ranking|print|prev|next|zan|digg|like|vote"
    r"|player|pager|login|footer|aside|position|crumbs?|tools?|edit|bianji|zeren|statement|popup|weizhi)(?![a-z])"
)
_PICTURED = re.compile(r"(?<![a-z])(?:pic|pics|img|image|photo|tu|note|desc)|(?:pic|img|image|photo)(?![a-z])")
# Shares of the running text: at most in an element with a class or id of the above, at most after a line that ends
# articles, at least in another element of the article, at least gained by a wider element, with title and byline.
_MAX_FOREIGN, _MAX_AFTER_END, _MIN_BESIDE, _MIN_GAINED, _HEAD = 0.2, 0.5, 0.15, 0.5, 0.15
# Consecutive links that are a list; the shares of text and of paragraphs that may be links in an article.
_LIST_LENGTH, _MAX_LINKED, _MAX_LINKS = 3, 0.4, 0.25
_NO_WORD = re.compile(r"[\W\d_]*")
_QUOTE = re.compile("quote|stock|price")
_FIGURES, _LONGEST_FIGURE = re.compile(r"[\d\s.,%+()（）−↑↓-]+"), 60
# Characters of a cell in a table of figures.
_LONGEST_CELL = 6
_HEADINGS = frozenset(("h1", "h2", "h3"))
_NEVER_IN_A_BODY = frozenset(("title", "meta", "link", "base"))


class Body:
    """An article's element, and its blocks without those that were dropped."""

    def __init__(self, outline: Outline, chosen: Sequence[int]) -> None:
        """`chosen` are the numbers of elements with parts of the article."""
        self._outline = outline
        self._chosen = _with_main(outline, chosen)
        self._root = _around(outline, self._chosen)
        self._dropped: set[int] = set()
        #: The blocks of the article that were not dropped.
        self.blocks = [block for number in self._chosen for block in outline.within(number)]

    @property
    def prose(self) -> int:
        """How many characters of running text there are."""
        return sum(block.prose for block in self.blocks)

    @property
    def linked(self) -> float:
        """The share of the text that is inside links, 0 to 1."""
        return sum(block.linked for block in self.blocks) / max(1, sum(len(block.text) for block in self.blocks))

    @property
    def is_list(self) -> bool:
        """Whether the blocks are rows of a list: links with teasers, or texts with times."""
        paragraphs = sum(block.prose > 0 for block in self.blocks)
        links = sum(block.is_link and not lines.is_attached(block.text) for block in self.blocks)
        times = sum(lines.is_time(block.text) for block in self.blocks)
        return self.linked > _MAX_LINKED or links >= max(_LIST_LENGTH, _MAX_LINKS * paragraphs) or times >= _LIST_LENGTH

    @property
    def _inside(self) -> Iterator[int]:
        """The numbers of the nodes inside the chosen elements."""
        return (number for chosen in self._chosen for number in self._outline.inside(chosen) if number != chosen)

    @property
    def begin(self) -> int:
        """The number of the first text node."""
        return self.blocks[0].first

    def trim(self, title: str) -> None:
        """Drop the blocks before and after the article, and those between its paragraphs that are not text."""
        self._cut_after_end()
        self._drop_foreign_elements()
        self._drop_live_quotes()
        self._cut_after_end()
        self._drop([block for block in self.blocks if self._is_not_text(block)])
        self._drop(_in_long_lists(self.blocks))
        self._drop(list(self._blocks_before(comparison_key(title))))
        self._drop(list(self._blocks_after()))

    def node(self) -> LexborNode:
        """The element without dropped nodes. It changes the page's nodes, so the outline is not valid after this."""
        outline, dropped = self._outline, self._dropped | self._not_chosen()
        outline.remove_display_none()
        # From the last to the first: removing an element also removes those inside it.
        for number in range(outline.ends[self._root], self._root, -1):
            if number in dropped or outline.tags[number] in _NEVER_IN_A_BODY:
                outline.nodes[number].decompose()
        return outline.nodes[self._root]

    def _cut_after_end(self) -> None:
        """Drop everything from a line that ends articles on, unless much of the text is after it."""
        before, total = 0, self.prose
        for block in self.blocks:
            if before and lines.ends_an_article(block.text) and total - before <= _MAX_AFTER_END * before:
                around = set(self._outline.ancestors(block.first))
                self._dropped |= set(range(block.first, self._outline.ends[self._root] + 1)) - around
                self.blocks = [other for other in self.blocks if other.first < block.first]
                return
            before += block.prose

    def _drop_foreign_elements(self) -> None:
        """Drop small elements whose class or id says that they are not text."""
        outline, most, until = self._outline, _MAX_FOREIGN * self.prose, -1
        foreign: set[int] = set()
        for number in self._inside:
            # Only whole blocks: a word in a sentence may have the class of a keyword.
            small = number > until and outline.prose_in(number) <= most and outline.holds_whole_blocks(number)
            if small and _is_foreign(outline, number):
                until = outline.ends[number]
                foreign.update(outline.inside(number))
        self._dropped |= foreign
        self.blocks = [block for block in self.blocks if block.first not in foreign]

    def _drop_live_quotes(self) -> None:
        """Drop stock prices inside sentences, which change with each fetch."""
        outline = self._outline
        quotes = (n for n in self._inside if outline.is_element(n) and _QUOTE.search(outline.class_and_id(n)))
        self._dropped |= {number for number in quotes if _is_figure(outline.visible_text(number))}

    def _is_not_text(self, block: Block) -> bool:
        """Whether a block between paragraphs is boilerplate, or the caption of a picture."""
        if self._is_cell(block):
            return False
        return lines.is_boilerplate(block.text) or (block.follows_image and self._is_caption(block))

    def _is_not_text_at_end(self, block: Block) -> bool:
        """Whether a block at the beginning or end is a link, a signature, or without words."""
        if self._is_cell(block) or lines.is_attached(block.text):
            return False
        return block.is_link or lines.is_signature(block.text) or _NO_WORD.fullmatch(block.text) is not None

    def _is_cell(self, block: Block) -> bool:
        """Whether a block is a short cell of a table, unlike those of tables that lay out a page."""
        return len(block.text) <= _LONGEST_CELL and self._outline.tags[block.holder] in ("td", "th")

    def _is_caption(self, block: Block) -> bool:
        """Whether a block after a picture is its caption: by its words, or by its element."""
        if lines.is_caption(block.text):
            return True
        beside = block.holder not in self._chosen and self._outline.holds_image(block.holder)
        pictured = _PICTURED.search(self._outline.class_and_id(block.holder)) is not None
        return (beside or pictured) and lines.is_no_sentence(block.text)

    def _blocks_before(self, title: str) -> Iterator[Block]:
        """The blocks before the text: the title and all before it, and the byline. `title` is a comparison key."""
        first, begin = next((block for block in self._outline.blocks if comparison_key(block.text) == title), None), 0
        for number, block in enumerate(_head(self.blocks), start=1):
            # The first line of a document may repeat its title: that is neither a heading nor its first occurrence.
            if comparison_key(block.text) == title and (
                block is first or self._outline.tags[block.holder] in _HEADINGS
            ):
                begin = number
        yield from self.blocks[:begin]
        rest = self.blocks[begin:]
        for block, following in zip(rest, (*rest[1:], None), strict=False):
            labels = following is not None and lines.is_label(block.text) and lines.is_byline(following.text)
            if not (labels or lines.is_byline(block.text) or self._is_not_text_at_end(block)):
                return
            yield block

    def _blocks_after(self) -> Iterator[Block]:
        """The blocks after the text, last one first: links, signatures and notices."""
        for block in reversed(self.blocks):
            if not (self._is_not_text_at_end(block) or lines.is_notice(block.text)):
                return
            yield block

    def _drop(self, blocks: Iterable[Block]) -> None:
        """Drop blocks, and their elements when nothing else is visible in these."""
        firsts: set[int] = set()
        for block in blocks:
            firsts.add(block.first)
            if block.holder not in self._chosen and self._outline.holds_only(block.holder, block):
                self._dropped.add(block.holder)
            else:
                self._dropped |= {
                    number for number in range(block.first, block.last + 1) if self._outline.texts[number]
                }
        self.blocks = [block for block in self.blocks if block.first not in firsts]

    def _not_chosen(self) -> set[int]:
        """The numbers of the nodes between the chosen elements."""
        around = {number for chosen in self._chosen for number in self._outline.ancestors(chosen)}
        return set(self._outline.inside(self._root)) - around - set(self._inside) - set(self._chosen) - {self._root}


def _with_main(outline: Outline, chosen: Sequence[int]) -> tuple[int, ...]:
    """The chosen elements with much of the running text, in the page's order, and none inside another."""
    main = max(chosen, key=outline.prose_in)
    least = _MIN_BESIDE * outline.prose_in(main)
    beside = (n for n in chosen if outline.prose_in(n) >= (1 if outline.tags[n] == "p" else least))
    result: list[int] = []
    for number in sorted({_widened(outline, main), *beside}):
        if not result or number > outline.ends[result[-1]]:
            result.append(number)
    return tuple(result)


def _widened(outline: Outline, main: int) -> int:
    """The main element, or an element around it that has much more running text."""
    for around in outline.ancestors(main):
        gained = outline.prose_in(around) - outline.prose_in(main)
        if gained < _MIN_GAINED * outline.prose_in(main):
            continue
        beside = [block for block in outline.within(around) if block.first not in outline.inside(main)]
        if around == 0 or not _is_running_text(beside) or _is_in_foreign(outline, beside, around):
            return main
        main = around
    return main


def _is_running_text(blocks: Sequence[Block]) -> bool:
    """Whether blocks are paragraphs of a text, not of lists or comments."""
    length = sum(len(block.text) for block in blocks)
    return 10 * sum(block.linked for block in blocks) <= length <= 1.2 * sum(block.prose for block in blocks)


def _is_in_foreign(outline: Outline, blocks: Sequence[Block], around: int) -> bool:
    """Whether any of these blocks is in an element inside `around` whose class or id says that it is not text."""
    checked: set[int] = set()
    for number in (number for block in blocks for number in (block.holder, *outline.ancestors(block.holder))):
        if number <= around or number in checked:
            continue
        checked.add(number)
        if _is_foreign(outline, number):
            return True
    return False


def _around(outline: Outline, numbers: tuple[int, ...]) -> int:
    """The smallest element that contains all of these, in order."""
    first, last = numbers[0], numbers[-1]
    return next(n for n in (first, *outline.ancestors(first)) if outline.ends[n] >= outline.ends[last])


def _in_long_lists(blocks: Sequence[Block]) -> list[Block]:
    """The blocks in runs of at least three links, except names of attached files."""
    runs = [list(run) for is_link, run in groupby(blocks, key=lambda block: block.is_link) if is_link]
    return [block for run in runs if len(run) >= _LIST_LENGTH for block in run if not lines.is_attached(block.text)]


def _head(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks at the beginning that may be title and byline."""
    left = _HEAD * sum(block.prose for block in blocks)
    for block in blocks:
        yield block
        left -= block.prose
        if left < 0:
            return


def _is_foreign(outline: Outline, number: int) -> bool:
    """Whether an element's class or id says that it is not text of an article."""
    return outline.is_element(number) and _FOREIGN.search(outline.class_and_id(number)) is not None


def _is_figure(text: str) -> bool:
    """Whether a text consists of numbers, such as a price."""
    return len(text) <= _LONGEST_FIGURE and _FIGURES.fullmatch(text) is not None

"""The element of a page that holds its article, without what stands around and between the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from selectolax.lexbor import LexborNode

from portals.generic import lines
from portals.generic.outline import Block, Outline
from portals.generic.title import comparison_key

# Parts and words of classes and ids that name what is no text of an article.
_FOREIGN = re.compile(
    r"share|fenxiang|comment|pinglun|recommend|tuijian|relate|xiangguan|qrcode|erweima|copyright|disclaimer|shengming"
    r"|(?:img|pic|image|photo)[-_]?(?:descr?|intro|text|txt|info|note)|shenming|breadcrumb|advert|guanggao|toolbar|fenye|pagination|caption|sidebar|jubao|dianzan|subscribe|video-js|vjs"
    r"|(?<![a-z])(?:ad|ads|adv|ewm|qr|hot|tags?|keywords?|nav|menu|rank|ranking|print|prev|next|zan|digg|like|vote"
    r"|player|pager|login|footer|aside|position|crumbs?|tools?|edit|bianji|zeren|statement|popup|weizhi)(?![a-z])"
)
_PICTURED = re.compile(r"(?<![a-z])(?:pic|pics|img|image|photo|tu|note|desc)|(?:pic|img|image|photo)(?![a-z])")
# Parts of the article's text: that an element named as foreign may hold, that may follow where an article ends, that an
# element beside the main one must hold, that an element around it must add, and in which title and byline stand.
_MOST_FOREIGN, _MOST_BEHIND, _LEAST_BESIDE, _MUCH_MORE, _LONGEST_HEAD = 0.2, 0.5, 0.15, 0.5, 0.15
# Links in a row that make a list; the parts of text and of paragraphs that may be links in an article.
_LONG_LIST, _MOST_LINKED, _MOST_LINKS = 3, 0.4, 0.25
_NO_WORD = re.compile(r"[\W\d_]*")
_QUOTE = re.compile("quote|stock|price")
_FIGURES, _LONGEST_FIGURE = re.compile(r"[\d\s.,%+()（）−↑↓-]+"), 60
# Characters of a cell in a table of figures.
_LONGEST_CELL = 6
_HEADINGS = frozenset(("h1", "h2", "h3"))
_NEVER_IN_A_BODY = frozenset(("title", "meta", "link", "base"))


class Body:
    """An article's element, and its blocks without those that are given up."""

    def __init__(self, outline: Outline, chosen: Sequence[int]) -> None:
        """`chosen` are elements that hold parts of the article."""
        self._outline = outline
        self._kept = _with_main(outline, chosen)
        self._root = _around(outline, self._kept)
        self._gone: set[int] = set()
        self.blocks = [block for number in self._kept for block in outline.within(number)]

    @property
    def prose(self) -> int:
        """How many characters of running text there are."""
        return sum(block.prose for block in self.blocks)

    @property
    def linked(self) -> float:
        """Which part of the text is links."""
        return sum(block.linked for block in self.blocks) / max(1, sum(len(block.text) for block in self.blocks))

    @property
    def is_list(self) -> bool:
        """Whether these are the rows of a list: links with what they lead to, or texts with the time of each."""
        paragraphs = sum(block.prose > 0 for block in self.blocks)
        links = sum(block.is_link and not lines.is_attached(block.text) for block in self.blocks)
        times = sum(lines.is_time(block.text) for block in self.blocks)
        return self.linked > _MOST_LINKED or links >= max(_LONG_LIST, _MOST_LINKS * paragraphs) or times >= _LONG_LIST

    @property
    def _inside(self) -> Iterator[int]:
        """The numbers of what is inside the chosen elements."""
        return (number for kept in self._kept for number in self._outline.inside(kept) if number != kept)

    @property
    def begin(self) -> int:
        """The number of the first node of its text."""
        return self.blocks[0].first

    def trim(self, title: str) -> None:
        """Give up what stands before and behind the article, and between its paragraphs."""
        self._cut_behind()
        self._drop_foreign_elements()
        self._drop_live_quotes()
        self._cut_behind()
        self._give_up([block for block in self.blocks if self._is_set_between(block)])
        self._give_up(_in_long_lists(self.blocks))
        self._give_up(list(self._before(comparison_key(title))))
        self._give_up(list(self._behind()))

    def node(self) -> LexborNode:
        """The element without what was given up; the outline is spent after this."""
        outline, gone = self._outline, self._gone | self._unchosen()
        outline.remove_display_none()
        # From the last to the first: an element is gone with the one around it.
        for number in range(outline.ends[self._root], self._root, -1):
            if number in gone or outline.tags[number] in _NEVER_IN_A_BODY:
                outline.nodes[number].decompose()
        return outline.nodes[self._root]

    def _cut_behind(self) -> None:
        """Give up everything from the heading of what follows articles, unless much of the text stands behind it."""
        before, everything = 0, self.prose
        for block in self.blocks:
            if before and lines.ends_an_article(block.text) and everything - before <= _MOST_BEHIND * before:
                around = set(self._outline.ancestors(block.first))
                self._gone |= set(range(block.first, self._outline.ends[self._root] + 1)) - around
                self.blocks = [kept for kept in self.blocks if kept.first < block.first]
                return
            before += block.prose

    def _drop_foreign_elements(self) -> None:
        """Give up small elements whose class or id names what is no text."""
        outline, most, until = self._outline, _MOST_FOREIGN * self.prose, -1
        foreign: set[int] = set()
        for number in self._inside:
            # A word of a sentence may be marked as a keyword.
            small = number > until and outline.prose_in(number) <= most and outline.holds_whole_blocks(number)
            if small and _is_foreign(outline, number):
                until = outline.ends[number]
                foreign.update(outline.inside(number))
        self._gone |= foreign
        self.blocks = [block for block in self.blocks if block.first not in foreign]

    def _drop_live_quotes(self) -> None:
        """Prices inside sentences change from look to look, the text around them does not."""
        outline = self._outline
        quotes = (n for n in self._inside if outline.is_element(n) and _QUOTE.search(outline.class_and_id(n)))
        self._gone |= {number for number in quotes if _is_figure(outline.visible_text(number))}

    def _is_set_between(self, block: Block) -> bool:
        """Whether a block stands between paragraphs and is none: boilerplate, or the caption of a picture."""
        if self._is_cell(block):
            return False
        return lines.is_boilerplate(block.text) or (block.follows_image and self._is_caption(block))

    def _is_at_ends(self, block: Block) -> bool:
        """Whether a block at either end is no text: a link, a signature, or no words."""
        if self._is_cell(block) or lines.is_attached(block.text):
            return False
        return block.is_link or lines.is_signature(block.text) or _NO_WORD.fullmatch(block.text) is not None

    def _is_cell(self, block: Block) -> bool:
        """Whether this is a figure or a word of a table, and no table that arranges a page."""
        return len(block.text) <= _LONGEST_CELL and self._outline.tags[block.holder] in ("td", "th")

    def _is_caption(self, block: Block) -> bool:
        """Whether a block behind a picture is its caption: by its words, or by its element."""
        if lines.is_caption(block.text):
            return True
        beside = block.holder not in self._kept and self._outline.holds_image(block.holder)
        pictured = _PICTURED.search(self._outline.class_and_id(block.holder)) is not None
        return (beside or pictured) and lines.is_no_sentence(block.text)

    def _before(self, title: str) -> Iterator[Block]:
        """What stands in front of the text: its title with all before it, and when, where and by whom."""
        first, begin = next((block for block in self._outline.blocks if comparison_key(block.text) == title), None), 0
        for number, block in enumerate(_head(self.blocks), start=1):
            # A document may repeat its name as its first line: that is no heading, and not the first.
            if comparison_key(block.text) == title and (
                block is first or self._outline.tags[block.holder] in _HEADINGS
            ):
                begin = number
        yield from self.blocks[:begin]
        rest = self.blocks[begin:]
        for block, following in zip(rest, (*rest[1:], None), strict=False):
            labels = following is not None and lines.is_label(block.text) and lines.is_byline(following.text)
            if not (labels or lines.is_byline(block.text) or self._is_at_ends(block)):
                return
            yield block

    def _behind(self) -> Iterator[Block]:
        """What stands behind the text: links, signatures and notices, from the last block on."""
        for block in reversed(self.blocks):
            if not (self._is_at_ends(block) or lines.is_notice(block.text)):
                return
            yield block

    def _give_up(self, blocks: Iterable[Block]) -> None:
        """Take blocks out, with their elements where these show nothing else."""
        given_up: set[int] = set()
        for block in blocks:
            given_up.add(block.first)
            if block.holder not in self._kept and self._outline.holds_only(block.holder, block):
                self._gone.add(block.holder)
            else:
                self._gone |= {number for number in range(block.first, block.last + 1) if self._outline.texts[number]}
        self.blocks = [block for block in self.blocks if block.first not in given_up]

    def _unchosen(self) -> set[int]:
        """What stands between the chosen elements."""
        around = {number for kept in self._kept for number in self._outline.ancestors(kept)}
        return set(self._outline.inside(self._root)) - around - set(self._inside) - set(self._kept) - {self._root}


def _with_main(outline: Outline, chosen: Sequence[int]) -> tuple[int, ...]:
    """The chosen elements that hold much of the article, in the page's order and none inside another."""
    main = max(chosen, key=outline.prose_in)
    least = _LEAST_BESIDE * outline.prose_in(main)
    beside = (n for n in chosen if outline.prose_in(n) >= (1 if outline.tags[n] == "p" else least))
    kept: list[int] = []
    for number in sorted({_widened(outline, main), *beside}):
        if not kept or number > outline.ends[kept[-1]]:
            kept.append(number)
    return tuple(kept)


def _widened(outline: Outline, main: int) -> int:
    """An element around the main one, when it holds much more text of the same kind."""
    for around in outline.ancestors(main):
        gained = outline.prose_in(around) - outline.prose_in(main)
        if gained < _MUCH_MORE * outline.prose_in(main):
            continue
        beside = [block for block in outline.within(around) if block.first not in outline.inside(main)]
        if around == 0 or not _is_of_one_kind(beside) or _stands_in_foreign(outline, beside, around):
            return main
        main = around
    return main


def _is_of_one_kind(blocks: Sequence[Block]) -> bool:
    """Whether these are paragraphs of a text, and not of lists or comments."""
    length = sum(len(block.text) for block in blocks)
    return 10 * sum(block.linked for block in blocks) <= length <= 1.2 * sum(block.prose for block in blocks)


def _stands_in_foreign(outline: Outline, blocks: Sequence[Block], around: int) -> bool:
    """Whether some of these blocks inside `around` stand in an element that is named as no text of an article."""
    checked: set[int] = set()
    for number in (number for block in blocks for number in (block.holder, *outline.ancestors(block.holder))):
        if number <= around or number in checked:
            continue
        checked.add(number)
        if _is_foreign(outline, number):
            return True
    return False


def _around(outline: Outline, kept: tuple[int, ...]) -> int:
    """The smallest element that holds them all."""
    first, last = kept[0], kept[-1]
    return next(n for n in (first, *outline.ancestors(first)) if outline.ends[n] >= outline.ends[last])


def _in_long_lists(blocks: Sequence[Block]) -> list[Block]:
    """The blocks that are links in a row of at least three; names of attached files are none."""
    runs = [list(run) for is_link, run in groupby(blocks, key=lambda block: block.is_link) if is_link]
    return [block for run in runs if len(run) >= _LONG_LIST for block in run if not lines.is_attached(block.text)]


def _head(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks at the beginning in which titles and bylines may stand."""
    left = _LONGEST_HEAD * sum(block.prose for block in blocks)
    for block in blocks:
        yield block
        left -= block.prose
        if left < 0:
            return


def _is_foreign(outline: Outline, number: int) -> bool:
    """Whether an element's class or id names what is no text of an article."""
    return outline.is_element(number) and _FOREIGN.search(outline.class_and_id(number)) is not None


def _is_figure(text: str) -> bool:
    """Whether a text is a number or a price."""
    return len(text) <= _LONGEST_FIGURE and _FIGURES.fullmatch(text) is not None

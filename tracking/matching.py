"""Finds all programmes in an article at once: one pass to fold it, one pass of an automaton over it.

Text is matched as a reader sees it, see `tracking.text.fold`. The longest name of a programme wins; different
programmes may overlap. Positions are those of the original text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import ahocorasick

from tracking.article import Content
from tracking.shortforms import Hit, short_forms
from tracking.text import fold

# At most so many characters on either side of a hit are near it, or belong to its sentence.
LONGEST_CONTEXT = 300

# Of one programme in one article: more of them tell a reader nothing new.
_MOST_MENTIONS = 50
# Of one name in one article: a page that repeats it more often is no article.
_MOST_PLACES = 5000


@dataclass(frozen=True, slots=True)
class Name:
    """What a programme is called, and which words must or must not stand near that name."""

    #: The name itself.
    text: str
    #: Words of which at least one must stand near; empty when none has to.
    near: tuple[str, ...] = ()
    #: Words of which none may stand near.
    not_near: tuple[str, ...] = ()
    #: How many characters, white space not counted, on either side are near; None for the same sentence.
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """A tracked policy programme."""

    #: What it is called in files, on the command line and in the database.
    key: str
    #: What it is called for people.
    name: str
    #: The key of the plan that it belongs to; None for one that belongs to none.
    parent: str | None
    #: All names by which articles may mention it.
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """Where an article mentions a programme."""

    #: The key of the programme.
    programme: str
    #: The number of the paragraph; 0 is the title.
    paragraph: int
    #: Where in that paragraph the mention begins, in characters.
    start: int
    #: Where it ends: the first character after it.
    end: int
    #: The mention as it is printed there.
    quote: str
    #: The sentence around it.
    sentence: str


# Where each name starts.
_Places = dict[str, list[int]]
# Where each programme stands, by its key.
_Hits = dict[str, list[Hit]]


class Matcher:
    """Finds all programmes in an article at once; built once, used for many articles."""

    def __init__(self, programmes: Iterable[Programme]) -> None:
        """Prepare the names of these programmes for matching."""
        self._names: dict[str, list[tuple[str, Name]]] = defaultdict(list)
        tracked = tuple(programmes)
        #: The keys of the programmes.
        self.keys = frozenset(programme.key for programme in tracked)
        for programme in tracked:
            for name in map(_folded, programme.names):
                self._names[name.text].append((programme.key, name))
        self._automaton = _automaton(self._names)

    def mentions(self, content: Content) -> tuple[Mention, ...]:
        """Every mention in reading order; of one programme the first 50, and never one inside another.

        The short forms that the article defines for itself count as names.
        """
        text = _Text(content)
        hits = self._hits(text)
        if not hits:
            return ()
        for key, hit in list(short_forms(text.folded, hits)):
            if text.stands_alone(hit):
                hits[key].append(hit)
        chosen = [(hit, key) for key, places in hits.items() for hit in _longest(places)[:_MOST_MENTIONS]]
        return tuple(text.mention(key, hit) for hit, key in sorted(chosen))

    def _hits(self, text: _Text) -> _Hits:
        """Where each programme stands in the text by its names, as far as the names' rules hold."""
        hits: _Hits = defaultdict(list)
        for word, starts in self._places(text.folded).items():
            alone = [hit for hit in _spans(word, starts) if text.stands_alone(hit)]
            for key, name in self._names[word]:
                hits[key] += [hit for hit in alone if _rules_hold(text.folded, name, hit)]
        return {key: found for key, found in hits.items() if found}

    def _places(self, folded: str) -> _Places:
        """Where each name starts in the folded text."""
        places: _Places = defaultdict(list)
        if self._automaton is None:
            return places
        for last, word in self._automaton.iter(folded):
            starts = places[word]
            if len(starts) < _MOST_PLACES:
                starts.append(last - len(word) + 1)
        return places


def _folded(name: Name) -> Name:
    """A name with its words in the form that texts are matched in."""
    near, not_near = (tuple(fold(word).text for word in words) for words in (name.near, name.not_near))
    return Name(fold(name.text).text, near, not_near, name.within)


def _automaton(words: Collection[str]) -> Any:
    """An Aho-Corasick automaton that finds all words in one pass; None without words."""
    if not words:
        return None
    automaton = ahocorasick.Automaton()
    for word in words:
        automaton.add_word(word, word)
    automaton.make_automaton()
    return automaton


class _Text:
    """An article folded into one line, with a line end, which folding removes, between its paragraphs."""

    def __init__(self, content: Content) -> None:
        self._paragraphs = [fold(text) for text in (content.title, *content.paragraphs)]
        self.folded = "\n".join(paragraph.text for paragraph in self._paragraphs)
        self._starts = [0, *accumulate(len(paragraph.text) + 1 for paragraph in self._paragraphs)]

    def stands_alone(self, hit: Hit) -> bool:
        """Whether no ASCII letter or digit goes on outside the hit, nor its quotation marks belong there."""
        return not any(self._meet(at) for at in hit) and not self._lies_between_quotes(hit)

    def mention(self, programme: str, hit: Hit) -> Mention:
        """The mention of a programme at a hit."""
        number, start, end = self._place(hit)
        text = self._paragraphs[number].original
        return Mention(programme, number, start, end, text[start:end], _sentence(text, (start, end)))

    def _meet(self, at: int) -> bool:
        """Whether the characters before and after a place are one ASCII word, with no white space between them."""
        pair = self.folded[max(at - 1, 0) : at + 1]
        if len(pair) < 2 or not pair.isascii() or not pair.isalnum():
            return False
        number, start, end = self._place((at - 1, at + 1))
        return not any(map(str.isspace, self._paragraphs[number].original[start:end]))

    def _lies_between_quotes(self, hit: Hit) -> bool:
        """Whether the quotation marks at the ends of a hit belong to the text around it."""
        # Folding makes “东城”两区“西城” read "东城"两区"西城": what closes there does not open.
        if self.folded[hit[0]] != '"' or self.folded[hit[1] - 1] != '"':
            return False
        number, start, end = self._place(hit)
        original = self._paragraphs[number].original
        return original[start] in _CLOSING and original[end - 1] in _OPENING

    def _place(self, hit: Hit) -> tuple[int, int, int]:
        """The number of the paragraph of a hit, and its start and end in the original text of it."""
        number = bisect_right(self._starts, hit[0]) - 1
        offset = self._starts[number]
        return number, *self._paragraphs[number].span(hit[0] - offset, hit[1] - offset)


def _spans(word: str, starts: Iterable[int]) -> Iterator[Hit]:
    """Where a word stands that starts at these places."""
    return ((start, start + len(word)) for start in starts)


def _rules_hold(folded: str, name: Name, hit: Hit) -> bool:
    """Whether the words that must stand near a hit do, and those that must not do not."""
    if not name.near and not name.not_near:
        return True
    first, last = _neighbourhood(folded, hit, name.within)
    if any(folded.find(word, first, last) >= 0 for word in name.not_near):
        return False
    return not name.near or any(folded.find(word, first, last) >= 0 for word in name.near)


def _neighbourhood(folded: str, hit: Hit, within: int | None) -> Hit:
    """What is near a hit: its sentence, or so many characters on either side within its paragraph."""
    if within is None:
        return _around(folded, hit)
    # A paragraph ends what is near, however many characters are left.
    floor, ceiling = max(hit[0] - within, 0), hit[1] + within
    first = max(folded.rfind("\n", floor, hit[0]) + 1, floor)
    last = folded.find("\n", hit[1], ceiling)
    return first, ceiling if last < 0 else last


def _longest(hits: Iterable[Hit]) -> list[Hit]:
    """The hits without those that overlap a longer one, in reading order."""
    taken: set[int] = set()
    chosen = []
    for start, end in sorted(hits, key=lambda hit: (hit[0] - hit[1], hit[0])):
        # Whatever was taken before is at least as long, so that it covers an end of this one or misses it.
        if start not in taken and end - 1 not in taken:
            taken.update(range(start, end))
            chosen.append((start, end))
    return sorted(chosen)


_STOPS = "。！？!?；;｡\n"
_CLOSING = "”’」』»〞）)》〉】]］"
_OPENING = "“‘「『«〝"
_STRAIGHT = "\"'"


def _around(text: str, hit: Hit) -> Hit:
    """From the end of the sentence before a hit to the end of its own; cut far from the hit."""
    floor, ceiling = max(hit[0] - LONGEST_CONTEXT, 0), min(hit[1] + LONGEST_CONTEXT, len(text))
    first = max(floor, *(text.rfind(stop, floor, hit[0]) + 1 for stop in _STOPS))
    stops = (text.find(stop, hit[1], ceiling) for stop in _STOPS)
    return first, min((at + 1 for at in stops if at >= 0), default=ceiling)


def _sentence(text: str, hit: Hit) -> str:
    """The sentence around a hit as it is read, closing quotation marks and repeated stops with it."""
    first, last = _around(text, hit)
    while first < hit[0] and _closes(text, first):
        first += 1
    while last < min(hit[1] + LONGEST_CONTEXT, len(text)) and (text[last] in _STOPS or _closes(text, last)):
        last += 1
    return text[first:last].strip()


def _closes(text: str, at: int) -> bool:
    """Whether the character closes a quotation or a bracket that was opened before."""
    mark = text[at]
    return mark in _CLOSING or (mark in _STRAIGHT and text.count(mark, 0, at) % 2 == 1)

"""Finds all programmes in an article at once: one pass to fold it, one pass of an automaton over it."""

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

FARTHEST = 300  # characters on either side of a hit that count as near, or as its sentence

_MOST_MENTIONS = 50  # of one programme in one article
_MOST_PLACES = 5000  # of one name that are looked at: a page that repeats it more often is no article


@dataclass(frozen=True, slots=True)
class Name:
    """What a programme is called, and which words must or must not stand near.

    Near is the same sentence, or `within` so many characters on either side (white space not counted).
    """

    text: str
    near: tuple[str, ...] = ()
    not_near: tuple[str, ...] = ()
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """A tracked policy programme; `parent` is the key of the plan that it belongs to."""

    key: str
    name: str
    parent: str | None
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a programme stands: paragraph 0 is the title, `quote` is its text[start:end], as printed."""

    programme: str
    paragraph: int
    start: int
    end: int
    quote: str
    sentence: str


_Places = dict[str, list[int]]  # where each name starts
_Hits = dict[str, list[Hit]]  # by programme


class Matcher:
    """Finds all programmes, those of `keys`, in an article at once; built once, used for many."""

    def __init__(self, programmes: Iterable[Programme]) -> None:
        self._names: dict[str, list[tuple[str, Name]]] = defaultdict(list)
        tracked = tuple(programmes)
        self.keys = frozenset(programme.key for programme in tracked)
        for programme in tracked:
            for name in map(_folded, programme.names):
                self._names[name.text].append((programme.key, name))
        self._automaton = _automaton(self._names)

    def mentions(self, content: Content) -> tuple[Mention, ...]:
        """Every mention in reading order; of one programme the first 50, and never one inside another."""
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
        hits: _Hits = defaultdict(list)
        for word, starts in self._places(text.folded).items():
            alone = [hit for hit in _spans(word, starts) if text.stands_alone(hit)]
            for key, name in self._names[word]:
                hits[key] += [hit for hit in alone if _rules_hold(text.folded, name, hit)]
        return {key: found for key, found in hits.items() if found}

    def _places(self, folded: str) -> _Places:
        places: _Places = defaultdict(list)
        if self._automaton is None:
            return places
        for last, word in self._automaton.iter(folded):
            starts = places[word]
            if len(starts) < _MOST_PLACES:
                starts.append(last - len(word) + 1)
        return places


def _folded(name: Name) -> Name:
    near, not_near = (tuple(fold(word).text for word in words) for words in (name.near, name.not_near))
    return Name(fold(name.text).text, near, not_near, name.within)


def _automaton(words: Collection[str]) -> Any:
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
        number, start, end = self._place(hit)
        text = self._paragraphs[number].original
        return Mention(programme, number, start, end, text[start:end], _sentence(text, (start, end)))

    def _meet(self, at: int) -> bool:
        pair = self.folded[max(at - 1, 0) : at + 1]
        if len(pair) < 2 or not pair.isascii() or not pair.isalnum():
            return False
        number, start, end = self._place((at - 1, at + 1))
        return not any(map(str.isspace, self._paragraphs[number].original[start:end]))

    def _lies_between_quotes(self, hit: Hit) -> bool:
        # Folding makes “东城”两区“西城” read "东城"两区"西城": what closes there does not open.
        if self.folded[hit[0]] != '"' or self.folded[hit[1] - 1] != '"':
            return False
        number, start, end = self._place(hit)
        original = self._paragraphs[number].original
        return original[start] in _CLOSING and original[end - 1] in _OPENING

    def _place(self, hit: Hit) -> tuple[int, int, int]:
        number = bisect_right(self._starts, hit[0]) - 1
        offset = self._starts[number]
        return number, *self._paragraphs[number].span(hit[0] - offset, hit[1] - offset)


def _spans(word: str, starts: Iterable[int]) -> Iterator[Hit]:
    return ((start, start + len(word)) for start in starts)


def _rules_hold(folded: str, name: Name, hit: Hit) -> bool:
    if not name.near and not name.not_near:
        return True
    first, last = _neighbourhood(folded, hit, name.within)
    if any(folded.find(word, first, last) >= 0 for word in name.not_near):
        return False
    return not name.near or any(folded.find(word, first, last) >= 0 for word in name.near)


def _neighbourhood(folded: str, hit: Hit, within: int | None) -> Hit:
    if within is None:
        return _around(folded, hit)
    # A paragraph ends what is near, however many characters are left.
    floor, ceiling = max(hit[0] - within, 0), hit[1] + within
    first = max(folded.rfind("\n", floor, hit[0]) + 1, floor)
    last = folded.find("\n", hit[1], ceiling)
    return first, ceiling if last < 0 else last


def _longest(hits: Iterable[Hit]) -> list[Hit]:
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
    floor, ceiling = max(hit[0] - FARTHEST, 0), min(hit[1] + FARTHEST, len(text))
    first = max(floor, *(text.rfind(stop, floor, hit[0]) + 1 for stop in _STOPS))
    stops = (text.find(stop, hit[1], ceiling) for stop in _STOPS)
    return first, min((at + 1 for at in stops if at >= 0), default=ceiling)


def _sentence(text: str, hit: Hit) -> str:
    """The sentence around a hit as it is read, closing quotation marks and repeated stops with it."""
    first, last = _around(text, hit)
    while first < hit[0] and _closes(text, first):
        first += 1
    while last < min(hit[1] + FARTHEST, len(text)) and (text[last] in _STOPS or _closes(text, last)):
        last += 1
    return text[first:last].strip()


def _closes(text: str, at: int) -> bool:
    mark = text[at]
    return mark in _CLOSING or (mark in _STRAIGHT and text.count(mark, 0, at) % 2 == 1)

"""Finds all mentions of programmes in an article, in one pass of an Aho-Corasick automaton.

Names and text are compared in folded form, see `tracking.text.fold`. Of overlapping names of one programme the longest
is the mention; mentions of different programmes may overlap. Positions are those of the original text.
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

#: Characters on either side of a hit that may count as near, or as its sentence.
LONGEST_CONTEXT = 300

# Mentions of one programme in one article; more of them tell a reader nothing new.
_MAX_MENTIONS = 50
# Hits of one name in one article; no real article repeats a name more often.
_MAX_HITS = 5000


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a programme, and the words that must or must not be near it."""

    #: The name itself.
    text: str
    #: Words of which at least one must be near; () when none has to be.
    near: tuple[str, ...] = ()
    #: Words of which none may be near.
    not_near: tuple[str, ...] = ()
    #: How many characters on either side count as near, white space not counted; None for the same sentence.
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """A tracked policy programme."""

    #: The identifier in files, on the command line and in the database.
    key: str
    #: The name for people.
    name: str
    #: The key of the programme that it is part of; None when it is part of none.
    parent: str | None
    #: All names by which articles may mention it.
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where an article mentions a programme."""

    #: The key of the programme.
    programme: str
    #: The number of the paragraph; 0 is the title.
    paragraph: int
    #: The offset of its first character in that paragraph.
    start: int
    #: The offset of the first character after it.
    end: int
    #: The mentioned name as the article writes it.
    quote: str
    #: The sentence around it.
    sentence: str


# By folded name: the offsets in the folded text at which it starts.
_Starts = dict[str, list[int]]
# By key of a programme: its hits.
_Hits = dict[str, list[Hit]]


class Matcher:
    """Finds the mentions of all programmes in an article; build it once and use it for many articles."""

    def __init__(self, programmes: Iterable[Programme]) -> None:
        """Build the automaton from the names of these programmes."""
        self._names: dict[str, list[tuple[str, Name]]] = defaultdict(list)
        tracked = tuple(programmes)
        #: The keys of the programmes.
        self.keys = frozenset(programme.key for programme in tracked)
        for programme in tracked:
            for name in map(_folded, programme.names):
                self._names[name.text].append((programme.key, name))
        self._automaton = _automaton(self._names)

    def mentions(self, content: Content) -> tuple[Mention, ...]:
        """The mentions in reading order; those of one programme do not overlap, and are 50 at most.

        Short forms that the article itself defines count as names.
        """
        text = _Text(content)
        hits = self._hits(text)
        if not hits:
            return ()
        for key, hit in list(short_forms(text.folded, hits)):
            if text.is_whole_word(hit):
                hits[key].append(hit)
        chosen = [(hit, key) for key, all_hits in hits.items() for hit in _longest(all_hits)[:_MAX_MENTIONS]]
        return tuple(text.mention(key, hit) for hit, key in sorted(chosen))

    def _hits(self, text: _Text) -> _Hits:
        """The hits of each programme whose names' rules hold."""
        hits: _Hits = defaultdict(list)
        for word, starts in self._starts(text.folded).items():
            whole_words = [hit for hit in _spans(word, starts) if text.is_whole_word(hit)]
            for key, name in self._names[word]:
                hits[key] += [hit for hit in whole_words if _rules_hold(text.folded, name, hit)]
        return {key: of_programme for key, of_programme in hits.items() if of_programme}

    def _starts(self, folded: str) -> _Starts:
        """Where each name starts in the folded text."""
        starts: _Starts = defaultdict(list)
        if self._automaton is None:
            return starts
        for last, word in self._automaton.iter(folded):
            if len(starts[word]) < _MAX_HITS:
                starts[word].append(last - len(word) + 1)
        return starts


def _folded(name: Name) -> Name:
    """The name with its text and its words folded."""
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
    """The folded text of an article, paragraphs separated by line ends, which folding removes within them."""

    def __init__(self, content: Content) -> None:
        self._paragraphs = [fold(text) for text in (content.title, *content.paragraphs)]
        self.folded = "\n".join(paragraph.text for paragraph in self._paragraphs)
        self._starts = [0, *accumulate(len(paragraph.text) + 1 for paragraph in self._paragraphs)]

    def is_whole_word(self, hit: Hit) -> bool:
        """Whether a hit neither cuts an ASCII word nor starts and ends with the marks of neighbouring quotations."""
        return not any(self._is_inside_word(at) for at in hit) and not self._is_between_quotations(hit)

    def mention(self, programme: str, hit: Hit) -> Mention:
        """The mention of a programme at a hit."""
        number, start, end = self._original_span(hit)
        text = self._paragraphs[number].original
        return Mention(programme, number, start, end, text[start:end], _sentence(text, (start, end)))

    def _is_inside_word(self, at: int) -> bool:
        """Whether the characters before and after an offset are in one ASCII word, without white space between them."""
        pair = self.folded[max(at - 1, 0) : at + 1]
        if len(pair) < 2 or not pair.isascii() or not pair.isalnum():
            return False
        number, start, end = self._original_span((at - 1, at + 1))
        return not any(map(str.isspace, self._paragraphs[number].original[start:end]))

    def _is_between_quotations(self, hit: Hit) -> bool:
        """Whether a hit starts with a closing and ends with an opening quotation mark."""
        # Folding turns “东城”两区“西城” into "东城"两区"西城", in which "两区" is no quotation.
        if self.folded[hit[0]] != '"' or self.folded[hit[1] - 1] != '"':
            return False
        number, start, end = self._original_span(hit)
        original = self._paragraphs[number].original
        return original[start] in _CLOSING and original[end - 1] in _OPENING

    def _original_span(self, hit: Hit) -> tuple[int, int, int]:
        """The number of the paragraph of a hit, and the start and end in the paragraph's original text."""
        number = bisect_right(self._starts, hit[0]) - 1
        offset = self._starts[number]
        return number, *self._paragraphs[number].span(hit[0] - offset, hit[1] - offset)


def _spans(word: str, starts: Iterable[int]) -> Iterator[Hit]:
    """The hits of a word that starts at these offsets."""
    return ((start, start + len(word)) for start in starts)


def _rules_hold(folded: str, name: Name, hit: Hit) -> bool:
    """Whether the `near` and `not_near` rules of a name hold for a hit."""
    if not name.near and not name.not_near:
        return True
    first, last = _neighbourhood(folded, hit, name.within)
    if any(folded.find(word, first, last) >= 0 for word in name.not_near):
        return False
    return not name.near or any(folded.find(word, first, last) >= 0 for word in name.near)


def _neighbourhood(folded: str, hit: Hit, within: int | None) -> Hit:
    """The span that is near a hit: its sentence, or `within` characters on either side inside its paragraph."""
    if within is None:
        return _around(folded, hit)
    floor, ceiling = max(hit[0] - within, 0), hit[1] + within
    first = max(folded.rfind("\n", floor, hit[0]) + 1, floor)
    last = folded.find("\n", hit[1], ceiling)
    return first, ceiling if last < 0 else last


def _longest(hits: Iterable[Hit]) -> list[Hit]:
    """The hits without those that overlap a longer one, in reading order."""
    taken: set[int] = set()
    chosen = []
    for start, end in sorted(hits, key=lambda hit: (hit[0] - hit[1], hit[0])):
        # Hits that were chosen before are at least as long, so one that overlaps this one covers an end of it.
        if start not in taken and end - 1 not in taken:
            taken.update(range(start, end))
            chosen.append((start, end))
    return sorted(chosen)


_STOPS = "。！？!?；;｡\n"
_CLOSING = "”’」』»〞）)》〉】]］"
_OPENING = "“‘「『«〝"
_STRAIGHT = "\"'"


def _around(text: str, hit: Hit) -> Hit:
    """The span of the sentence around a hit, up to 300 characters on either side of the hit."""
    floor, ceiling = max(hit[0] - LONGEST_CONTEXT, 0), min(hit[1] + LONGEST_CONTEXT, len(text))
    first = max(floor, *(text.rfind(stop, floor, hit[0]) + 1 for stop in _STOPS))
    stops = (text.find(stop, hit[1], ceiling) for stop in _STOPS)
    return first, min((at + 1 for at in stops if at >= 0), default=ceiling)


def _sentence(text: str, hit: Hit) -> str:
    """The sentence around a hit, including repeated stops and closing marks behind it."""
    first, last = _around(text, hit)
    while first < hit[0] and _closes(text, first):
        first += 1
    while last < min(hit[1] + LONGEST_CONTEXT, len(text)) and (text[last] in _STOPS or _closes(text, last)):
        last += 1
    return text[first:last].strip()


def _closes(text: str, at: int) -> bool:
    """Whether the character at an offset closes a quotation or a bracket."""
    mark = text[at]
    return mark in _CLOSING or (mark in _STRAIGHT and text.count(mark, 0, at) % 2 == 1)

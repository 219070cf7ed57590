"""Short forms that an article defines for itself: NAME（以下简称“X”）, X being a name from there on.

All positions are those of the folded text, see `tracking.text.fold`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

#: A place in the folded text of an article: its start, and the first character after it.
Hit = tuple[int, int]

_DEFINITION = re.compile(r"\([^()\n]{0,60}?(?:以下简称|以下统称|以下称|下称|简称)[为作]?:?([^()\n]{2,60})\)")
_QUOTED = re.compile(r'"([^"]+)"')
_BARE = re.compile(r'[^,;、。"]+')
# In characters. An aside stands between a title and the definition: 《…》（征求意见稿）（以下简称…）
_LONGEST_TITLE, _LONGEST_ASIDE = 200, 24
# The length of a short form, in characters.
_SHORTEST_FORM, _LONGEST_FORM = 2, 30
# An everyday word is a short form after these: 根据方案, but not 解决方案.
_LEADING = "据照按该本在从由对将"
# More than an honest article has.
_MOST_DEFINITIONS = 20
_MOST_PLACES = 5000


@dataclass(frozen=True, slots=True)
class _Antecedent:
    """What a bracket with a definition follows: a title that holds a name, or the name itself."""

    #: A name of it begins here at the earliest.
    first: int
    #: A name that ends here is the antecedent; in a title any name is.
    end: int
    #: As `end`, where quotation marks or an aside stand before the bracket.
    last: int
    #: Whether it is the title of a document in 《》.
    is_title: bool


def short_forms(folded: str, hits: Mapping[str, Sequence[Hit]]) -> Iterator[tuple[str, Hit]]:
    """Where else each programme stands, by the short forms that are defined after one of its `hits`.

    `hits` are the places of each programme by its key; the result is (key, place).
    """
    ordered = sorted((*hit, key) for key, found in hits.items() for hit in found)
    definitions = ((one, _antecedent(folded, one.start())) for one in _DEFINITION.finditer(folded))
    known = ((one, before, keys) for one, before in definitions if (keys := _keys(before, ordered)))
    for definition, antecedent, keys in islice(known, _MOST_DEFINITIONS):
        for hit in _occurrences(folded, definition, antecedent):
            yield from ((key, hit) for key in keys)


def _antecedent(folded: str, bracket: int) -> _Antecedent:
    """What the short form that a bracket defines is short for."""
    last = bracket
    if folded.endswith(")", 0, last):
        last = max(folded.rfind("(", max(last - _LONGEST_ASIDE, 0), last), 0)
    end = last
    while folded.endswith('"', 0, end):
        end -= 1
    if folded.endswith("》", 0, end):
        return _Antecedent(_title_start(folded, end), 0, last, True)
    return _Antecedent(max(end - _LONGEST_TITLE, 0), end, last, False)


def _title_start(folded: str, end: int) -> int:
    """Where the title in 《》 that ends at `end` begins; `end` when it does not."""
    depth = 0
    for at in range(end - 1, max(end - _LONGEST_TITLE, 0) - 1, -1):
        depth += (folded[at] == "》") - (folded[at] == "《")
        if depth == 0:
            return at
    return end


def _keys(antecedent: _Antecedent, ordered: Sequence[tuple[int, int, str]]) -> list[str]:
    """The keys of the programmes that a bracket follows."""
    around = ordered[bisect_left(ordered, (antecedent.first,)) : bisect_left(ordered, (antecedent.last,))]
    return sorted({key for _, end, key in around if antecedent.end <= end <= antecedent.last})


def _occurrences(folded: str, definition: re.Match[str], antecedent: _Antecedent) -> Iterator[Hit]:
    """Where the short forms of a definition stand after it."""
    for word in _words(definition.group(1)):
        # What is short for the title of a document is an everyday word: it must begin where a word begins.
        everyday = antecedent.is_title and not word.startswith("《")
        for start in _places(folded, word, definition.end()):
            if not (everyday and _continues(folded, start)):
                yield start, start + len(word)


def _words(definition: str) -> list[str]:
    """The short forms in a definition: those in quotation marks, or else the first words."""
    words = _QUOTED.findall(definition) or islice(_BARE.findall(definition), 1)
    return [word for word in words if _SHORTEST_FORM <= len(word.strip("《》")) <= _LONGEST_FORM]


def _places(folded: str, word: str, start: int) -> Iterator[int]:
    """Where a word stands from `start` on."""
    for _ in range(_MOST_PLACES):
        start = folded.find(word, start)
        if start < 0:
            return
        yield start
        start += len(word)


def _continues(folded: str, at: int) -> bool:
    """Whether a word that begins at a place is the end of a longer one."""
    before = folded[at - 1]
    return before.isalnum() and before not in _LEADING

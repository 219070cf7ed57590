"""Short forms that an article defines for itself: NAME（以下简称“X”）, X being a name from there on."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

Hit = tuple[int, int]  # start and end in the folded text of an article

_DEFINITION = re.compile(r"\([^()\n]{0,60}?(?:以下简称|以下统称|以下称|下称|简称)[为作]?:?([^()\n]{2,60})\)")
_QUOTED = re.compile(r'"([^"]+)"')
_BARE = re.compile(r'[^,;、。"]+')
_LONGEST_TITLE = 200
_LONGEST_ASIDE = 24  # 《…》（征求意见稿）（以下简称…）
# An everyday word is a short form after these: 根据方案, but not 解决方案.
_LEADING = "据照按该本在从由对将"
# More than an honest article has.
_MOST_DEFINITIONS = 20
_MOST_PLACES = 5000


@dataclass(frozen=True, slots=True)
class _Antecedent:
    """What a bracket follows: a title that holds a name, or else a name that ends at `end` or `last`."""

    first: int
    end: int
    last: int
    is_title: bool


def short_forms(folded: str, hits: Mapping[str, Sequence[Hit]]) -> Iterator[tuple[str, Hit]]:
    """Where else each programme stands, by the short forms defined after one of its `hits`."""
    ordered = sorted((*hit, key) for key, found in hits.items() for hit in found)
    definitions = ((one, _antecedent(folded, one.start())) for one in _DEFINITION.finditer(folded))
    known = ((one, before, keys) for one, before in definitions if (keys := _keys(before, ordered)))
    for definition, antecedent, keys in islice(known, _MOST_DEFINITIONS):
        for hit in _occurrences(folded, definition, antecedent):
            yield from ((key, hit) for key in keys)


def _antecedent(folded: str, bracket: int) -> _Antecedent:
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
    depth = 0
    for at in range(end - 1, max(end - _LONGEST_TITLE, 0) - 1, -1):
        depth += (folded[at] == "》") - (folded[at] == "《")
        if depth == 0:
            return at
    return end


def _keys(antecedent: _Antecedent, ordered: Sequence[tuple[int, int, str]]) -> list[str]:
    around = ordered[bisect_left(ordered, (antecedent.first,)) : bisect_left(ordered, (antecedent.last,))]
    return sorted({key for _, end, key in around if antecedent.end <= end <= antecedent.last})


def _occurrences(folded: str, definition: re.Match[str], antecedent: _Antecedent) -> Iterator[Hit]:
    for word in _words(definition.group(1)):
        # What is short for the title of a document is an everyday word: it must begin where a word begins.
        everyday = antecedent.is_title and not word.startswith("《")
        for start in _places(folded, word, definition.end()):
            if not (everyday and _continues(folded, start)):
                yield start, start + len(word)


def _words(said: str) -> list[str]:
    words = _QUOTED.findall(said) or islice(_BARE.findall(said), 1)
    return [word for word in words if 2 <= len(word.strip("《》")) <= 30]


def _places(folded: str, word: str, start: int) -> Iterator[int]:
    for _ in range(_MOST_PLACES):
        start = folded.find(word, start)
        if start < 0:
            return
        yield start
        start += len(word)


def _continues(folded: str, at: int) -> bool:
    before = folded[at - 1]
    return before.isalnum() and before not in _LEADING

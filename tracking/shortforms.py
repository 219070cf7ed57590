"""Short forms that an article defines: after NAME（以下简称“X”）, X is a name of the same programme in this article.

All positions are those of the folded text, see `tracking.text.fold`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

#: A span in the folded text of an article: the offsets of its first character, and of the first one after it.
Hit = tuple[int, int]

_DEFINITION = re.compile(r"\([^()\n]{0,60}?(?:以下简称|以下统称|以下称|下称|简称)[为作]?:?([^()\n]{2,60})\)")
_QUOTED = re.compile(r'"([^"]+)"')
_BARE = re.compile(r'[^,;、。"]+')
# Characters. A remark may be between a title and the definition: 《…》（征求意见稿）（以下简称…）
_LONGEST_TITLE, _LONGEST_REMARK = 200, 24
# Characters of a short form.
_SHORTEST_FORM, _LONGEST_FORM = 2, 30
# The short form of a title is often an everyday word, and the end of other words: 解决方案. It counts at the beginning
# of a word, or after one of these: 根据方案.
_WORDS_BEFORE = "据照按该本在从由对将"
# Definitions in an article, and occurrences of one short form; no real article has more.
_MAX_DEFINITIONS = 20
_MAX_OCCURRENCES = 5000


@dataclass(frozen=True, slots=True)
class _Antecedent:
    """Where the name that a definition shortens may be: before the bracket, or inside a title before the bracket."""

    #: The lowest offset at which the name may begin.
    first: int
    #: The lowest offset at which the name may end; 0 for a title, which may contain the name anywhere.
    end: int
    #: The highest offset at which the name may end: before the bracket, and before a remark in front of it.
    last: int
    #: Whether it is the title of a document in 《》.
    is_title: bool


def short_forms(folded: str, hits: Mapping[str, Sequence[Hit]]) -> Iterator[tuple[str, Hit]]:
    """The hits, as (key, hit), of short forms that the article defines for a programme.

    `hits` are those of each programme's names, by its key.
    """
    ordered = sorted((*hit, key) for key, of_programme in hits.items() for hit in of_programme)
    candidates = ((match, _antecedent(folded, match.start())) for match in _DEFINITION.finditer(folded))
    definitions = ((match, before, keys) for match, before in candidates if (keys := _keys(before, ordered)))
    for definition, antecedent, keys in islice(definitions, _MAX_DEFINITIONS):
        for hit in _occurrences(folded, definition, antecedent):
            yield from ((key, hit) for key in keys)


def _antecedent(folded: str, bracket: int) -> _Antecedent:
    """Where the name may be that the definition at offset `bracket` shortens."""
    last = bracket
    if folded.endswith(")", 0, last):
        last = max(folded.rfind("(", max(last - _LONGEST_REMARK, 0), last), 0)
    end = last
    while folded.endswith('"', 0, end):
        end -= 1
    if folded.endswith("》", 0, end):
        return _Antecedent(_title_start(folded, end), 0, last, True)
    return _Antecedent(max(end - _LONGEST_TITLE, 0), end, last, False)


def _title_start(folded: str, end: int) -> int:
    """The start of the title in 《》 that ends at `end`; `end` without one."""
    depth = 0
    for at in range(end - 1, max(end - _LONGEST_TITLE, 0) - 1, -1):
        depth += (folded[at] == "》") - (folded[at] == "《")
        if depth == 0:
            return at
    return end


def _keys(antecedent: _Antecedent, ordered: Sequence[tuple[int, int, str]]) -> list[str]:
    """The keys of the programmes that have a hit at the antecedent."""
    nearby = ordered[bisect_left(ordered, (antecedent.first,)) : bisect_left(ordered, (antecedent.last,))]
    return sorted({key for _, end, key in nearby if antecedent.end <= end <= antecedent.last})


def _occurrences(folded: str, definition: re.Match[str], antecedent: _Antecedent) -> Iterator[Hit]:
    """The hits of the short forms of a definition, in the text after it."""
    for word in _words(definition.group(1)):
        everyday = antecedent.is_title and not word.startswith("《")
        for start in _starts(folded, word, definition.end()):
            if not (everyday and _is_end_of_word(folded, start)):
                yield start, start + len(word)


def _words(definition: str) -> list[str]:
    """The short forms in a definition: those in quotation marks, or else the first words."""
    words = _QUOTED.findall(definition) or islice(_BARE.findall(definition), 1)
    return [word for word in words if _SHORTEST_FORM <= len(word.strip("《》")) <= _LONGEST_FORM]


def _starts(folded: str, word: str, start: int) -> Iterator[int]:
    """Where a word occurs at or after `start`."""
    for _ in range(_MAX_OCCURRENCES):
        start = folded.find(word, start)
        if start < 0:
            return
        yield start
        start += len(word)


def _is_end_of_word(folded: str, at: int) -> bool:
    """Whether what begins at an offset is the end of a longer word."""
    before = folded[at - 1]
    return before.isalnum() and before not in _WORDS_BEFORE

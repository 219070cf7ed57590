"""What an edit changed, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from tracking.article import Content
from tracking.text import shortened, squeeze

_SENTENCE = re.compile(r"[^。！？!?；;]*[。！？!?；;]+[”’」』\"')）】]*|[^。！？!?；;]+")
# Sentences: comparing takes time that grows with the square of their number.
_MOST_COMPARED = 400
# Characters of each side of a difference; the rest is cut off.
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that was edited; at most one of the two texts is empty."""

    #: The text before the edit; "" where text was only added.
    before: str
    #: The text after the edit; "" where text was only removed.
    after: str


def differences(old: Content, new: Content, most: int = 3) -> tuple[Difference, ...]:
    """The first `most` places in which two versions differ, in reading order.

    White space is ignored. More than 400 sentences that may differ count as one place.
    """
    former, present = _sentences(old), _sentences(new)
    first = _common_length(former, present)
    last = min(_common_length(former[::-1], present[::-1]), len(former) - first, len(present) - first)
    changed = former[first : len(former) - last], present[first : len(present) - last]
    return tuple(difference for difference, _ in zip(_places(*changed), range(most), strict=False))


def _sentences(content: Content) -> list[str]:
    """The title and the sentences of the text, in reading order."""
    return [content.title, *(part for text in content.paragraphs for part in _SENTENCE.findall(text) if part.strip())]


def _common_length(left: Sequence[str], right: Sequence[str]) -> int:
    """How many sentences are the same at the beginning of both versions."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (a, b) in pairs if squeeze(a) != squeeze(b)), min(len(left), len(right)))


def _places(former: Sequence[str], present: Sequence[str]) -> Iterator[Difference]:
    """The places in which two lists of sentences differ."""
    if max(len(former), len(present)) > _MOST_COMPARED:
        yield _difference(former, present)
        return
    matcher = SequenceMatcher(None, [*map(squeeze, former)], [*map(squeeze, present)], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "replace" and b - a == d - c:
            yield from (_difference([x], [y]) for x, y in zip(former[a:b], present[c:d], strict=True))
        elif kind != "equal":
            yield _difference(former[a:b], present[c:d])


def _difference(former: Sequence[str], present: Sequence[str]) -> Difference:
    """The difference between two runs of sentences."""
    before, after = (shortened("".join(sentences).strip(), _LONGEST) for sentences in (former, present))
    return Difference(before, after)

"""What an edit changed, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from tracking.article import Content
from tracking.text import squeeze

_SENTENCE = re.compile(r"[^。！？!?；;]*[。！？!?；;]+[”’」』\"')）】]*|[^。！？!?；;]+")
# Beyond this many sentences that differ, comparing them one by one takes too long.
_MOST_COMPARED = 400
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that was edited: what stood there and what stands there now; one of them may be empty."""

    before: str
    after: str


def differences(old: Content, new: Content, most: int = 3) -> tuple[Difference, ...]:
    """The first `most` places in which two versions differ, in reading order; white space is no difference."""
    former, present = _sentences(old), _sentences(new)
    first = _common(former, present)
    last = min(_common(former[::-1], present[::-1]), len(former) - first, len(present) - first)
    changed = former[first : len(former) - last], present[first : len(present) - last]
    return tuple(difference for difference, _ in zip(_places(*changed), range(most), strict=False))


def _sentences(content: Content) -> list[str]:
    return [content.title, *(part for text in content.paragraphs for part in _SENTENCE.findall(text) if part.strip())]


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (a, b) in pairs if squeeze(a) != squeeze(b)), min(len(left), len(right)))


def _places(former: Sequence[str], present: Sequence[str]) -> Iterator[Difference]:
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
    return Difference(_short("".join(former)), _short("".join(present)))


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

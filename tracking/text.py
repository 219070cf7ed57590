"""Normal forms of text: cleaned for storing, squeezed for comparing, folded for matching.

Texts that look the same to a reader have the same form: white space and invisible characters make no difference, and
for matching also width, traditional or simplified characters, case and quotation marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

# Characters that Unicode calls default ignorable, the empty braille cell, control characters, and halves of surrogate
# pairs, which no database accepts. Control characters that are white space are included; `_REMOVED` excludes them.
_INVISIBLE = (
    r"\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_EMOJI = r"\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"

_WHITE_SPACE = re.compile(r"\s+")
_ANY_INVISIBLE = re.compile(f"[{_INVISIBLE}]")
_REMOVED = re.compile(rf"(?:(?![\s\u200d\ufe0f])[{_INVISIBLE}])+")
# A variation selector (FE0F) and a joiner (200D) are part of the emoji before them; elsewhere they are removed,
# selectors first, since a joiner may follow one.
_LOOSE_SELECTOR = re.compile(rf"\ufe0f(?<![#*0-9©®‼⁉™ℹ{_EMOJI}]\ufe0f)")
_LOOSE_JOINER = re.compile(rf"\u200d(?:(?<![{_EMOJI}\ufe0f]\u200d)|(?![{_EMOJI}]))")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]")
_WHITE_SPACE_OR_INVISIBLE = re.compile(rf"[\s{_INVISIBLE}]+")


def clean(text: str) -> str:
    """A paragraph on one line: trimmed, each run of white space as one blank, no invisible characters."""
    return _WHITE_SPACE.sub(" ", _visible(text)).strip()


def clean_title(text: str) -> str:
    """A title on one line: trimmed, no invisible characters; white space inside it is unchanged, except line ends."""
    return _WHITE_SPACE.sub(_without_line_end, _visible(text)).strip()


def for_xml(text: str) -> str:
    """The text without the characters that XML does not allow."""
    return _NOT_XML.sub("", text)


def squeeze(text: str) -> str:
    """The text without white space and invisible characters, for comparing versions."""
    return _WHITE_SPACE_OR_INVISIBLE.sub("", text)


def _visible(text: str) -> str:
    """The text without invisible characters."""
    # Few texts have any; searching is four times faster than replacing.
    if _ANY_INVISIBLE.search(text) is None:
        return text
    return _LOOSE_JOINER.sub("", _LOOSE_SELECTOR.sub("", _REMOVED.sub("", text)))


def _without_line_end(white_space: re.Match[str]) -> str:
    """White space in a title: one blank when it contains a line end, otherwise unchanged."""
    return " " if _LINE_END.search(white_space.group()) else white_space.group()


@dataclass(frozen=True)
class Folded:
    """A text folded for matching; its positions can be mapped to the original."""

    #: The folded text.
    text: str
    #: The text before folding.
    original: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The shortest span in the original that was folded to `text[start:end]`, as (start, end)."""
        if len(self.text) == len(self.original):
            return start, end
        first = self._offsets[start]
        return (first, self._offsets[end - 1] + 1) if end > start else (first, first)

    @cached_property
    def _offsets(self) -> list[int]:
        """The offset in the original of each character of the folded text; the last item is the original's length."""
        # Folding replaces each character by one character or removes it.
        removed = _removed()
        offsets = [at for at, character in enumerate(self.original) if character not in removed]
        return [*offsets, len(self.original)]


def fold(text: str) -> Folded:
    """The text in one width, script, case and style of quotation marks, without white space or invisible characters.

    Each character is folded independently of its neighbours, so that a name is folded alike wherever it occurs.
    """
    return Folded(text.translate(_table()), text)


# Characters and those that are folded to them: quotation marks, middle dots, hyphens.
_MARKS = {
    '"': "'“”„‟‘’‚‛«»‹›「」『』〝〞〟❛❜❝❞❮❯",
    "·": "•‧∙⋅・⸱ꞏ",
    "-": "‐‑‒–−",
}
# Radicals that text copied from PDF files has instead of characters; Unicode has no decomposition for them.
_RADICALS = dict(
    zip(
        "⺎⺛⺝⺞⺠⺫⺭⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰",
        "兀旡月歺民目礻西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙",
        strict=True,
    )
)
# The ranges of characters with compatibility forms. opencc converts the unified ideographs.
_COMPATIBLE = (range(0x80, 0x3400), range(0xA000, 0xAC00), range(0xF900, 0x10000), range(0x1D400, 0x1D800))
_IDEOGRAPHS = (range(0x2E80, 0x2FE0), range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x323B0))
_SUPPLEMENT = range(0x2F800, 0x2FA20)
# Kinds of decomposition that change the meaning: ² is not 2, ① is not 1.
_CHANGES_MEANING = ("<super>", "<sub>", "<circle>")


class _Table(dict[int, int | None]):
    """A table for str.translate that keeps unknown characters; faster than the usual LookupError for each."""

    def __missing__(self, code: int) -> int:
        return code


@cache
def _table() -> _Table:
    """By code point: the code point that a character is folded to; None for removed characters."""
    steps = _replacements()
    common = (*range(0x80), *range(0x2000, 0xA000), *range(0xFF00, 0xFFF0))
    table = _Table((code, code) for code in common)
    table.update((ord(character), ord(_replaced(character, steps))) for character in steps)
    table.update((ord(character), None) for character in _removed())
    return table


@cache
def _removed() -> frozenset[str]:
    """The characters that folding removes: white space and invisible ones."""
    candidates = "".join(map(chr, (*range(0x10000), *range(0x1BC00, 0x1D200), *range(0xE0000, 0xE1000))))
    return frozenset("".join(_WHITE_SPACE_OR_INVISIBLE.findall(candidates)))


def _replaced(character: str, steps: dict[str, str]) -> str:
    """The character after replacing it again and again, until nothing changes or a replacement repeats."""
    seen = {character}
    while (following := steps.get(character, character)) not in seen:
        seen.add(following)
        character = following
    return character


def _replacements() -> dict[str, str]:
    """A replacement for each character that folding changes; it may have to be replaced again."""
    steps = {upper: upper.lower() for upper in map(chr, range(ord("A"), ord("Z") + 1))}
    steps.update(_simplified())
    steps.update(_plain_forms())
    steps.update(_RADICALS)
    steps.update((variant, mark) for mark, variants in _MARKS.items() for variant in variants)
    return steps


def _plain_forms() -> Iterator[tuple[str, str]]:
    """Characters with a compatibility form (full width, ligatures …), and the plain characters."""
    for character in _characters((*_COMPATIBLE, _SUPPLEMENT)):
        plain = unicodedata.normalize("NFKC", character)
        changes_meaning = unicodedata.decomposition(character).startswith(_CHANGES_MEANING)
        if len(plain) == 1 and plain != character and not changes_meaning:
            yield character, plain


def _simplified() -> Iterator[tuple[str, str]]:
    """Traditional characters, and their simplified forms."""
    from opencc import OpenCC  # slow to import, and needed only for matching

    # Separated by line ends, since the converter would convert phrases as a whole.
    characters = list(_characters(_IDEOGRAPHS))
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, converted, strict=True)
    return ((before, after) for before, after in pairs if before != after and len(after) == 1)


def _characters(ranges: Iterable[range]) -> Iterator[str]:
    """All characters in these ranges of code points."""
    return (chr(code) for codes in ranges for code in codes)


_TERMINAL_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


def one_line(text: str, most: int = 200) -> str:
    """Untrusted text on one line of at most `most` characters, without control characters that affect a terminal."""
    return shortened(_TERMINAL_CONTROLS.sub(" ", text).strip(), most)


def shortened(text: str, most: int) -> str:
    """The text, cut to at most `most` characters with … at the end when it is longer."""
    return text if len(text) <= most else text[: most - 1] + "…"

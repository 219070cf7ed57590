"""Text as a reader sees it: cleaned for storing, squeezed for comparing, folded for matching.

Whatever looks the same to a reader is the same here: white space, invisible characters and, for matching, width,
script, case and quotation marks make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

# What Unicode calls ignorable on screen, the empty braille cell, control characters, and the halves of
# surrogate pairs, which no database takes. Controls that are white space stand here too; `_GONE` spares them.
_UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_EMOJI = r"\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"

_BLANKS = re.compile(r"\s+")
_SUSPECT = re.compile(f"[{_UNSEEN}]")
_GONE = re.compile(rf"(?:(?![\s\u200d\ufe0f])[{_UNSEEN}])+")
# Two invisible characters, a colour selector and a joiner, belong to an emoji that they follow; elsewhere they are
# removed. Selectors go first, as a joiner may follow one.
_LOOSE_COLOUR = re.compile(rf"\ufe0f(?<![#*0-9©®‼⁉™ℹ{_EMOJI}]\ufe0f)")
_LOOSE_JOINER = re.compile(rf"\u200d(?:(?<![{_EMOJI}\ufe0f]\u200d)|(?![{_EMOJI}]))")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]")
_NOTHING = re.compile(rf"[\s{_UNSEEN}]+")


def clean(text: str) -> str:
    """A paragraph on one line: each run of white space one blank, trimmed, without invisible characters."""
    return _BLANKS.sub(" ", _visible(text)).strip()


def clean_title(text: str) -> str:
    """A title on one line: trimmed, without invisible characters; blanks inside it stay as they are."""
    return _BLANKS.sub(_one_blank, _visible(text)).strip()


def for_xml(text: str) -> str:
    """The text without the characters that XML cannot hold, and that its writers refuse."""
    return _NOT_XML.sub("", text)


def squeeze(text: str) -> str:
    """The text without white space and without anything invisible: what two versions are compared by."""
    return _NOTHING.sub("", text)


def _visible(text: str) -> str:
    """The text without characters that no reader sees."""
    # Nearly every text has nothing to remove; looking for that is four times cheaper than removing it.
    if _SUSPECT.search(text) is None:
        return text
    return _LOOSE_JOINER.sub("", _LOOSE_COLOUR.sub("", _GONE.sub("", text)))


def _one_blank(blanks: re.Match[str]) -> str:
    """White space in a title: one blank where a line ends, else as it is."""
    return " " if _LINE_END.search(blanks.group()) else blanks.group()


@dataclass(frozen=True)
class Folded:
    """A text in the one form for matching, and the way back to the original."""

    #: The folded text.
    text: str
    #: The text as it was.
    original: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the original of what `text[start:end]` was folded from; the shortest such place."""
        if len(self.text) == len(self.original):
            return start, end
        first = self._offsets[start]
        return (first, self._offsets[end - 1] + 1) if end > start else (first, first)

    @cached_property
    def _offsets(self) -> list[int]:
        """Where each character of the folded text stands in the original; at the end, its length."""
        # Characters are folded one by one, each to one character or to nothing.
        removed = _removed()
        places = [at for at, character in enumerate(self.original) if character not in removed]
        return [*places, len(self.original)]


def fold(text: str) -> Folded:
    """One form whatever the width, script, case and quotation marks; without anything blank or invisible.

    Each character is folded by itself, so that names and texts always agree and offsets lead back.
    """
    return Folded(text.translate(_table()), text)


# Every sort of quotation mark becomes ", every middle dot ·, every hyphen -.
_MARKS = {
    '"': "'“”„‟‘’‚‛«»‹›「」『』〝〞〟❛❜❝❞❮❯",
    "·": "•‧∙⋅・⸱ꞏ",
    "-": "‐‑‒–−",
}
# Radicals that stand for characters in text copied out of PDF files; Unicode gives these no decomposition.
_RADICALS = dict(
    zip(
        "⺎⺛⺝⺞⺠⺫⺭⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰",
        "兀旡月歺民目礻西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙",
        strict=True,
    )
)
# The ranges of characters that have another width or form; the unified ideographs are left to opencc.
_COMPATIBLE = (range(0x80, 0x3400), range(0xA000, 0xAC00), range(0xF900, 0x10000), range(0x1D400, 0x1D800))
_IDEOGRAPHS = (range(0x2E80, 0x2FE0), range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x323B0))
_SUPPLEMENT = range(0x2F800, 0x2FA20)
# Of the decompositions these say something else to a reader: ² is not 2, ① is not 1.
_OTHER_MEANING = ("<super>", "<sub>", "<circle>")


class _Table(dict[int, int | None]):
    """A table for str.translate; a character it does not know stays, without the cost of an exception."""

    def __missing__(self, code: int) -> int:
        return code


@cache
def _table() -> _Table:
    """What each character is folded to; None for those that are removed."""
    steps = _steps()
    common = (*range(0x80), *range(0x2000, 0xA000), *range(0xFF00, 0xFFF0))
    table = _Table((code, code) for code in common)
    table.update((ord(character), ord(_settled(character, steps))) for character in steps)
    table.update((ord(character), None) for character in _removed())
    return table


@cache
def _removed() -> frozenset[str]:
    """The characters that folding removes: white space, and what no reader sees."""
    candidates = "".join(map(chr, (*range(0x10000), *range(0x1BC00, 0x1D200), *range(0xE0000, 0xE1000))))
    return frozenset("".join(_NOTHING.findall(candidates)))


def _settled(character: str, steps: dict[str, str]) -> str:
    """What a character ends as when the steps are taken one after the other."""
    seen = {character}
    while (following := steps.get(character, character)) not in seen:
        seen.add(following)
        character = following
    return character


def _steps() -> dict[str, str]:
    """One step of folding for each character that it changes."""
    steps = {upper: upper.lower() for upper in map(chr, range(ord("A"), ord("Z") + 1))}
    steps.update(_simplified())
    steps.update(_narrow())
    steps.update(_RADICALS)
    steps.update((mark, one) for one, marks in _MARKS.items() for mark in marks)
    return steps


def _narrow() -> Iterator[tuple[str, str]]:
    """Characters of another width or form, and the plain ones that they stand for."""
    for character in _characters((*_COMPATIBLE, _SUPPLEMENT)):
        plain = unicodedata.normalize("NFKC", character)
        same = unicodedata.decomposition(character).startswith(_OTHER_MEANING)
        if len(plain) == 1 and plain != character and not same:
            yield character, plain


def _simplified() -> Iterator[tuple[str, str]]:
    """Traditional characters, and their simplified forms."""
    from opencc import OpenCC  # here, because it is only paid for when something is matched

    # Line ends keep the converter from seeing phrases, which it would change as a whole.
    characters = list(_characters(_IDEOGRAPHS))
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, converted, strict=True)
    return ((one, other) for one, other in pairs if one != other and len(other) == 1)


def _characters(ranges: Iterable[range]) -> Iterator[str]:
    """All characters of some ranges of code points."""
    return (chr(code) for codes in ranges for code in codes)


_TERMINAL_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


def one_line(text: str, most: int = 200) -> str:
    """Text from outside on one short line, without control characters that a terminal would obey."""
    line = _TERMINAL_CONTROLS.sub(" ", text).strip()
    return line if len(line) <= most else line[: most - 1] + "…"

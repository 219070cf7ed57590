"""Limits that keep hostile pages from costing a parser seconds and gigabytes."""

from __future__ import annotations

import re

# Parsing HTML is quadratic in three ways: elements that are never closed, formatting (<b>, <font>, …) that is
# opened again in each block after it was left open, and attributes of one tag. 47 KB can cost 2.6 GB and 7 s.
# Tags of a page; news pages have a twentieth of that.
_MOST_TAGS = 40_000
# Formatting elements that the parser may have to open again: those left open, times the tags.
_MOST_REOPENED = 1_000_000
# Characters of a tag up to which its attributes are not counted, and attributes of a longer tag: a tag may be long
# because of an embedded picture.
_LONGEST_TAG, _MOST_ATTRIBUTES = 16_384, 20_000
_FORMATTING_NAMES = ("b", "i", "s", "u", "em", "tt", "big", "code", "font", "small", "strike", "strong")
_BETWEEN_ATTRIBUTES = re.compile(r"[\s/\"']+")


def _any_case(name: str) -> str:
    """A pattern for a name in any case, twice as fast as re.IGNORECASE."""
    return "".join(f"[{letter}{letter.upper()}]" for letter in name)


# Testing the first letter first makes the pattern faster; it searches every page.
_FIRST = "".join(sorted({letter for name in _FORMATTING_NAMES for letter in (name[0], name[0].upper())}))
_FORMATTING = re.compile(rf"<(\\?/|)(?=[{_FIRST}])({'|'.join(map(_any_case, _FORMATTING_NAMES))})(?=[\s/>])")


def too_costly(source: str) -> str | None:
    """Why parsing this markup would cost too much time and memory, one phrase; None when it would not."""
    parts = source.split("<")
    if len(parts) > _MOST_TAGS:
        return f"{len(parts)} tags, more than a page of news has"
    # The worst case: half of the tags are left open, and the other half opens each of them again.
    if len(parts) ** 2 > 4 * _MOST_REOPENED and _most_left_open(source) * len(parts) > _MOST_REOPENED:
        return "too much formatting is left open"
    if max(map(len, parts)) <= _LONGEST_TAG:
        return None
    long_ones = (part for part in parts if len(part) > _LONGEST_TAG)
    if any(part[0].isalpha() and _attributes(part) > _MOST_ATTRIBUTES for part in long_ones):
        return "a tag with too many attributes"
    return None


def _most_left_open(source: str) -> int:
    """The largest number of formatting elements that are open at the same time."""
    open_by_name: dict[str, int] = {}
    open_now = most = 0
    for closing, name in _FORMATTING.findall(source):
        same = open_by_name.get(name.lower(), 0)
        change = (-1 if same else 0) if closing else 1
        open_by_name[name.lower()] = same + change
        open_now += change
        if open_now > most:
            most = open_now
    return most


def _attributes(part: str) -> int:
    """The largest number of attributes that a tag may have."""
    tag, _, _ = part.partition(">")
    return sum(1 for _ in _BETWEEN_ATTRIBUTES.finditer(tag))

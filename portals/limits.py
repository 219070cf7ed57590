"""What a page may cost a parser."""

from __future__ import annotations

import re

# Parsing HTML is quadratic in three ways: elements that are never closed, formatting (<b>, <font>, …) that is
# opened again in each block after it was left open, and attributes of one tag. 47 KB can cost 2.6 GB and 7 s.
# Tags of a page; pages of news have a twentieth of that.
_MOST_TAGS = 40_000
# Formatting elements that are opened again: those left open, times the tags.
_MOST_REOPENED = 1_000_000
# Characters of a tag whose attributes are not counted (a picture inside it may be long), and attributes of one.
_LONGEST_TAG, _MOST_ATTRIBUTES = 16_384, 20_000
_NAMES = ("b", "i", "s", "u", "em", "tt", "big", "code", "font", "small", "strike", "strong")
_BETWEEN_ATTRIBUTES = re.compile(r"[\s/\"']+")


def _any_case(name: str) -> str:
    """A pattern for a name in any case: spelled out it is twice as fast as re.IGNORECASE."""
    return "".join(f"[{letter}{letter.upper()}]" for letter in name)


# First letters are looked at first, for every page is searched.
_FIRST = "".join(sorted({letter for name in _NAMES for letter in (name[0], name[0].upper())}))
_FORMATTING = re.compile(rf"<(\\?/|)(?=[{_FIRST}])({'|'.join(map(_any_case, _NAMES))})(?=[\s/>])")


def too_costly(source: str) -> str | None:
    """Why parsing this markup would cost seconds and gigabytes; None for a page of news."""
    parts = source.split("<")
    if len(parts) > _MOST_TAGS:
        return f"{len(parts)} tags, more than a page of news has"
    # Half of the tags left open and the other half reopening them is the worst there can be.
    if len(parts) ** 2 > 4 * _MOST_REOPENED and _most_left_open(source) * len(parts) > _MOST_REOPENED:
        return "too much formatting is left open"
    if max(map(len, parts)) <= _LONGEST_TAG:
        return None
    long_ones = (part for part in parts if len(part) > _LONGEST_TAG)
    if any(part[0].isalpha() and _attributes(part) > _MOST_ATTRIBUTES for part in long_ones):
        return "a tag with too many attributes"
    return None


def _most_left_open(source: str) -> int:
    """How many formatting elements are open at once at most."""
    left: dict[str, int] = {}
    now = most = 0
    for closing, name in _FORMATTING.findall(source):
        same = left.get(name.lower(), 0)
        change = (-1 if same else 0) if closing else 1
        left[name.lower()] = same + change
        now += change
        if now > most:
            most = now
    return most


def _attributes(part: str) -> int:
    """How many attributes a tag may have, at most."""
    tag, _, _ = part.partition(">")
    return sum(1 for _ in _BETWEEN_ATTRIBUTES.finditer(tag))

"""What a page may cost a parser."""

from __future__ import annotations

import re
from collections import Counter

# Parsing HTML is quadratic in three ways: elements that are never closed, formatting (<b>, <font>, …) that is
# opened again in each block after it was left open, and attributes of one tag. 47 KB can cost 2.6 GB and 7 s.
_MOST_TAGS = 40_000
_MOST_REOPENED = 1_000_000
_LONGEST_TAG, _MOST_ATTRIBUTES = 16_384, 20_000
_FORMATTING = re.compile(r"<(/?)([bisu]|em|tt|big|code|font|small|strike|strong)(?=[\s/>])", re.IGNORECASE)
_BETWEEN_ATTRIBUTES = re.compile(r"[\s/\"']+")


def too_costly(source: str) -> str | None:
    """Why markup would cost a parser seconds and gigabytes; None for what pages of news are made of."""
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
    left, most = Counter[str](), 0
    for closing, name in _FORMATTING.findall(source):
        left[name.lower()] = max(0, left[name.lower()] + (-1 if closing else 1))
        most = max(most, left.total())
    return most


def _attributes(part: str) -> int:
    tag, _, _ = part.partition(">")
    return sum(1 for _ in _BETWEEN_ATTRIBUTES.finditer(tag))

"""Whether an imported article and a crawled one are the same: an imported file states no address and no key."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b

from tracking.article import Article
from tracking.text import squeeze

# Characters that the sample format replaces in titles, or in which two spellings of a title differ.
_UNSTABLE = re.compile(r"[:：/\\?*“”\"'‘’<>|\[\]_{}]")
# Portals and samples may round the same time differently.
_SAME_TIME = timedelta(minutes=1)
# Two texts are similar when this share of the n-grams of the shorter text, n in characters, is in the other.
_NGRAM_LENGTH, _SHARED_NGRAMS = 5, 0.8


def title_key(title: str) -> str:
    """A fingerprint, 32 hex digits, of a title without the characters that the sample format may replace."""
    return blake2b(_UNSTABLE.sub("", squeeze(title)).encode(), digest_size=16).hexdigest()


def same_article(left: Article, right: Article) -> bool:
    """Whether an imported article and a crawled one of the same portal agree in two of title, time and text."""
    same_title = title_key(left.content.title) == title_key(right.content.title)
    same_time = _is_same_time(left.published_at, right.published_at)
    if same_title and same_time:
        return True
    if not (same_title or same_time):
        return False
    return left.content.digest == right.content.digest or _is_similar(left.content.paragraphs, right.content.paragraphs)


def _is_same_time(left: datetime | None, right: datetime | None) -> bool:
    """Whether both times are known and at most a minute apart."""
    return left is not None and right is not None and abs(left - right) <= _SAME_TIME


def _is_similar(left: Iterable[str], right: Iterable[str]) -> bool:
    """Whether most of the shorter text is in the longer one, measured in n-grams of characters."""
    ngrams = [_ngrams(squeeze("".join(text))) for text in (left, right)]
    shorter = min(map(len, ngrams))
    return shorter > 0 and len(ngrams[0] & ngrams[1]) >= _SHARED_NGRAMS * shorter


def _ngrams(text: str) -> set[str]:
    """All n-grams of characters in a text."""
    return {text[i : i + _NGRAM_LENGTH] for i in range(len(text) - _NGRAM_LENGTH + 1)}

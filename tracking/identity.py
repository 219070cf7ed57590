"""Whether two articles are one: an imported file has no address by which to know it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b

from tracking.article import Article
from tracking.text import squeeze

# Characters that the sample form cannot keep in a title, or that two spellings of one title differ in.
_UNSTABLE = re.compile(r"[:：/\\?*“”\"'‘’<>|\[\]_{}]")
# Portals and samples may round the same time differently.
_SAME_TIME = timedelta(minutes=1)
# Two texts are alike when this share of the shorter one's runs, of so many characters, stands in the other.
_RUN_LENGTH, _SHARED_RUNS = 5, 0.8


def title_key(title: str) -> str:
    """A fingerprint, 32 hex digits, of what survives of a title in the sample form, to find an article by."""
    return blake2b(_UNSTABLE.sub("", squeeze(title)).encode(), digest_size=16).hexdigest()


def same_article(left: Article, right: Article) -> bool:
    """Whether an imported article and a crawled one of the same portal are one article.

    They are when two of title, time and text agree.
    """
    titles = title_key(left.content.title) == title_key(right.content.title)
    times = _close(left.published_at, right.published_at)
    if titles and times:
        return True
    if not (titles or times):
        return False
    return left.content.digest == right.content.digest or _alike(left.content.paragraphs, right.content.paragraphs)


def _close(left: datetime | None, right: datetime | None) -> bool:
    """Whether two times are known and agree."""
    return left is not None and right is not None and abs(left - right) <= _SAME_TIME


def _alike(left: Iterable[str], right: Iterable[str]) -> bool:
    """Whether most of the shorter text stands in the longer one, measured in runs of characters."""
    runs = [_runs(squeeze("".join(text))) for text in (left, right)]
    shorter = min(map(len, runs))
    return shorter > 0 and len(runs[0] & runs[1]) >= _SHARED_RUNS * shorter


def _runs(text: str) -> set[str]:
    """All runs of characters in a text."""
    return {text[i : i + _RUN_LENGTH] for i in range(len(text) - _RUN_LENGTH + 1)}

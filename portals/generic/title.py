"""The title of an article, from headings and metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from portals.generic.outline import Outline
from tracking.text import clean_title

_DECLARED = ("og:title", "articletitle", "twitter:title", "dc.title", "headline", "title")
# Selectors of headings, the most reliable first.
_HEADINGS = ("h1", "h2", "h3", ':is([class*="tit" i],[id*="tit" i],[class*="headline" i])')
# Headings of one selector that are read, and headings that are compared letter by letter, which is slow.
_MAX_HEADINGS, _MAX_COMPARED = 60, 10
# Characters of a title, and letters and digits in it.
_LONGEST, _SHORTEST = 150, 4
# The share of a title in metadata that a heading must have, and the similarity of two forms of one title, 0 to 1.
_MIN_COVERED, _MIN_SIMILARITY = 0.5, 0.6

# Separators before names of channel and site: those that are only separators, and those that titles also contain.
_STRONG = re.compile(r"_+|[|｜]|\s+[-–—]+\s*|--+")
_WEAK = re.compile("[-–—丨·]")
_NAMES_A_SITE = re.compile(
    r"网|新闻|财经|频道|在线|[日晚早时]报|周刊|杂志|客户端|资讯|门户|政府|委员会|首页|要闻|中国|[部局委厅办]$|\.com|\.cn"
    r"|[A-Za-z]{3}"
)
_NO_NAME = re.compile("[，。！？：；、“”]")
# Characters of the name of a channel or site, and of a whole text that may be such a name.
_LONGEST_NAME, _LONGEST_SITE = 30, 10
_NO_WORD = re.compile(r"[\W_]+")


def comparison_key(text: str) -> str:
    """The letters and digits of a text in lower case, by which titles are compared."""
    return _NO_WORD.sub("", text).lower()


def agreed_title(outline: Outline) -> str | None:
    """The title in which a heading and the metadata agree; None when they do not."""
    declared, shown = _declared(outline), headings(outline)
    first_parts = {comparison_key(part) for text in declared for part in _STRONG.split(text)[:1]}
    agreeing = (
        [heading for heading in shown if _agrees(heading, [without_site(text) for text in declared])],
        [heading for heading in shown if comparison_key(heading) in first_parts],
        [heading for heading in shown if _agrees(heading, declared) and not _is_site(heading, declared)],
    )
    for agreed in filter(None, agreeing):
        return max(agreed, key=lambda heading: len(comparison_key(heading)))
    return next((heading for heading in shown[:_MAX_COMPARED] if _is_similar(heading, declared)), None)


def likely_title(outline: Outline) -> str | None:
    """The most frequent title in the metadata, or else the first heading, but not a site's name; None without one."""
    titles = [title for text in _declared(outline) if _is_title(title := without_site(text))]
    keys = [comparison_key(title) for title in titles]
    shown = (heading for heading in headings(outline) if _is_title(heading))
    return max(titles, key=lambda title: keys.count(comparison_key(title)), default=next(shown, None))


def headings(outline: Outline) -> list[str]:
    """The texts of headings, each once, the most reliable first."""
    return list(dict.fromkeys(text for css in _HEADINGS for text in _texts(outline, css)))


def without_site(text: str) -> str:
    """A title of the metadata without the names of channel and site after it."""
    for separator in (_STRONG, _WEAK):
        while (cut := _last(separator, text)) is not None and _names_a_site(cut):
            text = text[: cut.start()].strip()
    return text


def _declared(outline: Outline) -> list[str]:
    """The titles in the metadata, the most reliable first."""
    metas = (outline.metadata.metas(name)[:1] for name in _DECLARED)
    return [text[:_LONGEST] for texts in (*metas, outline.metadata.titles[:1]) for text in texts]


def _texts(outline: Outline, css: str) -> Iterator[str]:
    """The texts of the headings of this selector that are neither too long nor too short for a title."""
    for number in outline.select(css)[:_MAX_HEADINGS]:
        text = clean_title(outline.visible_text(number))
        if len(text) <= _LONGEST and len(comparison_key(text)) >= _SHORTEST:
            yield text


def _agrees(heading: str, declared: Sequence[str]) -> bool:
    """Whether a heading is a title of the metadata, or most of one."""
    key = comparison_key(heading)
    return any(
        key in comparison_key(text) and len(key) >= _MIN_COVERED * len(comparison_key(without_site(text)))
        for text in declared
    )


def _is_site(heading: str, declared: Sequence[str]) -> bool:
    """Whether a heading is a name that `without_site` removes."""
    return any(comparison_key(heading) in comparison_key(text.removeprefix(without_site(text))) for text in declared)


def _is_similar(heading: str, declared: Sequence[str]) -> bool:
    """Whether a heading differs little from a title of the metadata: in a few words, or because one is shortened."""
    key, others = comparison_key(heading), [comparison_key(without_site(text)) for text in declared]
    return any(
        len(other) >= _SHORTEST
        and (key.startswith(other) or SequenceMatcher(None, key, other).ratio() >= _MIN_SIMILARITY)
        for other in others
    )


def _is_title(text: str) -> bool:
    """Whether a text is long enough for a title, and is not the name of a site."""
    short = len(comparison_key(text)) < _LONGEST_SITE
    return len(comparison_key(text)) >= _SHORTEST and not (short and _NAMES_A_SITE.search(text))


def _last(separator: re.Pattern[str], text: str) -> re.Match[str] | None:
    return max(separator.finditer(text), key=lambda match: match.start(), default=None)


def _names_a_site(cut: re.Match[str]) -> bool:
    """Whether the text after a separator is a name, and the text before it long enough for a title."""
    head, tail = cut.string[: cut.start()], cut.string[cut.end() :]
    if len(tail.strip()) > _LONGEST_NAME or _NO_NAME.search(tail) or len(comparison_key(head)) < _SHORTEST:
        return False
    return _NAMES_A_SITE.search(tail) is not None or (
        cut.re is _STRONG and len(comparison_key(tail)) <= len(comparison_key(head))
    )

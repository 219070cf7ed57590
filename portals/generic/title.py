"""The title of a page: what a heading shows and the page says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from portals.generic.outline import Outline
from tracking.text import clean_title

_DECLARED = ("og:title", "articletitle", "twitter:title", "dc.title", "headline", "title")
# In the order in which they are believed when they show the same.
_HEADINGS = ("h1", "h2", "h3", ':is([class*="tit" i],[id*="tit" i],[class*="headline" i])')
# Headings of one kind that are looked at, and of those that are compared letter by letter, which is slow.
_MOST_HEADINGS, _MOST_COMPARED = 60, 10
# Characters of a title.
_LONGEST, _SHORTEST = 150, 4
# The part of a declared title that a heading must show, and how alike two forms of one title are, from 0 to 1.
_LEAST_COVERED, _ALIKE = 0.5, 0.6

_STRONG = re.compile(r"_+|[|｜]|\s+[-–—]+\s*|--+")
_WEAK = re.compile("[-–—丨·]")
_NAMES_A_SITE = re.compile(
    r"网|新闻|财经|频道|在线|[日晚早时]报|周刊|杂志|客户端|资讯|门户|政府|委员会|首页|要闻|中国|[部局委厅办]$|\.com|\.cn"
    r"|[A-Za-z]{3}"
)
_NO_NAME = re.compile("[，。！？：；、“”]")
# Characters: of what may be the name of a channel or site, and of a whole text that may be one.
_LONGEST_NAME, _LONGEST_SITE = 30, 10
_NO_WORD = re.compile(r"[\W_]+")


def comparison_key(text: str) -> str:
    """What two forms of one title have in common."""
    return _NO_WORD.sub("", text).lower()


def agreed_title(outline: Outline) -> str | None:
    """The title that a heading shows and the page declares; None without such."""
    declared, shown = _declared(outline), headings(outline)
    begun = {comparison_key(part) for text in declared for part in _STRONG.split(text)[:1]}
    agreeing = (
        [heading for heading in shown if _agrees(heading, [without_site(text) for text in declared])],
        [heading for heading in shown if comparison_key(heading) in begun],
        [heading for heading in shown if _agrees(heading, declared) and not _is_site(heading, declared)],
    )
    for agreed in filter(None, agreeing):
        return max(agreed, key=lambda heading: len(comparison_key(heading)))
    return next((heading for heading in shown[:_MOST_COMPARED] if _is_alike(heading, declared)), None)


def likely_title(outline: Outline) -> str | None:
    """The title that the page declares, most often if in several forms, or else shows; never the site's name."""
    titles = [title for text in _declared(outline) if _is_title(title := without_site(text))]
    keys = [comparison_key(title) for title in titles]
    shown = (heading for heading in headings(outline) if _is_title(heading))
    return max(titles, key=lambda title: keys.count(comparison_key(title)), default=next(shown, None))


def headings(outline: Outline) -> list[str]:
    """The texts that stand as headings, each once."""
    return list(dict.fromkeys(text for css in _HEADINGS for text in _texts(outline, css)))


def without_site(text: str) -> str:
    """A declared title without the names of channel and site behind it."""
    for separator in (_STRONG, _WEAK):
        while (cut := _last(separator, text)) is not None and _names_a_site(cut):
            text = text[: cut.start()].strip()
    return text


def _declared(outline: Outline) -> list[str]:
    """The titles that the page declares, in the order in which they are believed."""
    metas = (outline.metadata.metas(name)[:1] for name in _DECLARED)
    return [text[:_LONGEST] for texts in (*metas, outline.metadata.titles[:1]) for text in texts]


def _texts(outline: Outline, css: str) -> Iterator[str]:
    """The texts of the headings that a selector matches, neither too long nor too short for a title."""
    for number in outline.select(css)[:_MOST_HEADINGS]:
        text = clean_title(outline.visible_text(number))
        if len(text) <= _LONGEST and len(comparison_key(text)) >= _SHORTEST:
            yield text


def _agrees(heading: str, declared: Sequence[str]) -> bool:
    """Whether a heading is what the page declares, or most of it."""
    key = comparison_key(heading)
    return any(
        key in comparison_key(text) and len(key) >= _LEAST_COVERED * len(comparison_key(without_site(text)))
        for text in declared
    )


def _is_site(heading: str, declared: Sequence[str]) -> bool:
    """Whether a heading shows a name that was cut off."""
    return any(comparison_key(heading) in comparison_key(text.removeprefix(without_site(text))) for text in declared)


def _is_alike(heading: str, declared: Sequence[str]) -> bool:
    """Whether a heading differs from a declared title in a few words: it was changed, or the other one shortened."""
    key, others = comparison_key(heading), [comparison_key(without_site(text)) for text in declared]
    return any(
        len(other) >= _SHORTEST and (key.startswith(other) or SequenceMatcher(None, key, other).ratio() >= _ALIKE)
        for other in others
    )


def _is_title(text: str) -> bool:
    """Whether a text is long enough for a title and does not just name a site."""
    short = len(comparison_key(text)) < _LONGEST_SITE
    return len(comparison_key(text)) >= _SHORTEST and not (short and _NAMES_A_SITE.search(text))


def _last(separator: re.Pattern[str], text: str) -> re.Match[str] | None:
    return max(separator.finditer(text), key=lambda found: found.start(), default=None)


def _names_a_site(cut: re.Match[str]) -> bool:
    """Whether what follows a separator is a name, and what precedes it a title."""
    head, tail = cut.string[: cut.start()], cut.string[cut.end() :]
    if len(tail.strip()) > _LONGEST_NAME or _NO_NAME.search(tail) or len(comparison_key(head)) < _SHORTEST:
        return False
    return _NAMES_A_SITE.search(tail) is not None or (
        cut.re is _STRONG and len(comparison_key(tail)) <= len(comparison_key(head))
    )

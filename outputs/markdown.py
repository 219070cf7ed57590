"""Events as a Markdown digest: by programme, with the articles and sentences that mention it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from outputs.digest import (
    Digest,
    changes,
    digests,
    event_text,
    facts,
    is_mention,
    portal_line,
    programme_name,
    summary,
    title,
)
from outputs.plain import safe
from tracking.events import Entry, Kind, PortalState

# Punctuation that Markdown interprets anywhere in a line, at its beginning, and in the address of a link.
_MARKUP = re.compile(r"[\\`*_\[\]<>&~|#!$@^{}]|(?<=www)\.|:(?=//)", re.IGNORECASE)
_BEGINNING = re.compile(r"^(\d*)([-+=.):])")
_IN_ADDRESS = re.compile(r"[ <>()\[\]\\`\"'{}|^]|&(?=#?\w+;)")

_Sections = dict[str | None, list[tuple[Entry, ...]]]


def render(entries: Iterable[Entry], states: Sequence[PortalState]) -> Iterator[str]:
    """Lines of Markdown about the entries, by programme; the last ones tell what may have been missed."""
    has_news = False
    yield "# What is new"
    for digest in digests(entries):
        has_news = True
        yield from _digest(digest)
    yield from _ending(has_news, states)


def escaped(text: str) -> str:
    """Untrusted text escaped, so that Markdown shows it literally, on one line."""
    plain = _MARKUP.sub(lambda found: "\\" + found.group(), safe(text))
    return _BEGINNING.sub(r"\1\\\2", plain)


def _digest(digest: Digest) -> Iterator[str]:
    """The sections of one digest."""
    for name, articles in _by_programme(digest.articles).items():
        yield from ("", f"## {'Other changes' if name is None else escaped(name)}")
        for article in articles:
            yield from _article(article)
    if digest.portals:
        yield from ("", "## Portals", "", *(f"- {escaped(portal_line(entry))}" for entry in digest.portals))


def _by_programme(articles: Iterable[tuple[Entry, ...]]) -> _Sections:
    """The articles by the names of the programmes of their entries; None for articles without a programme."""
    sections: _Sections = {}
    others: list[tuple[Entry, ...]] = []
    for entries in articles:
        names = dict.fromkeys(programme_name(entry) for entry in entries if is_mention(entry))
        for name in names:
            of_programme = tuple(e for e in entries if not is_mention(e) or programme_name(e) == name)
            sections.setdefault(name, []).append(of_programme)
        if not names:
            others.append(entries)
    return sections | ({None: others} if others else {})


def _article(entries: Sequence[Entry]) -> Iterator[str]:
    """An article's entries, under a heading with its title."""
    last = entries[-1]
    phrases = [event_text(entry) for entry in entries if not is_mention(entry)]
    yield from ("", f"### {_linked(title(entries), last.url)}", "")
    yield escaped(" · ".join([facts(last), *phrases]))
    for before, after in (pair for entry in entries for pair in changes(entry)):
        yield from ("", f"- was: {escaped(before) or '(nothing)'}", f"- now: {escaped(after) or '(gone)'}")
    for entry in filter(is_mention, entries):
        yield from _mention(entry)


def _mention(entry: Entry) -> Iterator[str]:
    """The sentence of a new mention, or a line for a dropped one."""
    if entry.kind is Kind.MENTION_DROPPED:
        yield from ("", f"*No longer mentions {escaped(programme_name(entry))}.*")
    if entry.sentence:
        yield from ("", f"> {escaped(entry.sentence)}")


def _linked(text: str, url: str | None) -> str:
    """A text as a link; without a web address the text alone."""
    if url is None or not url.startswith(("https://", "http://")):
        return escaped(text)
    return f"[{escaped(text)}]({_IN_ADDRESS.sub(_percent, safe(url, len(url)))})"


def _percent(found: re.Match[str]) -> str:
    """A character of an address, encoded so that no Markdown parser interprets it."""
    return "&amp;" if found.group() == "&" else f"%{ord(found.group()):02X}"


def _ending(has_news: bool, states: Sequence[PortalState]) -> Iterator[str]:
    """The summary at the end of the report."""
    ending = summary(has_news, states)
    yield from ("", f"*{escaped(ending.headline)}*", "")
    yield from (f"- {escaped(item)}" for item in ending.items)

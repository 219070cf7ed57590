"""Events and articles as plain lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from outputs.digest import changes, digests, event_text, facts, portal_line, summary, title
from outputs.plain import beijing_time, safe
from tracking.events import Entry, PortalState

if TYPE_CHECKING:
    from tracking.article import Article, StoredArticle, VersionInfo

_INDENT = "    "


def render(entries: Iterable[Entry], states: Sequence[PortalState]) -> Iterator[str]:
    """Lines about the entries, grouped by article; the last ones tell what may have been missed."""
    has_news = False
    for digest in digests(entries):
        has_news = True
        for article in digest.articles:
            yield from (*_article(article), "")
        if digest.portals:
            yield from ("Portals", *(_INDENT + portal_line(entry) for entry in digest.portals), "")
    yield from _ending(has_news, states)


def show_text(stored: StoredArticle) -> str:
    """A stored article: title, facts, programmes, versions, text."""
    article = stored.article
    paragraphs = (safe(paragraph, len(paragraph)) for paragraph in article.content.paragraphs)
    lines = (
        safe(article.content.title),
        *(_INDENT + fact for fact in _facts(stored)),
        "",
        *_separated(paragraphs),
    )
    return "\n".join(lines).rstrip("\n")


def read_text(article: Article, *, portal: str | None, url: str | None) -> list[str]:
    """The article read from one page, field by field; `portal` is None when general rules read it."""
    at = article.published_at
    fields = {
        "portal": "none, read by general rules" if portal is None else portal,
        "key": article.key or None,
        "url": url,
        "title": article.content.title,
        "author": article.author,
        "published_at": None if at is None else f"{beijing_time(at)} Beijing time",
    }
    lines = [f"{name + ':':<13} {'-' if value is None else safe(value, len(value))}" for name, value in fields.items()]
    return [*lines, "", *_separated(safe(paragraph, len(paragraph)) for paragraph in article.content.paragraphs)][:-1]


def _article(entries: Sequence[Entry]) -> Iterator[str]:
    """An article's entries, with its title and facts."""
    last = entries[-1]
    yield title(entries)
    yield _INDENT + facts(last)
    if last.url is not None:
        yield _INDENT + safe(last.url)
    for entry in entries:
        yield _INDENT + _line(entry)
        yield from (_INDENT * 2 + line for line in _changes(entry))


def _changes(entry: Entry) -> Iterator[str]:
    """The texts before and after an edit."""
    for before, after in changes(entry):
        yield f"was: {before}" if before else "was: (nothing)"
        yield f"now: {after}" if after else "now: (gone)"


def _line(entry: Entry) -> str:
    """An entry on one line, with its sentence if it has one."""
    sentence = f": {safe(entry.sentence)}" if entry.sentence else ""
    return event_text(entry) + sentence


def _ending(has_news: bool, states: Sequence[PortalState]) -> Iterator[str]:
    """The summary at the end of the report."""
    ending = summary(has_news, states)
    yield ending.headline
    yield from (_INDENT + item for item in ending.items)


def _facts(stored: StoredArticle) -> Iterator[str]:
    """The facts of a stored article."""
    article, categories = stored.article, stored.article.categories
    yield f"article {stored.id} · {safe(article.portal)} · {safe(article.key)} · {safe(stored.state)}"
    yield " · ".join(map(safe, (categories.section, categories.site, categories.channel)))
    if article.url is not None:
        yield safe(article.url)
    if article.author is not None:
        yield f"author: {safe(article.author)}"
    if article.published_at is not None:
        yield f"published: {beijing_time(article.published_at)} Beijing time"
    names = ", ".join(f"{safe(name)} ({safe(key)})" for key, name in stored.programmes)
    yield f"programmes: {names}" if names else "programmes: none"
    yield from map(_version, stored.versions)


def _version(version: VersionInfo) -> str:
    """One version in the history of an article."""
    technical = " (read anew by our own rules, no edit)" if version.technical else ""
    return f"version {version.number}: seen {beijing_time(version.seen_at)} Beijing time{technical}"


def _separated(paragraphs: Iterable[str]) -> Iterator[str]:
    """Each paragraph with an empty line after it."""
    for paragraph in paragraphs:
        yield from (paragraph, "")

"""What a look at one list and one article of a portal shows, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from outputs.plain import beijing_time, safe
from tracking.article import Article, Listing

_WIDTH = 10


@dataclass(frozen=True, slots=True)
class Checkup:
    """A look at a portal. `problems` are why a list, rows of it, or the article could not be read."""

    portal: str
    site: str
    list_: str
    listed: int
    listing: Listing | None
    article: Article | None
    problems: tuple[str, ...]
    guesses: tuple[str, ...]

    @property
    def reads(self) -> bool:
        """Whether a list and an article of it can be read, with all that an article needs."""
        return not self.problems and self.article is not None and _missing(self) == []


def render(found: Checkup) -> Iterator[str]:
    """Lines for a terminal."""
    yield f"{safe(found.portal)}  {safe(found.site)}: {'reads' if found.reads else 'DOES NOT READ'}"
    for name, said in _fields(found):
        yield f"    {name:<{_WIDTH}}{said}"


def _fields(found: Checkup) -> Iterator[tuple[str, str]]:
    yield "list", f"{safe(found.list_)}: {_count(found.listed, 'article')}"
    if found.listing is not None:
        yield "address", safe(found.listing.url)
    if found.article is not None:
        yield from _article(found.article, found.listing)
    yield from (("problem", safe(problem, 500)) for problem in found.problems)
    yield from (("problem", f"{name} does not read") for name in _missing(found))
    yield from (("guess", f"{safe(guess)}: nobody has seen such a page yet") for guess in found.guesses)


def _article(article: Article, listing: Listing | None) -> Iterator[tuple[str, str]]:
    yield "title", safe(article.content.title) + _compared(article, listing)
    yield "time", _time(article.published_at) + ("" if listing is None else f" (list: {_time(listing.published_at)})")
    yield "author", "-" if article.author is None else safe(article.author)
    yield "picture", "-" if article.image is None else safe(article.image)
    paragraphs = article.content.paragraphs
    yield "text", f"{_count(len(paragraphs), 'paragraph')}, {_count(sum(map(len, paragraphs)), 'character')}"
    for name, place in (("first", 0), ("last", -1)):
        yield from ((name, safe(text, 100)) for text in paragraphs[place:][:1])


def _compared(article: Article, listing: Listing | None) -> str:
    listed = "" if listing is None else listing.title
    return f" (list: {safe(listed)})" if listed not in ("", article.content.title) else ""


def _missing(found: Checkup) -> list[str]:
    if found.article is None:
        return []
    content = found.article.content
    there = {
        "title": bool(content.title),
        "time": found.article.published_at is not None,
        "text": bool(content.paragraphs) or found.article.image is not None,
    }
    return [name for name, is_there in there.items() if not is_there]


def _time(at: datetime | None) -> str:
    return "-" if at is None else beijing_time(at)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"

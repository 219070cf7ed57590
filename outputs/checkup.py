"""What was read of one list and one article of a portal, field by field, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from outputs.plain import beijing_time, safe
from tracking.article import Article, Listing

_WIDTH = 10


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was read of one list and one article of a portal."""

    #: The name of the portal.
    portal: str
    #: The site's name for readers.
    site: str
    #: The list that was read.
    list_: str
    #: How many articles it shows.
    listed: int
    #: The row of the article that was read; None when no row was.
    listing: Listing | None
    #: The article; None when it could not be read.
    article: Article | None
    #: Why the list, rows of it, or the article could not be read, one line each.
    problems: tuple[str, ...]
    #: What the rules of the portal assume and nobody has seen on a page yet.
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
    """The lines of a checkup, as (name, text)."""
    yield "list", f"{safe(found.list_)}: {_count(found.listed, 'article')}"
    if found.listing is not None:
        yield "address", safe(found.listing.url)
    if found.article is not None:
        yield from _article(found.article, found.listing)
    yield from (("problem", safe(problem, 500)) for problem in found.problems)
    yield from (("problem", f"{name} does not read") for name in _missing(found))
    yield from (("guess", f"{safe(guess)}: nobody has seen such a page yet") for guess in found.guesses)


def _article(article: Article, listing: Listing | None) -> Iterator[tuple[str, str]]:
    """The lines about an article."""
    yield "title", safe(article.content.title) + _compared(article, listing)
    yield "time", _time(article.published_at) + ("" if listing is None else f" (list: {_time(listing.published_at)})")
    yield "author", "-" if article.author is None else safe(article.author)
    yield "picture", "-" if article.image is None else safe(article.image)
    paragraphs = article.content.paragraphs
    yield "text", f"{_count(len(paragraphs), 'paragraph')}, {_count(sum(map(len, paragraphs)), 'character')}"
    for name, place in (("first", 0), ("last", -1)):
        yield from ((name, safe(text, 100)) for text in paragraphs[place:][:1])


def _compared(article: Article, listing: Listing | None) -> str:
    """The title of the list, where it is another one."""
    listed = "" if listing is None else listing.title
    return f" (list: {safe(listed)})" if listed not in ("", article.content.title) else ""


def _missing(found: Checkup) -> list[str]:
    """What an article needs and does not have."""
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
    """A time in Beijing, or a dash."""
    return "-" if at is None else beijing_time(at)


def _count(number: int, thing: str) -> str:
    """A number with its noun."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"

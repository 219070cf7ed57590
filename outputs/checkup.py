"""Shows what was read from one list and one article of a portal, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from outputs.plain import beijing_time, safe
from tracking.article import Article, Listing

# Characters of the column with the names of fields.
_NAME_WIDTH = 10


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was read from one list and one article of a portal, to see whether its rules still work."""

    #: The name of the portal.
    portal: str
    #: The site's name for people.
    site: str
    #: The list that was read.
    list_: str
    #: How many articles the list shows.
    listed: int
    #: The row of the list that led to the article; None when no row could be read.
    listing: Listing | None
    #: The article; None when it could not be read.
    article: Article | None
    #: Why the list, rows of it, or the article could not be read, one line each.
    problems: tuple[str, ...]
    #: What the portal's rules assume, but nobody has seen on a page yet.
    guesses: tuple[str, ...]

    @property
    def reads(self) -> bool:
        """Whether the list and an article can be read, and the article has a title, a time and a body."""
        return not self.problems and self.article is not None and _missing(self) == []


def render(checkup: Checkup) -> Iterator[str]:
    """Lines for a terminal."""
    yield f"{safe(checkup.portal)}  {safe(checkup.site)}: {'reads' if checkup.reads else 'DOES NOT READ'}"
    for name, text in _fields(checkup):
        yield f"    {name:<{_NAME_WIDTH}}{text}"


def _fields(checkup: Checkup) -> Iterator[tuple[str, str]]:
    """The fields of a checkup, as (name, text)."""
    yield "list", f"{safe(checkup.list_)}: {_count(checkup.listed, 'article')}"
    if checkup.listing is not None:
        yield "address", safe(checkup.listing.url)
    if checkup.article is not None:
        yield from _article(checkup.article, checkup.listing)
    yield from (("problem", safe(problem, 500)) for problem in checkup.problems)
    yield from (("problem", f"{name} does not read") for name in _missing(checkup))
    yield from (("guess", f"{safe(guess)}: nobody has seen such a page yet") for guess in checkup.guesses)


def _article(article: Article, listing: Listing | None) -> Iterator[tuple[str, str]]:
    """The fields of an article, as (name, text)."""
    yield "title", safe(article.content.title) + _title_in_list(article, listing)
    yield "time", _time(article.published_at) + ("" if listing is None else f" (list: {_time(listing.published_at)})")
    yield "author", "-" if article.author is None else safe(article.author)
    yield "picture", "-" if article.image is None else safe(article.image)
    paragraphs = article.content.paragraphs
    yield "text", f"{_count(len(paragraphs), 'paragraph')}, {_count(sum(map(len, paragraphs)), 'character')}"
    for name, index in (("first", 0), ("last", -1)):
        yield from ((name, safe(text, 100)) for text in paragraphs[index:][:1])


def _title_in_list(article: Article, listing: Listing | None) -> str:
    """The title in the list, in brackets; "" where it is the same, or unknown."""
    listed = "" if listing is None else listing.title
    return f" (list: {safe(listed)})" if listed not in ("", article.content.title) else ""


def _missing(checkup: Checkup) -> list[str]:
    """The names of required fields that the article does not have."""
    if checkup.article is None:
        return []
    content = checkup.article.content
    present = {
        "title": bool(content.title),
        "time": checkup.article.published_at is not None,
        "text": bool(content.paragraphs) or checkup.article.image is not None,
    }
    return [name for name, is_present in present.items() if not is_present]


def _time(at: datetime | None) -> str:
    """A time as Beijing time; a dash for None."""
    return "-" if at is None else beijing_time(at)


def _count(number: int, thing: str) -> str:
    """A number with its noun in singular or plural."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"

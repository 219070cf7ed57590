"""What is to be fetched next: the interface that the spider uses, and a frontier for crawls that store nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from crawler.visit import Visit
from tracking.article import Listing
from tracking.errors import PolicywatchError
from tracking.observation import FailureKind, Observation


@dataclass(frozen=True, slots=True)
class NextSteps:
    """What a crawl is to fetch after a list page."""

    #: The articles of the page that are to be read.
    waiting: tuple[Listing, ...]
    #: Whether the next page of the list may show articles that are unknown.
    go_on: bool


class Frontier(Protocol):
    """Knows what earlier crawls found, and so what this one has to fetch."""

    def add_page(self, list_: str, number: int, listings: Sequence[Listing], *, ended: bool) -> NextSteps:
        """Add the rows of page `number` (from 1) of a list; `ended` says that no page follows."""
        ...

    def fail_list(self, list_: str, reason: str, failure_kind: FailureKind) -> None:
        """Note that a list could not be read: the reason, one line, and its kind."""
        ...

    def waiting(self) -> Iterable[Listing]:
        """The articles that earlier crawls found in a list and did not read yet."""
        ...

    def due(self) -> Iterable[Visit]:
        """The stored articles that are to be fetched again."""
        ...


@dataclass(frozen=True, slots=True)
class CrawlSession:
    """What one crawl of a portal works with."""

    #: What is to be fetched.
    frontier: Frontier
    #: Takes each observation of an article.
    put: Callable[[Observation], None]
    #: When the crawl begins, aware UTC.
    at: datetime
    #: The lists that are read, as the portal states them.
    lists: tuple[str, ...] = ()


class SessionRefused(PolicywatchError):
    """A crawl cannot begin; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class ListProblem:
    """Why a list could not be read."""

    #: The list, as the portal states it.
    list_: str
    #: What went wrong, one line.
    reason: str
    #: Of which kind that is.
    failure_kind: FailureKind


@dataclass(slots=True)
class MemoryFrontier:
    """The frontier of a crawl that stores nothing; what it found is in its fields."""

    #: The articles that are read without looking at a list.
    to_read: tuple[Listing, ...] = ()
    #: Articles that are read at most of each list page; only the first page of a list is fetched.
    max_articles: int = 0
    #: The rows that the lists showed.
    listed: list[Listing] = field(default_factory=list)
    #: The lists that could not be read.
    problems: list[ListProblem] = field(default_factory=list)
    #: The observations of articles, in the order in which they were made.
    observations: list[Observation] = field(default_factory=list)

    def add_page(self, list_: str, number: int, listings: Sequence[Listing], *, ended: bool) -> NextSteps:
        self.listed += listings
        return NextSteps(tuple(listings[: self.max_articles]), go_on=False)

    def fail_list(self, list_: str, reason: str, failure_kind: FailureKind) -> None:
        self.problems.append(ListProblem(list_, reason, failure_kind))

    def waiting(self) -> Iterable[Listing]:
        return self.to_read

    def due(self) -> Iterable[Visit]:
        return ()

    def session(self, at: datetime, lists: tuple[str, ...] = ()) -> CrawlSession:
        """A session that begins at `at` (aware UTC), reads these lists, and collects what it finds in this frontier."""
        return CrawlSession(self, self.observations.append, at, lists)

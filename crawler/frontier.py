"""What is to be fetched next: the interface that the spider knows, and a frontier in memory for single looks."""

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
    """What is to be done after a list page."""

    #: The articles of the page that are to be read.
    waiting: tuple[Listing, ...]
    #: Whether the next page of the list may show articles that are unknown.
    go_on: bool


class Frontier(Protocol):
    """Knows what earlier crawls found, and so what this one has to fetch."""

    def add_page(self, list_: str, number: int, listings: Sequence[Listing], *, ended: bool) -> NextSteps:
        """Take the rows of page `number` (from 1) of a list; `ended` says that no page follows."""
        ...

    def fail_list(self, list_: str, reason: str, failure_kind: FailureKind) -> None:
        """Take note that a list could not be read."""
        ...

    def waiting(self) -> Iterable[Listing]:
        """The articles that earlier crawls found in a list and did not read yet."""
        ...

    def due(self) -> Iterable[Visit]:
        """The visits to stored articles that are to be looked at again."""
        ...


@dataclass(frozen=True, slots=True)
class CrawlSession:
    """What one crawl of a portal works with."""

    frontier: Frontier
    #: Takes what was seen of an article.
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

    list_: str
    reason: str
    failure_kind: FailureKind


@dataclass(slots=True)
class MemoryFrontier:
    """Wants the articles `wanted`, or the first few (`first`) that a list shows; remembers nothing afterwards."""

    wanted: tuple[Listing, ...] = ()
    first: int = 0
    #: The rows that the lists showed.
    shown: list[Listing] = field(default_factory=list)
    problems: list[ListProblem] = field(default_factory=list)
    #: What was seen of articles, in the order in which it was seen.
    observations: list[Observation] = field(default_factory=list)

    def add_page(self, list_: str, number: int, listings: Sequence[Listing], *, ended: bool) -> NextSteps:
        self.shown += listings
        return NextSteps(tuple(listings[: self.first]), go_on=False)

    def fail_list(self, list_: str, reason: str, failure_kind: FailureKind) -> None:
        self.problems.append(ListProblem(list_, reason, failure_kind))

    def waiting(self) -> Iterable[Listing]:
        return self.wanted

    def due(self) -> Iterable[Visit]:
        return ()

    def session(self, at: datetime, lists: tuple[str, ...] = ()) -> CrawlSession:
        """A crawl that looks at these lists, and keeps what it sees here."""
        return CrawlSession(self, self.observations.append, at, lists)

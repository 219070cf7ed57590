"""The memory of a look at a few pages, after which nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crawler.visits import Remembered, Visit
from tracking.article import Listing
from tracking.sightings import Sighting, Trouble


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a list could not be read."""

    list_: str
    reason: str
    trouble: Trouble


@dataclass(slots=True)
class Notebook:
    """Wants these articles, or the first few that a list shows; keeps what was seen and what went wrong."""

    wanted: tuple[Listing, ...] = ()
    first: int = 0
    shown: list[Listing] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)

    def put(self, sighting: Sighting) -> None:
        """Keep what was seen."""
        self.sightings.append(sighting)

    def remember(self, list_: str, number: int, listings: Sequence[Listing], *, ended: bool) -> Remembered:
        """Keep the rows; the first few are to be read."""
        self.shown += listings
        return Remembered(tuple(listings[: self.first]), go_on=False)

    def fail_list(self, list_: str, reason: str, trouble: Trouble) -> None:
        """Keep why a list could not be read."""
        self.problems.append(Problem(list_, reason, trouble))

    def waiting(self) -> Iterable[Listing]:
        return self.wanted

    def due(self) -> Iterable[Visit]:
        return ()

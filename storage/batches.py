"""Observations grouped for recording: by portal, and by their kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tracking.changes import KnownArticle
from tracking.observation import Failed, Gone, Observation, Seen, Unchanged


@dataclass(slots=True)
class Batch:
    """The observations of one portal, by the key of the article; of two of the same kind the later one counts."""

    #: The name of the portal.
    portal: str
    #: The articles that were read.
    seen: dict[str, Seen] = field(default_factory=dict)
    #: Those that are unchanged, as their server says.
    unchanged: dict[str, Unchanged] = field(default_factory=dict)
    #: Those whose pages were not found.
    gone: dict[str, Gone] = field(default_factory=dict)
    #: Those that could not be read.
    failed: dict[str, Failed] = field(default_factory=dict)

    @property
    def checked(self) -> set[str]:
        """The keys of the articles that were read, are unchanged, or are gone."""
        return {*self.seen, *self.unchanged, *self.gone}

    def put(self, observation: Observation) -> None:
        """Add an observation of this portal; an inline article does not replace one that was read from its own page."""
        match observation:
            case Seen():
                before = self.seen.get(observation.key)
                if before is None or before.inline or not observation.inline:
                    self.seen[observation.key] = observation
            case Unchanged():
                self.unchanged[observation.key] = observation
            case Gone():
                self.gone[observation.key] = observation
            case Failed():
                self.failed[observation.key] = observation

    def prefer_pages(self, known: Mapping[str, KnownArticle]) -> None:
        """Drop inline articles that are stored as they were read from their own page.

        Lists and feeds word an article differently, which would look like an edit.
        """
        inline = (key for key, seen in self.seen.items() if seen.inline and key in known and not known[key].inline)
        for key in list(inline):
            del self.seen[key]


def by_portal(observations: Iterable[Observation]) -> list[Batch]:
    """The observations as one batch for each portal, in the order in which the portals appear."""
    batches: dict[str, Batch] = {}
    for observation in observations:
        batches.setdefault(observation.portal, Batch(observation.portal)).put(observation)
    return list(batches.values())

"""A look at portals as they are today: one list and one article of each; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from crawler.frontier import MemoryFrontier
from outputs.checkup import Checkup
from policywatch.app.fetch import look_at_lists
from policywatch.config import Config
from portals.portal import Portal
from tracking.observation import Failed, Gone, Seen


async def examine(portal: Portal, config: Config, at: datetime) -> Checkup:
    """What the portal's first list and the first article of it say today."""
    return _checkup(portal, await look_at_lists(portal, portal.lists[:1], config, at), at)


def _checkup(portal: Portal, frontier: MemoryFrontier, at: datetime) -> Checkup:
    articles = (observation.article for observation in frontier.observations if isinstance(observation, Seen))
    article = next(articles, None)
    key = article.key if article else next((row.key for row in frontier.shown), None)
    return Checkup(
        portal=portal.name,
        site=portal.categories.site,
        list_=next((portal.list_address(list_, 1, at) for list_ in portal.lists), "-"),
        listed=len(frontier.shown),
        listing=next((row for row in frontier.shown if row.key == key), None),
        article=article,
        problems=tuple(_problems(frontier)),
        guesses=portal.guesses,
    )


def _problems(frontier: MemoryFrontier) -> Iterator[str]:
    for problem in frontier.problems:
        yield f"{problem.failure_kind}: {problem.reason}"
    for observation in frontier.observations:
        match observation:
            case Failed():
                yield f"{observation.failure_kind}: {observation.reason}"
            case Gone():
                yield f"{observation.url}: HTTP {observation.status}, though the list shows it"
    if not frontier.problems and not frontier.observations:
        yield "the list shows no article of this portal"

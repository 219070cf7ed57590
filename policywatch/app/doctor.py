"""Checks whether a portal can be read today: fetches one list and one article of it, and stores nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from crawler.frontier import MemoryFrontier
from outputs.checkup import Checkup
from policywatch.app.fetch import fetch_lists
from policywatch.config import Config
from portals.portal import Portal
from tracking.observation import Failed, Gone, Seen


async def examine(portal: Portal, config: Config, at: datetime) -> Checkup:
    """Fetch the first list of a portal and the first article of it, at `at` (aware UTC), and say what was read."""
    return _checkup(portal, await fetch_lists(portal, portal.lists[:1], config, at), at)


def _checkup(portal: Portal, frontier: MemoryFrontier, at: datetime) -> Checkup:
    articles = (observation.article for observation in frontier.observations if isinstance(observation, Seen))
    article = next(articles, None)
    key = article.key if article else next((row.key for row in frontier.listed), None)
    return Checkup(
        portal=portal.name,
        site=portal.categories.site,
        list_=next((portal.list_address(list_, 1, at) for list_ in portal.lists), "-"),
        listed=len(frontier.listed),
        listing=next((row for row in frontier.listed if row.key == key), None),
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

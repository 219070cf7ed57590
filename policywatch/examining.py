"""A look at portals as they are today: one list and one article of each; nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from crawler.notebook import Notebook
from crawler.portal import Portal
from outputs.checkup import Checkup
from policywatch.config import Config
from policywatch.fetching import look
from tracking.sightings import Failed, Gone, Seen


async def examine(portal: type[Portal], config: Config, at: datetime) -> Checkup:
    """What the portal's first list and the first article of it say today."""
    notebook = Notebook(first=1)
    first = type(portal.__name__, (portal,), {"lists": portal.lists[:1], "former_lists": ()})
    await look(first, notebook, config, at)
    return _checkup(portal, notebook)


def _checkup(portal: type[Portal], notebook: Notebook) -> Checkup:
    seen = [sighting for sighting in notebook.sightings if isinstance(sighting, Seen)]
    article = next((sighting.article for sighting in seen), None)
    key = article.key if article else next((row.key for row in notebook.shown), None)
    return Checkup(
        portal=portal.name,
        site=portal.categories.site,
        list_=next(iter(portal.lists), "-").format(page=1),
        listed=len(notebook.shown),
        listing=next((row for row in notebook.shown if row.key == key), None),
        article=article,
        problems=tuple(_problems(notebook)),
        guesses=portal.guesses,
    )


def _problems(notebook: Notebook) -> Iterator[str]:
    for problem in notebook.problems:
        yield f"{problem.trouble}: {problem.reason}"
    for sighting in notebook.sightings:
        match sighting:
            case Failed():
                yield f"{sighting.trouble}: {sighting.reason}"
            case Gone():
                yield f"{sighting.url}: HTTP {sighting.status}, though the list shows it"
    if not notebook.problems and not notebook.sightings:
        yield "the list shows no article of this portal"

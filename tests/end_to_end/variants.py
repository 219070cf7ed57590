"""Run as a program: crawls every portal whose lists are named on stdin, and prints how each of them ended.

A portal is crawled with the lists of its fixtures instead of its own, one page each; everything else is as it is.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

from crawler.database_frontier import Recheck
from crawler.reactor import run_in_reactor
from policywatch.app.crawl import Run
from policywatch.app.portal_crawl import CrawlSetup, Listeners
from policywatch.app.portals import all_portals
from policywatch.config import load
from portals.page import Page
from portals.portal import ListPosition, Portal
from storage.database import open_database
from tracking.outcome import Outcome

AT = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


class _OnePage(Portal):
    """Lists that have one page."""

    def list_address(self, list_: str, number: int, at: datetime | None) -> str:
        return list_

    def next_address(self, position: ListPosition, page: Page) -> str | None:
        return None


def variant(portal: Portal, lists: list[str]) -> Portal:
    """The portal with these lists."""
    kind = type(portal)
    made: type[Portal] = type(kind.__name__, (_OnePage, kind), {"lists": tuple(lists), "former_lists": ()})
    return made()


async def crawl(wanted: dict[str, list[str]]) -> list[dict[str, Any]]:
    """How the crawl of each portal ended."""
    settings, known = load(), all_portals()
    chosen = [variant(known[name], lists) for name, lists in wanted.items()]
    heard: dict[str, list[str]] = {}
    listeners = Listeners(lambda name, reason: heard.setdefault(name, []).append(reason), lambda name, tally: None)
    database = open_database(settings.database.url)
    setup = CrawlSetup(database, (), settings.crawler, listeners, Recheck.ALL, clock=lambda: AT)
    outcomes = await Run(setup).crawl(chosen)
    return [_facts(outcome, heard.get(outcome.portal, [])) for outcome in outcomes]


def _facts(outcome: Outcome, heard: list[str]) -> dict[str, Any]:
    tally = outcome.tally
    return {
        "portal": outcome.portal,
        "state": outcome.state,
        "failure_kind": outcome.failure_kind,
        "listed": outcome.listed,
        "new": tally.new,
        "edited": tally.edited,
        "gone": tally.gone,
        "failed": tally.failed,
        "heard": heard,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run_in_reactor(lambda: crawl(json.load(sys.stdin)))))

"""Run as a program: crawls every portal whose lists are named on stdin, and prints how each of them ended.

A portal is crawled with the lists of its fixtures instead of its own, one page each; everything else is as it is.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

from crawler.extensions import Recheck
from crawler.page import Page
from crawler.portal import Portal
from crawler.reactor import run_in_reactor
from policywatch.config import load
from policywatch.crawling import Crawling, Listeners, Run
from policywatch.registry import portals
from storage.database import open_database
from storage.runs import Outcome

AT = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


class _OnePage(Portal):
    """Lists that have one page."""

    def list_address(self, list_: str, number: int) -> str:
        return list_

    def next_address(self, list_: str, number: int, page: Page) -> str | None:
        return None


def variant(portal: type[Portal], lists: list[str]) -> type[Portal]:
    """The portal with these lists."""
    return type(portal.__name__, (_OnePage, portal), {"lists": tuple(lists), "former_lists": ()})


async def crawl(wanted: dict[str, list[str]]) -> list[dict[str, Any]]:
    """How the crawl of each portal ended."""
    settings, known = load(), portals()
    chosen = [variant(known[name], lists) for name, lists in wanted.items()]
    heard: dict[str, list[str]] = {}
    listeners = Listeners(lambda name, reason: heard.setdefault(name, []).append(reason), lambda name, tally: None)
    database = open_database(settings.database.url)
    crawling = Crawling(database, (), settings.crawler, listeners, Recheck.ALL, clock=lambda: AT)
    outcomes = await Run(crawling).crawl(chosen)
    return [_told(outcome, heard.get(outcome.portal, [])) for outcome in outcomes]


def _told(outcome: Outcome, heard: list[str]) -> dict[str, Any]:
    tally = outcome.tally
    return {
        "portal": outcome.portal,
        "state": outcome.state,
        "trouble": outcome.trouble,
        "listed": outcome.listed,
        "new": tally.new,
        "edited": tally.edited,
        "gone": tally.gone,
        "failed": tally.failed,
        "heard": heard,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run_in_reactor(lambda: crawl(json.load(sys.stdin)))))

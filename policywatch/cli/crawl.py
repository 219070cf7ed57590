"""`policywatch crawl`: one run now, with progress on a terminal and a summary at the end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from policywatch import config
from policywatch.cli.common import chosen_portals, columns, opened, tracked

if TYPE_CHECKING:
    from crawler.portal import Portal
    from policywatch.crawling import Crawling
    from storage.runs import Outcome


@click.command("crawl")
@click.argument("portals", nargs=-1)
@click.option(
    "--recheck",
    type=click.Choice(["due", "all", "none"]),
    default="due",
    help="Which stored articles are looked at again: those that are due (default), all, or none.",
)
@click.option("--verbose", is_flag=True, help="Show what Scrapy says, too.")
def command(portals: tuple[str, ...], recheck: str, verbose: bool) -> None:
    """Crawl now: all portals, or those named."""
    from crawler.extensions import Recheck
    from policywatch.cli.logs import log
    from policywatch.cli.progress import progress
    from policywatch.crawling import Crawling

    settings = config.load()
    _check_hosts(settings.crawler)
    chosen = chosen_portals(portals, settings)
    log(verbose=verbose)
    database, catalogue = opened(settings), tracked(settings)
    with progress([portal.name for portal in chosen]) as listeners:
        crawling = Crawling(
            database, catalogue.programmes, settings.crawler, listeners, Recheck(recheck), portals=settings.portals
        )
        outcomes = _crawled(crawling, chosen)
    for line in _summary(outcomes):
        click.echo(line)
    sys.exit(0 if all(map(_went_well, outcomes)) and not catalogue.problems else 1)


def _check_hosts(crawler: config.CrawlerConfig) -> None:
    from crawler.guard import Hosts

    try:
        Hosts(crawler.allow_hosts)
    except ValueError as error:
        raise config.ConfigProblem(f"crawler.allow_hosts: {error}") from error


def _crawled(crawling: Crawling, chosen: Sequence[type[Portal]]) -> list[Outcome]:
    from crawler.reactor import run_in_reactor
    from policywatch.crawling import Run, stopping_on_signals

    async def work() -> list[Outcome]:
        run = Run(crawling)
        with stopping_on_signals(run):
            return await run.crawl(chosen)

    outcomes: list[Outcome] = run_in_reactor(work)
    return outcomes


def _went_well(outcome: Outcome) -> bool:
    return outcome.state == "done" and outcome.tally.failed == 0


def _summary(outcomes: Sequence[Outcome]) -> list[str]:
    head = ("portal", "state", "listed", "new", "edited", "unchanged", "gone", "failed")
    rows = [
        (
            o.portal,
            o.state,
            o.listed,
            o.tally.new,
            o.tally.edited,
            o.tally.unchanged,
            o.tally.gone,
            o.tally.failed,
        )
        for o in outcomes
    ]
    notes = [f"{o.portal}: possible gap of {o.gap_hours:g} hours" for o in outcomes if o.gap_hours is not None]
    return [*columns([head, *rows]), *notes]

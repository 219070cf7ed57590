"""`policywatch crawl`: one run now, with progress on a terminal and a summary at the end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policywatch import config
from policywatch.app.clock import now
from policywatch.cli.common import chosen_portals, columns, configured_database, tracked_programmes
from policywatch.errors import ConfigProblem
from tracking.outcome import DONE

if TYPE_CHECKING:
    from policywatch.app.portal_crawl import CrawlSetup
    from portals.portal import Portal
    from tracking.outcome import Outcome

_FILE = click.Path(path_type=Path)


@click.command("crawl")
@click.argument("portals", nargs=-1)
@click.option(
    "--recheck",
    type=click.Choice(["due", "all", "none"]),
    default="due",
    help="Which stored articles are fetched again: those that are due (default), all, or none.",
)
@click.option("--verbose", is_flag=True, help="Show Scrapy's log as well.")
@click.option(
    "--record",
    "recorded",
    type=_FILE,
    help="Record every response in this new WARC file (.warc.gz). Pages are fetched even if they did not change.",
)
@click.option(
    "--replay",
    "replayed",
    type=_FILE,
    help="Use no network: every response comes from this WARC file, at the times that it has; best with a database as "
    "it was when the recorded crawl began. Without names the portals of the recording are crawled.",
)
def command(
    portals: tuple[str, ...], recheck: str, verbose: bool, recorded: Path | None, replayed: Path | None
) -> None:
    """Crawl now: all portals, or those named."""
    from crawler.database_frontier import Recheck
    from policywatch.app.portal_crawl import CrawlSetup
    from policywatch.cli.logs import configure_logs
    from policywatch.cli.progress import progress
    from policywatch.cli.recordings import finish_recording, recording_into, replay_of

    if recorded and replayed:
        raise click.UsageError("--record and --replay exclude each other")
    settings = config.load()
    _check_hosts(settings.crawler)
    replay = replay_of(replayed) if replayed else None
    chosen = chosen_portals(portals or (replay.answers.portals if replay else ()), settings)
    configure_logs(verbose=verbose)
    database, catalogue = configured_database(settings), tracked_programmes(settings)
    recording = recording_into(recorded, chosen) if recorded else replay
    with progress([portal.name for portal in chosen]) as listeners:
        setup = CrawlSetup(
            database=database,
            programmes=catalogue.programmes,
            config=settings.crawler,
            listeners=listeners,
            recheck=Recheck(recheck),
            clock=recording.clock if recording else now,
            portals=settings.portals,
            recording=recording,
        )
        outcomes = _crawl(setup, chosen)
    for line in _summary(outcomes):
        click.echo(line)
    succeeded = [recording is None or finish_recording(recording), not catalogue.problems, *map(_succeeded, outcomes)]
    sys.exit(0 if all(succeeded) else 1)


def _check_hosts(crawler: config.CrawlerConfig) -> None:
    from tracking.hosts import Hosts

    try:
        Hosts(crawler.allow_hosts)
    except ValueError as error:
        raise ConfigProblem(f"crawler.allow_hosts: {error}") from error


def _crawl(setup: CrawlSetup, chosen: Sequence[Portal]) -> list[Outcome]:
    from crawler.reactor import run_in_reactor
    from policywatch.app.crawl import Run, stopping_on_signals

    async def work() -> list[Outcome]:
        run = Run(setup)
        with stopping_on_signals(run):
            return await run.crawl(chosen)

    outcomes: list[Outcome] = run_in_reactor(work)
    return outcomes


def _succeeded(outcome: Outcome) -> bool:
    return outcome.state == DONE and outcome.tally.failed == 0


def _summary(outcomes: Sequence[Outcome]) -> list[str]:
    head = ("portal", "state", "listed", "new", "edited", "unchanged", "gone", "failed")
    rows = [
        (o.portal, o.state, o.listed, o.tally.new, o.tally.edited, o.tally.unchanged, o.tally.gone, o.tally.failed)
        for o in outcomes
    ]
    notes = [f"{o.portal}: possible gap of {o.gap_hours:g} hours" for o in outcomes if o.gap_hours is not None]
    return [*columns([head, *rows]), *notes]

"""`policywatch crawl`: one run now, with progress on a terminal and a summary at the end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policywatch import config
from policywatch.cli.common import chosen_portals, columns, complain, opened, tracked

if TYPE_CHECKING:
    from crawler.portal import Portal
    from crawler.tape.handlers import Player, Recorder
    from policywatch.crawling import Crawling
    from storage.runs import Outcome

_FILE = click.Path(path_type=Path)


@click.command("crawl")
@click.argument("portals", nargs=-1)
@click.option(
    "--recheck",
    type=click.Choice(["due", "all", "none"]),
    default="due",
    help="Which stored articles are looked at again: those that are due (default), all, or none.",
)
@click.option("--verbose", is_flag=True, help="Show what Scrapy says, too.")
@click.option(
    "--record",
    "recorded",
    type=_FILE,
    help="Keep every response in this new WARC file (.warc.gz). Nobody is asked whether a page is unchanged.",
)
@click.option(
    "--replay",
    "replayed",
    type=_FILE,
    help="Ask no network: every response comes from this WARC file, at the times it has; best into a database that "
    "stands where the recorded crawl began. Without names its portals are crawled.",
)
def command(
    portals: tuple[str, ...], recheck: str, verbose: bool, recorded: Path | None, replayed: Path | None
) -> None:
    """Crawl now: all portals, or those named."""
    from crawler.extensions import Recheck
    from policywatch.cli.logs import log
    from policywatch.cli.progress import progress
    from policywatch.crawling import Crawling, now

    if recorded and replayed:
        raise click.UsageError("a crawl is recorded, or replays a recording, not both")
    settings = config.load()
    _check_hosts(settings.crawler)
    player = _player(replayed) if replayed else None
    chosen = chosen_portals(portals or (player.recording.portals if player else ()), settings)
    log(verbose=verbose)
    database, catalogue = opened(settings), tracked(settings)
    tape = _recorder(recorded, chosen) if recorded else player
    with progress([portal.name for portal in chosen]) as listeners:
        crawling = Crawling(
            database,
            catalogue.programmes,
            settings.crawler,
            listeners,
            Recheck(recheck),
            clock=tape.clock if tape else now,
            portals=settings.portals,
            tape=tape,
        )
        outcomes = _crawled(crawling, chosen)
    for line in _summary(outcomes):
        click.echo(line)
    went_well = _closed(tape) if tape else True
    sys.exit(0 if all(map(_went_well, outcomes)) and not catalogue.problems and went_well else 1)


def _player(path: Path) -> Player:
    from crawler.tape.handlers import Player
    from crawler.tape.recording import BadRecording, Recording

    try:
        recording = Recording(path)
    except BadRecording as error:
        raise config.ConfigProblem(str(error)) from error
    if recording.note:
        complain(recording.note)
    return Player(recording)


def _recorder(path: Path, chosen: Sequence[type[Portal]]) -> Recorder:
    from crawler.tape.handlers import Recorder
    from policywatch.crawling import now

    try:
        return Recorder(path, now, [portal.name for portal in chosen])
    except FileExistsError as error:
        raise config.ConfigProblem(f"{path}: is there already, and is not overwritten") from error
    except OSError as error:
        raise config.ConfigProblem(f"{path}: {error.strerror}") from error


def _closed(tape: Recorder | Player) -> bool:
    """Whether all that was to be recorded was."""
    tape.close()
    if tape.problem:
        complain(tape.problem)
    return tape.problem is None


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

"""`policywatch doctor`: checks whether portals can be read today, field by field."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from policywatch import config
from policywatch.app.clock import now
from policywatch.cli.common import chosen_portals

if TYPE_CHECKING:
    from outputs.checkup import Checkup
    from portals.portal import Portal

# Portals that are examined at the same time; each is another site, so that no site gets more requests by it.
_MOST_AT_ONCE = 4


@click.command("doctor")
@click.argument("portals", nargs=-1)
def command(portals: tuple[str, ...]) -> None:
    """Fetch one list and one article of each portal, or of those named, and show what was read; nothing is stored."""
    from crawler.reactor import run_in_reactor
    from policywatch.cli.logs import configure_logs

    settings = config.load()
    chosen = chosen_portals(portals, settings)
    configure_logs(verbose=False)
    found: list[Checkup] = run_in_reactor(lambda: _examine_all(chosen, settings))
    sys.exit(0 if all(checkup.reads for checkup in found) else 1)


async def _examine_all(chosen: list[Portal], settings: config.Config) -> list[Checkup]:
    import asyncio

    from policywatch.app.doctor import examine

    slots = asyncio.Semaphore(_MOST_AT_ONCE)

    async def examine_one(portal: Portal) -> Checkup:
        async with slots:
            checkup = await examine(portal, settings, now())
        _print(checkup)
        return checkup

    return await asyncio.gather(*map(examine_one, chosen))


def _print(checkup: Checkup) -> None:
    from outputs.checkup import render

    for line in render(checkup):
        click.echo(line)

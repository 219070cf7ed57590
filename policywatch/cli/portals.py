"""`policywatch portals`: the portals, and the health of each."""

from __future__ import annotations

from collections.abc import Iterator

import click

from policywatch import config
from policywatch.app.clock import now
from policywatch.cli.common import columns, configured_database
from tracking.events import PortalState

_HEAD = ("portal", "site", "last run (Beijing)", "articles", "health")


@click.command("portals")
def command() -> None:
    """List the portals: last run, articles and health of each."""
    from policywatch.app.portals import all_portals
    from storage import listings
    from storage import portals as storage

    settings = config.load()
    with configured_database(settings).read() as connection:
        states = {state.portal: state for state in storage.states(connection)}
        counts = storage.article_counts(connection)
        forbidden = listings.count_forbidden(connection)
    sites = {name: portal.categories.site for name, portal in all_portals(settings.portals).items()}
    names = sorted({*sites, *states, *counts})
    rows = [_row(name, sites.get(name), counts.get(name), states.get(name)) for name in names]
    for line in columns([_HEAD, *rows]):
        click.echo(line)
    for name, count in sorted(forbidden.items()):
        click.echo(f"{name}: its robots.txt forbids {count} of the pages that its lists show")


def _row(name: str, site: str | None, stored: tuple[str, int] | None, state: PortalState | None) -> tuple[str, ...]:
    from outputs.plain import safe

    stored_site, count = stored if stored is not None else ("-", 0)
    return safe(name), safe(stored_site if site is None else site), _last(state), str(count), safe(_health(state))


def _last(state: PortalState | None) -> str:
    from outputs.plain import beijing_time

    return "never" if state is None or state.last_run_at is None else beijing_time(state.last_run_at)


def _health(state: PortalState | None) -> str:
    if state is None:
        return "-"
    return "; ".join(_problems(state)) or "good"


def _problems(state: PortalState) -> Iterator[str]:
    """All that is wrong with a portal; nothing for a healthy one."""
    from outputs.plain import beijing_time

    if state.broken_since is not None:
        yield f"broken since {beijing_time(state.broken_since)}"
    if state.backoff_until is not None and state.backoff_until > now():
        yield f"asked us to wait until {beijing_time(state.backoff_until)}"
    if state.failure_kind is not None:
        times = "" if state.failures == 1 else f", {state.failures} crawls in a row"
        yield f"{state.failure_kind}{times}: {state.note}"
    elif state.gap_hours is not None:
        yield f"possible gap of {state.gap_hours:g} hours"
    elif not state.complete:
        yield f"last run incomplete: {state.note}"

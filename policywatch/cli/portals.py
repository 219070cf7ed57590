"""`policywatch portals`: what is watched, and how it is."""

from __future__ import annotations

import click

from policywatch import config
from policywatch.cli.common import opened
from tracking.events import PortalState

_HEAD = ("portal", "site", "last run (UTC)", "articles", "health")


@click.command("portals")
def command() -> None:
    """The portals: last run, articles, health of each."""
    from outputs.plain import safe
    from policywatch.registry import portals
    from storage import portals as kept

    with opened(config.load()).read() as connection:
        states = {state.portal: state for state in kept.states(connection)}
        counts = kept.article_counts(connection)
    known = portals()
    rows = [_HEAD]
    for name in sorted({*known, *states, *counts}):
        site = known[name].categories.site if name in known else "(imported)"
        rows.append(
            (
                safe(name),
                site,
                _last(states.get(name)),
                str(counts.get(name, 0)),
                safe(_health(states.get(name))),
            )
        )
    widths = [max(_width(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row in rows:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _last(state: PortalState | None) -> str:
    return "never" if state is None or state.last_run_at is None else f"{state.last_run_at:%Y-%m-%d %H:%M}"


def _health(state: PortalState | None) -> str:
    if state is None:
        return "-"
    if state.broken_since is not None:
        return f"broken since {state.broken_since:%Y-%m-%d %H:%M}: {state.note}"
    if state.gap_hours is not None:
        return f"possible gap of {state.gap_hours:g} hours"
    return "good" if state.certified else f"last run incomplete: {state.note}"


def _width(text: str) -> int:
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)

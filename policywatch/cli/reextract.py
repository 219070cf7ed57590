"""`policywatch reextract`: extracts the stored pages again by the current rules, without any events."""

from __future__ import annotations

import sys

import click

from policywatch import config
from policywatch.app.clock import now
from policywatch.cli.common import chosen_portals, columns, configured_database, print_error, tracked_programmes


@click.command("reextract")
@click.argument("portals", nargs=-1)
def command(portals: tuple[str, ...]) -> None:
    """Extract the stored pages of all portals, or of those named, again by the current rules.

    What differs becomes a technical version, which is not reported as an edit.
    """
    from policywatch.app.reextract import Reextraction
    from tracking.programmes import Matcher

    settings = config.load()
    chosen = {portal.name: portal for portal in chosen_portals(portals, settings)}
    catalogue = tracked_programmes(settings)
    work = Reextraction(configured_database(settings), chosen, Matcher(catalogue.programmes), now)
    reports = work.run(sorted(chosen))
    rows = [(r.portal, r.changed, r.same, len(r.unreadable)) for r in reports if r.changed or r.same or r.unreadable]
    for line in columns([("portal", "changed", "same", "unreadable"), *rows]):
        click.echo(line)
    for report in reports:
        for key in report.unreadable:
            print_error(f"{report.portal} {key}: the current rules cannot read its stored pages; it is left unchanged")
    sys.exit(1 if catalogue.problems or any(report.unreadable for report in reports) else 0)

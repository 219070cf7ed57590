"""`policywatch feed`: RSS of the articles that mention a tracked programme."""

from __future__ import annotations

from pathlib import Path

import click

from policywatch import config
from policywatch.app.clock import now
from policywatch.cli.common import configured_database, write_or_stdout


@click.command("feed")
@click.option("--format", "format_", type=click.Choice(["rss"]), default="rss")
@click.option("--programme", metavar="KEY", help="Only articles that mention this programme.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write into this file instead of stdout."
)
def command(format_: str, programme: str | None, output: Path | None) -> None:
    """RSS 2.0 of the articles that mention a tracked programme; an edited article appears again as an update."""
    write_or_stdout(_document(config.load(), programme), output)


def _document(settings: config.Config, programme: str | None) -> bytes:
    from outputs import rss
    from storage import articles

    with configured_database(settings).read() as connection:
        found = articles.mentioning(connection, programme, settings.feed.items)
    channel = rss.Channel(
        title=settings.feed.title if programme is None else f"{settings.feed.title}: {programme}",
        link=settings.feed.link,
        description="Articles of Chinese finance portals that mention a tracked policy programme",
    )
    return rss.render(found, channel, now())

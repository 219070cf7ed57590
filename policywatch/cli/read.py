"""`policywatch read`: reads one page; nothing is stored."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policywatch import config
from policywatch.app.clock import now
from policywatch.cli.common import print_error
from policywatch.errors import Unreadable

if TYPE_CHECKING:
    from policywatch.app.read import PageArticle, PageReading


@click.command("read")
@click.argument("page", metavar="ADDRESS|FILE")
@click.option("--address", metavar="URL", help="The address of a saved page, if the page does not name it.")
@click.option("--portal", metavar="NAME", help="Read it by the rules of this portal (its name or its host).")
@click.option("--generic", is_flag=True, help="Read it by general rules, even if it belongs to a portal.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text")
def command(page: str, address: str | None, portal: str | None, generic: bool, format_: str) -> None:
    """Read one page, fetched or saved, by the rules of its portal or by general ones. Nothing is stored."""
    if portal is not None and generic:
        raise click.UsageError("--portal and --generic exclude each other")
    settings = config.load()
    try:
        found = _read(_page_reading(settings, portal, generic=generic), page, address, settings)
    except Unreadable as error:
        print_error(str(error))
        sys.exit(1)
    for line in _lines(found, format_):
        click.echo(line)


def _page_reading(settings: config.Config, name: str | None, *, generic: bool) -> PageReading:
    from policywatch.app.portals import all_portals
    from policywatch.app.read import ANY_PAGE, PageReading, portal_named

    known = all_portals(settings.portals)
    if name is None:
        return PageReading(known, ANY_PAGE if generic else None, now())
    if (chosen := portal_named(name, known)) is None:
        raise click.BadParameter(f"there is no portal {name!r}; there are {', '.join(sorted(known))}")
    return PageReading(known, chosen, now())


def _read(reading: PageReading, page: str, address: str | None, settings: config.Config) -> PageArticle:
    from policywatch.app.read import checked_address

    if Path(page).exists() or "://" not in page:
        return reading.file(Path(page), address)
    if address is not None:
        raise click.UsageError("--address can only be used with a saved page")
    return _fetched(reading, checked_address(page), settings)


def _fetched(reading: PageReading, url: str, settings: config.Config) -> PageArticle:
    from crawler.reactor import run_in_reactor
    from policywatch.cli.logs import configure_logs

    configure_logs(verbose=False)
    found: PageArticle = run_in_reactor(lambda: reading.address(url, settings))
    return found


def _lines(found: PageArticle, format_: str) -> list[str]:
    if format_ == "json":
        from outputs.jsonlines import read_json

        return [read_json(found.article, portal=found.portal, url=found.url)]
    from outputs.text import read_text

    return read_text(found.article, portal=found.portal, url=found.url)

"""`policywatch read`: what is read from one page; nothing is kept."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policywatch import config
from policywatch.cli.common import complain

if TYPE_CHECKING:
    from crawler.portal import Portal
    from policywatch.reading import Found, Reader


@click.command("read")
@click.argument("page", metavar="ADDRESS|FILE")
@click.option("--address", metavar="URL", help="Where a saved page comes from, if it does not say so itself.")
@click.option("--portal", metavar="NAME", help="Read it by the rules of this portal (its name or its host).")
@click.option("--generic", is_flag=True, help="Read it by general rules, whatever portal it belongs to.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text")
def command(page: str, address: str | None, portal: str | None, generic: bool, format_: str) -> None:
    """Read one page, fetched or saved, by the rules of its portal or by general ones, and keep nothing."""
    from policywatch.reading import Unreadable

    if portal is not None and generic:
        raise click.UsageError("--portal and --generic exclude each other")
    settings = config.load()
    try:
        found = _read(_reader(settings, portal, generic=generic), page, address, settings)
    except Unreadable as error:
        complain(str(error))
        sys.exit(1)
    for line in _lines(found, format_):
        click.echo(line)


def _reader(settings: config.Config, name: str | None, *, generic: bool) -> Reader:
    from crawler.anypage import AnyPage
    from policywatch.reading import Reader, portal_named
    from policywatch.registry import portals

    known = portals(settings.portals)
    chosen: type[Portal] | None = AnyPage if generic else None
    if name is not None and (chosen := portal_named(name, known)) is None:
        raise click.BadParameter(f"there is no portal {name!r}; there are {', '.join(sorted(known))}")
    return Reader(known, chosen, datetime.now(UTC))


def _read(reader: Reader, page: str, address: str | None, settings: config.Config) -> Found:
    from crawler.reactor import run_in_reactor
    from policywatch.cli.logs import log
    from policywatch.reading import usable

    if Path(page).exists() or "://" not in page:
        return reader.file(Path(page), address)
    if address is not None:
        raise click.UsageError("--address is for a saved page")
    url = usable(page)
    log(verbose=False)
    found: Found = run_in_reactor(lambda: reader.address(url, settings))
    return found


def _lines(found: Found, format_: str) -> list[str]:
    if format_ == "json":
        from outputs.jsonlines import read_json

        return [read_json(found.article, portal=found.portal, url=found.url)]
    from outputs.text import read_text

    return read_text(found.article, portal=found.portal, url=found.url)

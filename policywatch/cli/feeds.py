"""`policywatch feeds`: the user's own feeds and sitemaps, which are portals without code."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from policywatch import config
from policywatch.app.clock import now
from policywatch.cli.common import columns, print_error, write_or_stdout

_HEAD = ("portal", "kind", "site", "address")


@click.group("feeds")
def command() -> None:
    """Feeds and sitemaps of your own, watched like any other portal; policywatch.toml names them."""


@command.command("add")
@click.argument("address")
@click.option(
    "--name", help="The name of the portal: a-z, 0-9, - and _; by default it is made from --site or the host."
)
@click.option("--site", default="", help="The name of its site in exported articles.")
@click.option("--sitemap", is_flag=True, help="ADDRESS is a sitemap, not a feed.")
def add(address: str, name: str | None, site: str, sitemap: bool) -> None:
    """Watch the feed, or the sitemap, at ADDRESS."""
    from policywatch.app import settings_file
    from tracking.text import clean

    address = _checked(address)
    settings, site = config.load(), clean(site)
    if (known := _watched(settings).get(_same(address))) is not None:
        click.echo(f"{address}: watched already, as {known}")
        return
    taken = _names(settings)
    if name is None:
        name = settings_file.name_for(site, address, taken)
    elif not config.PORTAL_NAME.fullmatch(name):
        raise click.BadParameter("the name of a portal consists of a-z, 0-9, - and _, 64 characters at most")
    elif name in taken:
        raise click.BadParameter(f"there is a portal {name!r} already")
    path, kind = config.settings_file(), "sitemap" if sitemap else "feed"
    settings_file.add(path, {name: {kind: address} | ({"site": site} if site else {})})
    click.echo(f"{path}: portal {name} added")


@command.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    """Watch the feeds that an OPML file names; those that are watched already are not changed."""
    from policywatch.app import settings_file
    from portals.feeds import opml

    settings = config.load()
    try:
        with file.open("rb") as opened:
            found = opml.read(opened.read(opml.MAX_BYTES + 1))
    except (OSError, ValueError) as error:
        print_error(f"{file}: {error.strerror if isinstance(error, OSError) else error}")
        sys.exit(1)
    for problem in found.problems:
        print_error(f"{file}: {problem}")
    watched, taken, new = _watched(settings), set(_names(settings)), dict[str, Mapping[str, str]]()
    for feed in found.feeds:
        if _same(feed.feed) not in watched:
            name = settings_file.name_for(feed.title, feed.feed, taken | new.keys())
            new[name] = {"feed": feed.feed} | ({"site": feed.title} if feed.title not in ("", name) else {})
    path = config.settings_file()
    if new:
        settings_file.add(path, new)
    click.echo(f"{path}: {len(new)} added, {len(found.feeds) - len(new)} watched already")
    sys.exit(1 if found.problems else 0)


@command.command("export")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write into this file instead of stdout."
)
def export(output: Path | None) -> None:
    """Write OPML 2.0 of the feeds, for other feed readers; sitemaps are left out."""
    from outputs.opml import Outline, render

    own = sorted(config.load().portals.items())
    outlines = [Outline(portal.site or name, portal.feed) for name, portal in own if portal.feed]
    write_or_stdout(render(outlines, "policywatch", now()), output)
    if output is not None:
        click.echo(f"{output}: {len(outlines)} written")


@command.command("list")
def list_() -> None:
    """List the feeds and sitemaps that are watched."""
    from outputs.plain import safe

    own = [(name, portal) for name, portal in sorted(config.load().portals.items()) if portal.feed or portal.sitemap]
    rows = [
        (name, "feed" if portal.feed else "sitemap", safe(portal.site) or "-", safe(portal.feed or portal.sitemap, 500))
        for name, portal in own
    ]
    for line in columns([_HEAD, *rows]):
        click.echo(line)


def _checked(address: str) -> str:
    from portals.feeds.feed_portal import Origin

    try:
        return Origin("added", address).address
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _names(settings: config.Config) -> frozenset[str]:
    from policywatch.app.portals import all_portals

    return frozenset(all_portals(settings.portals)) | settings.portals.keys()


def _watched(settings: config.Config) -> dict[str, str]:
    """The names of the user's own portals by their addresses."""
    named = {name: portal.feed or portal.sitemap for name, portal in settings.portals.items()}
    return {_same(address): name for name, address in named.items() if address}


def _same(address: str) -> str:
    from portals.feeds.opml import same_feed

    return same_feed(address.strip())

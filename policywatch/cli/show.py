"""`policywatch show`: one article as it is stored."""

from __future__ import annotations

import sys

import click

from policywatch import config
from policywatch.cli.common import configured_database, print_error
from tracking.article import StoredArticle
from tracking.urls import BadAddress, canonical


@click.command("show")
@click.argument("article")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text")
def command(article: str, format_: str) -> None:
    """Show one article, by its id, key or address: facts, programmes, versions and text."""
    found = _found(article)
    if not found:
        print_error(f"{article}: no such article is stored")
        sys.exit(1)
    for stored in found:
        for line in _lines(stored, format_):
            click.echo(line)


def _found(article: str) -> list[StoredArticle]:
    from storage import articles

    settings = config.load()
    database = configured_database(settings)
    id_ = int(article) if article.isdecimal() and len(article) < 10 else None
    with database.read() as connection:
        by_id = articles.find(connection, id_, (), ()) if id_ is not None else []
        return by_id or articles.find(connection, None, _addresses(article), _keys(article, settings))


def _addresses(article: str) -> list[str]:
    try:
        return [article, canonical(article)]
    except BadAddress:
        return []


def _keys(article: str, settings: config.Config) -> list[tuple[str | None, str]]:
    """The (portal, key) of an address, by every portal that it belongs to; any other text is a key of any portal."""
    if "://" not in article:
        return [(None, article)]
    from policywatch.app.portals import all_portals

    keys = ((portal.name, portal.key_of(article)) for portal in all_portals(settings.portals).values())
    return [(name, key) for name, key in keys if key is not None]


def _lines(stored: StoredArticle, format_: str) -> list[str]:
    if format_ == "json":
        from outputs.jsonlines import show_json

        return [show_json(stored)]
    from outputs.text import show_text

    shown = show_text(stored)
    return [shown] if isinstance(shown, str) else list(shown)

"""The command line: each module parses, calls and prints; commands are loaded when they are called."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

import click

from tracking.errors import PolicywatchError

_COMMANDS = {
    "crawl": "Crawl now: all portals, or those named.",
    "db": "Upgrade, check or copy the database.",
    "demo": "A tour without network: two local portals, three days.",
    "doctor": "Whether portals can be read today, field by field.",
    "export": "Write articles in the sample format into a folder.",
    "feed": "RSS of the articles that mention a tracked programme.",
    "feeds": "Feeds and sitemaps of your own: add them, list them, OPML.",
    "import": "Read articles in the sample format.",
    "new": "What is new since this reader last looked.",
    "portals": "The portals: last run, articles, health.",
    "programmes": "The tracked programmes, and whether their files are right.",
    "read": "What is read from one page, fetched or saved; nothing is kept.",
    "reextract": "Extract the stored pages again by today's rules; differences are no edits.",
    "run": "The background service: crawls on a schedule.",
    "show": "One article: its facts, programmes, versions and text.",
}


class _Commands(click.Group):
    """Knows the names and one line about each command without importing any."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"policywatch.cli.{cmd_name.replace('import', 'import_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="policywatch")
def policywatch() -> None:
    """Watches Chinese finance portals for the policy programmes you track."""
    # It logs as an error what it raises as well.
    logging.getLogger("readability").setLevel(logging.CRITICAL)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, with the arguments of the process where none are given; it ends the process.

    What is wrong with the use or the configuration is one line on stderr and exit code 2.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese gets question marks, not a traceback.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        policywatch(arguments, prog_name="policywatch")
    except PolicywatchError as problem:
        _leave(problem, 2)
    except OSError as problem:
        # A full disk, a terminal that went away: what was not written does not count as read.
        _leave(problem, 1)


def _leave(problem: Exception, code: int) -> None:
    click.echo(f"policywatch: {problem}", err=True)
    sys.exit(code)

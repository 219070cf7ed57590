"""The command line: one module for each command, imported when the command is called."""

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
    "demo": "A demonstration without network: two local portals, three days.",
    "doctor": "Check whether portals can be read today, field by field.",
    "export": "Write articles in the sample format into a folder.",
    "feed": "Write RSS of the articles that mention a tracked programme.",
    "feeds": "Feeds and sitemaps of your own: add, list, import and export them.",
    "import": "Import articles in the sample format.",
    "new": "Report what is new since the last report.",
    "portals": "List the portals: last run, articles, health.",
    "programmes": "List the tracked programmes, or check their files.",
    "read": "Read one page, fetched or saved; nothing is stored.",
    "reextract": "Extract the stored pages again by the current rules.",
    "run": "Run the background service, which crawls on a schedule.",
    "show": "Show one article: its facts, programmes, versions and text.",
}


class _Commands(click.Group):
    """The group of all commands; it lists them without importing them."""

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
    # It logs errors that it raises as well.
    logging.getLogger("readability").setLevel(logging.CRITICAL)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process; None means the arguments of the process.

    Wrong use and wrong configuration are reported in one line on stderr, with exit code 2.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese gets question marks, not a traceback.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        policywatch(arguments, prog_name="policywatch")
    except PolicywatchError as problem:
        _exit_with(problem, 2)
    except OSError as problem:
        # Such as a full disk or a closed terminal.
        _exit_with(problem, 1)


def _exit_with(problem: Exception, code: int) -> None:
    click.echo(f"policywatch: {problem}", err=True)
    sys.exit(code)

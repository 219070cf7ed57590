"""`policywatch run`: the background service, the same as `python scheduler.py`."""

from __future__ import annotations

import click


@click.command("run")
def command() -> None:
    """The background service: crawls every portal on a schedule until it is told to stop."""
    import scheduler

    scheduler.main()

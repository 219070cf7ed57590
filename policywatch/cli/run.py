"""`policywatch run`: the background service, the same as `python scheduler.py`."""

from __future__ import annotations

import signal
import sys

import click

from policywatch import config


@click.command("run")
def command() -> None:
    """The background service: crawls every portal on a schedule until it is told to stop."""
    # Until the service listens itself, it has nothing to wind up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    from policywatch.service.start import serve

    sys.exit(serve(config.load()))

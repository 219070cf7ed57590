"""`policywatch run`: the background service, the same as `python scheduler.py`."""

from __future__ import annotations

import signal
import sys

import click

from policywatch import config


@click.command("run")
def command() -> None:
    """Run the background service: it crawls every portal on a schedule until it is stopped."""
    # For the time until the service handles signals itself: nothing has begun yet.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    from policywatch.service.start import serve

    sys.exit(serve(config.load()))

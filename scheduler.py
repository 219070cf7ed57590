"""The background service: `python scheduler.py` is `policywatch run`."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Crawl every portal on its schedule until told to stop; ConfigProblem for settings that cannot be used."""
    # Until the service listens itself, it has nothing to wind up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    from policywatch import config, service

    sys.exit(service.serve(config.load()))


if __name__ == "__main__":
    from policywatch.cli import main as command_line

    sys.argv[1:1] = ["run"]
    command_line()

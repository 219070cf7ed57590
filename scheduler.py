"""The background service: `python scheduler.py` is `policywatch run`."""

from __future__ import annotations

import sys


def main() -> None:
    """Crawl every portal on its schedule until stopped; takes the options of `policywatch run`."""
    from policywatch.cli import main as command_line

    command_line(["run", *sys.argv[1:]])


if __name__ == "__main__":
    main()

"""The logs of libraries: silent, or on stderr without what would steer a terminal."""

from __future__ import annotations

import logging

from tracking.hosts import printable


class _Printable(logging.Formatter):
    """Pages can put anything into a log line, and into a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(printable(line) for line in super().format(record).splitlines())


def log(*, verbose: bool) -> None:
    """Send the logs of Scrapy and Twisted to stderr, or nowhere: the crawl itself reports what failed."""
    root = logging.getLogger()
    if not verbose:
        # Without any handler Python would print warnings raw.
        root.addHandler(logging.NullHandler())
        return
    handler = logging.StreamHandler()
    handler.setFormatter(_Printable("%(asctime)s %(name)s: %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)

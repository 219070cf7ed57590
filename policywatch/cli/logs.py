"""The logs of libraries: switched off, or sent to stderr without control characters."""

from __future__ import annotations

import logging

from tracking.hosts import printable


class _Printable(logging.Formatter):
    """Removes control characters, which a page could put into a log line or a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(printable(line) for line in super().format(record).splitlines())


def configure_logs(*, verbose: bool) -> None:
    """Send the logs of Scrapy and Twisted to stderr, or nowhere; the crawl itself reports failures in any case."""
    root = logging.getLogger()
    if not verbose:
        # Without any handler Python would print warnings raw.
        root.addHandler(logging.NullHandler())
        return
    handler = logging.StreamHandler()
    handler.setFormatter(_Printable("%(asctime)s %(name)s: %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)

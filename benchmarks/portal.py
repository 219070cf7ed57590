"""The portal of the benchmark: sina's own reading of articles, on loopback."""

from __future__ import annotations

import re
from typing import Any

from portals.page import Page
from portals.portal import Portal
from portals.sites.sina import Sina
from tracking.article import Listing
from tracking.dates import from_unix


def bench_portal(port: int) -> Portal:
    """Sina with lists and articles at a port of this machine."""

    class Bench(Sina):
        name = "bench"
        hosts = (f"127.0.0.1:{port}",)
        lists = (f"http://127.0.0.1:{port}/list/{{page}}",)
        article_address = re.compile(r"https://127\.0\.0\.1:\d+/china/[\d-]+/doc-i(?P<key>\w+)\.shtml$")

        def listing(self, row: Any, page: Page) -> Listing | None:
            key = self.key_of(row["url"])
            return Listing(self.name, key, row["url"], row["title"], from_unix(row["ctime"])) if key else None

    return Bench()

"""Finds the address of a saved page in its source."""

from __future__ import annotations

import re

from portals.page import Page
from tracking.urls import BadAddress, canonical

# The comment that browsers write into saved pages.
_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d+\)(?P<address>\S+) -->")
_URL_IN_AGENT = re.compile(r"url=(?P<address>[^;\s]+)")
# Characters at the beginning of a page that are searched for that comment.
_SEARCHED = 2000


def own_address(page: Page) -> str | None:
    """The canonical address that a page states as its own; None when it states none."""
    links = [node.attributes.get("href") for node in page.all('link[rel="canonical"]')]
    metas = [node.attributes.get("content") for node in page.all('meta[property="og:url"],meta[name="og:url"]')]
    saved = _SAVED_FROM.search(page.source[:_SEARCHED])
    for address in (*links, *metas, saved and saved.group("address"), *_mobile_addresses(page)):
        try:
            return canonical(str(address))
        except BadAddress:
            continue
    return None


def _mobile_addresses(page: Page) -> list[str]:
    """The addresses of the mobile versions that a page states."""
    agents = page.all('meta[name="mobile-agent"],meta[http-equiv="mobile-agent"]')
    matches = (_URL_IN_AGENT.search(str(node.attributes.get("content"))) for node in agents)
    return [match["address"] for match in matches if match]

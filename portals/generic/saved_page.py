"""Where a page comes from that somebody saved."""

from __future__ import annotations

import re

from portals.page import Page
from tracking.urls import BadAddress, canonical

# What browsers write into the pages that they save.
_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d+\)(?P<address>\S+) -->")
_URL_IN_AGENT = re.compile(r"url=(?P<address>[^;\s]+)")
# Characters at the beginning of a page in which that remark stands.
_HEAD = 2000


def own_address(page: Page) -> str | None:
    """The canonical address that a saved page gives as its own; None when it does not say."""
    links = [node.attributes.get("href") for node in page.all('link[rel="canonical"]')]
    metas = [node.attributes.get("content") for node in page.all('meta[property="og:url"],meta[name="og:url"]')]
    saved = _SAVED_FROM.search(page.source[:_HEAD])
    for address in (*links, *metas, saved and saved.group("address"), *_mobile(page)):
        try:
            return canonical(str(address))
        except BadAddress:
            continue
    return None


def _mobile(page: Page) -> list[str]:
    """The addresses that a page names for telephones."""
    agents = page.all('meta[name="mobile-agent"],meta[http-equiv="mobile-agent"]')
    found = (_URL_IN_AGENT.search(str(node.attributes.get("content"))) for node in agents)
    return [match["address"] for match in found if match]

"""Where a saved page comes from: what it says, and what browsers write into it."""

from __future__ import annotations

import pytest

from portals.generic.saved_page import own_address
from portals.page import Page

URL = "https://x.cn/a/1.html"


@pytest.mark.parametrize(
    "head",
    [
        f'<link rel="canonical" href="{URL}">',
        f'<meta property="og:url" content="{URL}#top">',
        f'<meta name="og:url" content="{URL}?utm_source=x">',
        f"<!-- saved from url=(0021){URL} -->",
        f'<meta name="mobile-agent" content="format=html5; url={URL}">',
        f'<meta http-equiv="mobile-agent" content="format=xhtml; url={URL}; x">',
        f'<link rel="canonical" href="/a/1.html"><link rel="canonical" href=""><meta name="og:url" content="{URL}">',
        f'<link rel="canonical" href="{URL}"><meta name="og:url" content="https://y.cn/">',
    ],
)
def test_an_address_that_a_page_gives(head: str) -> None:
    assert own_address(Page("https://address.invalid/", f"<html><head>{head}</head></html>")) == URL


@pytest.mark.parametrize(
    "head", ["", '<link rel="canonical">', '<meta name="og:url" content="x">', '<link rel="icon" href="/i">']
)
def test_a_page_that_does_not_say(head: str) -> None:
    assert own_address(Page("https://address.invalid/", head)) is None

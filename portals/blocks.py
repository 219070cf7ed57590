"""Recognises pages that block crawlers: by their status, or with HTTP 200 by their words."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from portals.limits import too_costly

#: Statuses that refuse the request whatever the page says. 468 and 521 are used by two firewalls only.
BLOCKING_STATUSES = frozenset((401, 403, 405, 412, 418, 429, 451, 468, 521))

# Elements and words on block pages of common firewalls. Articles may contain them as well, so they count only on a page
# with little other text.
_ELEMENTS = re.compile(
    r"acw_sc__v[23]|aliyun_waf_|_wafchallengeid|_waf_bd8ce2ce37|nc_1_wrapper|/_____tmd_____/punish|cf-chl-|"
    r"challenge-platform|TencentCaptcha|geetest_|__jsl_clearance|/cdn-cgi/challenge"
)
_WORDS = re.compile(
    r"滑动验证|安全验证|访问验证|人机验证|验证码|访问过于频繁|访问频率过高|请求过于频繁|存在异常访问|"
    r"您的访问(?:被阻断|可能对网站造成安全威胁)|verify you are (?:a )?human|Access Denied|Just a moment",
    re.IGNORECASE,
)
# Visible characters of a block page at most; even a short article page has more.
_MAX_CHARACTERS = 600
# Characters of the source that are searched.
_SEARCHED = 200_000


def block_sign(source: str) -> str | None:
    """The words or element by which a page is recognised as a block page; None for any other page."""
    source = source[:_SEARCHED]
    match = _ELEMENTS.search(source) or _WORDS.search(source)
    return match.group() if match is not None and _has_little_text(source) else None


def _has_little_text(source: str) -> bool:
    """Whether a page shows fewer characters than any article page."""
    if too_costly(source) is not None:
        return False
    tree = LexborHTMLParser(source.encode("utf-8", "replace"))
    for invisible in tree.css("script,style,template"):
        invisible.decompose()
    text = "" if tree.body is None else tree.body.text()
    return len("".join(text.split())) < _MAX_CHARACTERS

"""Pages that turn robots away: by their status, or with HTTP 200 by what they say."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from portals.limits import too_costly

#: Statuses that refuse the one who asks, whatever the page. 468 and 521 are two firewalls' own.
BLOCKING_STATUSES = frozenset((401, 403, 405, 412, 418, 429, 451, 468, 521))

# Elements and words of the common firewalls. An article may have them as well: they count on a page that says
# little else.
_MACHINERY = re.compile(
    r"acw_sc__v[23]|aliyun_waf_|_wafchallengeid|_waf_bd8ce2ce37|nc_1_wrapper|/_____tmd_____/punish|cf-chl-|"
    r"challenge-platform|TencentCaptcha|geetest_|__jsl_clearance|/cdn-cgi/challenge",
)
_WORDS = re.compile(
    r"滑动验证|安全验证|访问验证|人机验证|验证码|访问过于频繁|访问频率过高|请求过于频繁|存在异常访问|"
    r"您的访问(?:被阻断|可能对网站造成安全威胁)|verify you are (?:a )?human|Access Denied|Just a moment",
    re.IGNORECASE,
)
# Characters that a page shows: a short article has more.
_LITTLE = 600
# Characters of the source that are searched.
_HEAD = 200_000


def block_sign(source: str) -> str | None:
    """The words or the mark by which a page turns robots away; None for any other page."""
    source = source[:_HEAD]
    found = _MACHINERY.search(source) or _WORDS.search(source)
    return found.group() if found is not None and _says_little(source) else None


def _says_little(source: str) -> bool:
    """Whether a page shows fewer characters than any article has."""
    if too_costly(source) is not None:
        return False
    tree = LexborHTMLParser(source.encode("utf-8", "replace"))
    for unseen in tree.css("script,style,template"):
        unseen.decompose()
    text = "" if tree.body is None else tree.body.text()
    return len("".join(text.split())) < _LITTLE

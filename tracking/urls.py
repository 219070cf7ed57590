"""One normal form for addresses, so that the same page is never taken for two.

Nothing is fetched: two addresses of one page that differ in more than form stay two.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote_plus, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from tracking.errors import PolicywatchError

# What links carry about the visitor, never about the page.
_TRACKING = re.compile(r"utm_\w+|spm|scm|from|isappinstalled|share_\w+|sharefrom|wm|vt|cre|rfunc|gclid|fbclid|_wx\w*")
# Longer ones name no article, and would not fit into an index.
_LONGEST = 2000
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")


class BadAddress(PolicywatchError, ValueError):
    """A text that is no address: not http(s), without a host, with credentials, blanks or a backslash, or too long."""


def canonical(url: str) -> str:
    """The one form of an address: https, lower-case host, no default port, no fragment, no tracking parameters.

    BadAddress for a text that is no address.
    """
    parts = _checked(url.strip())
    try:
        netloc = _netloc(parts)
        form = str(canonicalize_url(urlunsplit(("https", netloc, parts.path or "/", _query(parts.query), ""))))
    except ValueError as error:
        raise BadAddress(f"{url!r}: {error}") from error
    _check_length(form)
    return form


def _netloc(parts: SplitResult) -> str:
    """Host and port; ValueError for what is no host name. The dot that may end a name is dropped."""
    host = parts.hostname or ""
    host = f"[{host}]" if "[" in parts.netloc else host.encode("idna").decode("ascii").lower().removesuffix(".")
    if not _HOST.fullmatch(host):
        raise ValueError(f"{host!r} is no host")
    return host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"


def _query(query: str) -> str:
    """The query without the parameters that say something about the visitor."""
    # Cut by hand, values untouched: decoding them would make all GBK ones the same.
    return "&".join(pair for pair in query.split("&") if pair and not _tracks(pair))


def _tracks(pair: str) -> bool:
    """Whether a parameter, as name=value, says something about the visitor."""
    return _TRACKING.fullmatch(unquote_plus(pair.partition("=")[0])) is not None


def _checked(url: str) -> SplitResult:
    """The parts of an address that is one; BadAddress otherwise."""
    _check_length(url)
    if _FORBIDDEN.search(url):
        raise BadAddress(f"{url!r}: blanks, control characters and backslashes have no place in an address")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddress(f"{url!r}: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise BadAddress(f"{url!r}: not an http or https address")
    if parts.username is not None or parts.password is not None:
        raise BadAddress(f"{url!r}: credentials in an address")
    return parts


def _check_length(url: str) -> None:
    """BadAddress for an address that is too long."""
    if len(url) > _LONGEST:
        raise BadAddress(f"{url[:80]!r}…: longer than {_LONGEST} characters")

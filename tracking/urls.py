"""The canonical form of addresses, so that two spellings of an address are not taken for two pages.

Nothing is fetched: two different addresses of one page stay different.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote_plus, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from tracking.errors import PolicywatchError

# Query parameters that say something about the visitor, never about the page.
_TRACKING = re.compile(r"utm_\w+|spm|scm|from|isappinstalled|share_\w+|sharefrom|wm|vt|cre|rfunc|gclid|fbclid|_wx\w*")
# Characters. Addresses of articles are shorter, and an index of the database could not hold longer ones.
_LONGEST = 2000
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")


class BadAddress(PolicywatchError, ValueError):
    """A text that is no valid address: not http(s), no host, credentials, blanks or backslashes, or too long."""


def canonical(url: str) -> str:
    """The canonical form of an address: https, lower-case host, no default port, fragment or tracking parameters.

    BadAddress for a text that is no valid address.
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
    """Host and port, without the dot that may end a host name; ValueError for an invalid host."""
    host = parts.hostname or ""
    host = f"[{host}]" if "[" in parts.netloc else host.encode("idna").decode("ascii").lower().removesuffix(".")
    if not _HOST.fullmatch(host):
        raise ValueError(f"{host!r} is no host")
    return host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"


def _query(query: str) -> str:
    """The query without the parameters that say something about the visitor."""
    # Not parsed and encoded again: decoding GBK values as UTF-8 would make different values equal.
    return "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair))


def _is_tracking(pair: str) -> bool:
    """Whether a parameter `name=value` says something about the visitor."""
    return _TRACKING.fullmatch(unquote_plus(pair.partition("=")[0])) is not None


def _checked(url: str) -> SplitResult:
    """The parts of a valid address; BadAddress for any other text."""
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

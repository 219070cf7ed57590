"""One normal form for addresses."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

# What links carry about the visitor, never about the page.
_TRACKING = re.compile(
    r"^(?:utm_\w+|spm|scm|from|isappinstalled|share_\w+|sharefrom|wm|vt|cre|rfunc|gclid|fbclid|_wx\w*)$"
)
# Longer ones name no article, and would not fit into an index.
_LONGEST = 2000
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")


class BadAddress(ValueError):
    """An address that cannot be one: not http(s), without a host, with credentials, blanks or a backslash."""


def canonical(url: str) -> str:
    """The one form of an address: https, lower-case host, default port, fragment and tracking gone; or BadAddress."""
    parts = _checked(url.strip())
    query = urlencode([pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(pair)])
    host = parts.hostname
    assert host is not None  # noqa: S101  (checked above; for the type checker)
    netloc = host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"
    return str(canonicalize_url(urlunsplit(("https", netloc, parts.path or "/", query, ""))))


def _tracks(pair: tuple[str, str]) -> bool:
    return _TRACKING.match(pair[0]) is not None


def _checked(url: str) -> SplitResult:
    if len(url) > _LONGEST:
        raise BadAddress(f"{url[:80]!r}…: longer than {_LONGEST} characters")
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

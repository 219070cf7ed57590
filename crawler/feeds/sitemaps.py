"""Sitemaps: indexes, lists of addresses in XML or plain text, and those that Google News asks for; newest first."""

from __future__ import annotations

import re
import zlib
from typing import Any

from lxml import etree

from crawler.feeds.times import first_time
from crawler.feeds.xmltext import elements, local_name, root_name

# The newest rows of one sitemap that are looked at; it may have 50,000.
MOST_ROWS = 500
# A crawl goes on to older ones as long as they show unknown articles.
_MOST_SITEMAPS = 50
_LARGEST = 10_000_000
_INDEX, _LIST = ("sitemapindex",), ("urlset",)

_GZIP = b"\x1f\x8b"
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_MONTH = r"(?<![0-9])(20[0-9]{2})[-/_.]?(0[1-9]|1[0-2])"
_DATES = (re.compile(rf"{_MONTH}[-/_.]?(0[1-9]|[12][0-9]|3[01])(?![0-9])"), re.compile(rf"{_MONTH}(?![0-9])"))
_DIGITS = re.compile(r"[0-9]+")
# What programs that write sitemaps call those without articles.
_OTHER = re.compile(
    r"(?<![a-z])(?:author|categor|image|page|tag|taxonom|user|video)(?:s|y|ies)?(?![a-z])", re.IGNORECASE
)


def sitemap_rows(text: str) -> list[dict[str, Any]]:
    """The newest rows of a sitemap: `url title published_at lastmod`, None for what it does not say.

    Times are ISO 8601 in UTC. Of a long one that dates nothing the beginning and the end, for either may be newest.
    ValueError when the text is no sitemap.
    """
    if root_name(text, _LIST) is not None:
        rows = [_row(url) for url in elements(text, _LIST, ("url",))]
    elif root_name(text, _INDEX) is not None:
        raise ValueError("an index inside an index of sitemaps")
    else:
        rows = [_made(line) for line in _lines(text)]
    return _newest(rows)


def series_of(text: str) -> dict[str, tuple[str, ...]] | None:
    """The sitemaps that an index names, in series whose addresses differ by numbers only; all newest first.

    None when the text is no index; ValueError when it is an empty one.
    """
    if root_name(text, _INDEX) is None:
        return None
    rows = [row for row in map(_row, elements(text, _INDEX, ("sitemap",))) if _ADDRESS.fullmatch(row["url"] or "")]
    if not rows:
        raise ValueError("an index without sitemaps")
    series: dict[str, tuple[str, ...]] = {}
    for row in sorted(rows, key=_rank, reverse=True):
        stem = _DIGITS.sub("", row["url"])
        series[stem] = (*series.get(stem, ()), row["url"])[:_MOST_SITEMAPS]
    # Those without articles only where there is nothing else.
    return {stem: urls for stem, urls in series.items() if not _is_other(stem)} or series


def unpacked(body: bytes) -> bytes:
    """The bytes inside a gzip file, and any others as they are; ValueError for too many, or a broken file."""
    if not body.startswith(_GZIP):
        return body
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        data = unpacker.decompress(body, _LARGEST)
    except zlib.error as error:
        raise ValueError(f"a broken gzip file: {error}") from error
    if not unpacker.eof:
        raise ValueError(f"unpacks to more than {_LARGEST} bytes, or is cut off")
    return data


def _row(element: etree._Element) -> dict[str, Any]:
    said: dict[str, str] = {}
    for node in element.iter():
        # Pictures and films have addresses and titles of their own.
        parent = node.getparent()
        if parent is element or (parent is not None and local_name(parent) == "news"):
            said.setdefault(local_name(node), (node.text or "").strip())
    return {
        "url": said.get("loc"),
        "title": said.get("title"),
        "published_at": first_time((said.get("publication_date"),)),
        "lastmod": first_time((said.get("lastmod"),)),
    }


def _made(url: str) -> dict[str, Any]:
    return {"url": url, "title": None, "published_at": None, "lastmod": None}


def _lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not all(map(_ADDRESS.fullmatch, lines)):
        raise ValueError("not a sitemap")
    return lines


def _newest(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if any(map(_date, rows)):
        return sorted(rows, key=_rank, reverse=True)[:MOST_ROWS]
    # The end turned round comes before the beginning: so the new ones stand above known ones in either case.
    middle, most = len(rows) // 2, MOST_ROWS // 2
    return rows[middle:][-most:][::-1] + rows[:middle][:most]


def _rank(row: dict[str, Any]) -> tuple[str, str, tuple[int, ...]]:
    # Some programs date everything by the hour at which they wrote the sitemap: then addresses tell more.
    numbers = tuple(int(number[:18]) for number in _DIGITS.findall(row["url"] or ""))
    return _date(row), _dated(row), numbers


def _date(row: dict[str, Any]) -> str:
    return str(row["published_at"] or row["lastmod"] or _dated(row))


def _dated(row: dict[str, Any]) -> str:
    """The day, or the month, in an address."""
    found = (pattern.search(row["url"] or "") for pattern in _DATES)
    return next(("-".join(match.groups()) for match in found if match), "")


def _is_other(stem: str) -> bool:
    return _OTHER.search(stem.rsplit("/", 1)[-1]) is not None

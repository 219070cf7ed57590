"""Reads sitemaps: indexes, lists of addresses in XML or plain text, and Google News sitemaps; newest first."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from portals.feeds.times import feed_time
from portals.feeds.xml_text import elements, local_name, root_name

#: The newest entries of a sitemap that are read; it may have 50,000.
MOST_ENTRIES = 500
# The newest sitemaps of a series that a crawl may read.
_MOST_SITEMAPS = 50
# Bytes of an unpacked sitemap. The protocol allows 50 MB, but the crawler fetches no page of that size.
_LARGEST = 10_000_000
_INDEX, _LIST = ("sitemapindex",), ("urlset",)

_GZIP = b"\x1f\x8b"
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_MONTH = r"(?<![0-9])(20[0-9]{2})[-/_.]?(0[1-9]|1[0-2])"
_DATES = (re.compile(rf"{_MONTH}[-/_.]?(0[1-9]|[12][0-9]|3[01])(?![0-9])"), re.compile(rf"{_MONTH}(?![0-9])"))
_DIGITS = re.compile(r"[0-9]+")
# Names that common programs give to sitemaps without articles.
_WITHOUT_ARTICLES = re.compile(
    r"(?<![a-z])(?:author|categor|image|page|tag|taxonom|user|video)(?:s|y|ies)?(?![a-z])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """One address in a sitemap, or one sitemap in an index; None for what it does not state."""

    #: The address as written; "" when its element is empty.
    url: str | None
    #: The title; only Google News sitemaps have one.
    title: str | None = None
    #: When the article was published, aware UTC; only Google News sitemaps state it.
    published_at: datetime | None = None
    #: When the page or the sitemap was last changed, aware UTC.
    changed_at: datetime | None = None


def sitemap_entries(text: str) -> list[SitemapEntry]:
    """The newest entries of a sitemap, at most 500, newest first; ValueError when the text is not a sitemap.

    Of a sitemap without any dates those at the beginning and the end, since either may be the newest.
    """
    if root_name(text, _LIST) is not None:
        return _newest([_entry(url) for url in elements(text, _LIST, ("url",))])
    if root_name(text, _INDEX) is not None:
        raise ValueError("an index inside an index of sitemaps")
    return _newest([SitemapEntry(line) for line in _lines(text)])


def series_of(text: str) -> dict[str, tuple[str, ...]] | None:
    """The addresses of the sitemaps in an index, by series: addresses that differ in their digits only.

    A series is named by the address without digits; its addresses are at most 50, newest first. None when the text is
    not an index; ValueError for an empty index.
    """
    if root_name(text, _INDEX) is None:
        return None
    sitemaps = map(_entry, elements(text, _INDEX, ("sitemap",)))
    entries = [entry for entry in sitemaps if _ADDRESS.fullmatch(entry.url or "")]
    if not entries:
        raise ValueError("an index without sitemaps")
    series: dict[str, tuple[str, ...]] = {}
    for entry in sorted(entries, key=_rank, reverse=True):
        stem = _DIGITS.sub("", str(entry.url))
        series[stem] = (*series.get(stem, ()), str(entry.url))[:_MOST_SITEMAPS]
    with_articles = {stem: urls for stem, urls in series.items() if not _has_no_articles(stem)}
    return with_articles or series


def unpacked(body: bytes) -> bytes:
    """The content of a gzip file; other bytes unchanged. ValueError for a broken file, or more than 10 MB."""
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


def _entry(element: etree._Element) -> SitemapEntry:
    """The entry in an element of a sitemap or index."""
    fields: dict[str, str] = {}
    for node in element.iter():
        # Other elements describe pictures and videos, which have addresses and titles as well.
        parent = node.getparent()
        if parent is element or (parent is not None and local_name(parent) == "news"):
            fields.setdefault(local_name(node), (node.text or "").strip())
    published_at, changed_at = (feed_time(fields.get(name, "")) for name in ("publication_date", "lastmod"))
    return SitemapEntry(fields.get("loc"), fields.get("title"), published_at, changed_at)


def _lines(text: str) -> list[str]:
    """The addresses of a sitemap in plain text; ValueError for any other text."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not all(map(_ADDRESS.fullmatch, lines)):
        raise ValueError("not a sitemap")
    return lines


def _newest(entries: list[SitemapEntry]) -> list[SitemapEntry]:
    """The newest entries, the newest first."""
    if any(map(_date, entries)):
        return sorted(entries, key=_rank, reverse=True)[:MOST_ENTRIES]
    # The reversed end comes before the beginning, so that new entries are above known ones in both cases.
    middle, most = len(entries) // 2, MOST_ENTRIES // 2
    return entries[middle:][-most:][::-1] + entries[:middle][:most]


def _rank(entry: SitemapEntry) -> tuple[str, str, tuple[int, ...]]:
    """The sort key of an entry: its time, the date in its address, the numbers in its address."""
    # Some programs give all entries the time at which they wrote the sitemap; then the address decides. Numbers are cut
    # to 18 digits, a date with time and milliseconds.
    numbers = tuple(int(number[:18]) for number in _DIGITS.findall(entry.url or ""))
    return _date(entry), _date_in_address(entry), numbers


def _date(entry: SitemapEntry) -> str:
    """The time of an entry as ISO 8601, or else the date in its address; "" without both."""
    at = entry.published_at or entry.changed_at
    return _date_in_address(entry) if at is None else at.isoformat()


def _date_in_address(entry: SitemapEntry) -> str:
    """The day in an address, as 2026-11-20, or else the month, as 2026-11; "" without both."""
    matches = (pattern.search(entry.url or "") for pattern in _DATES)
    return next(("-".join(match.groups()) for match in matches if match), "")


def _has_no_articles(stem: str) -> bool:
    """Whether the name of a series is one of sitemaps without articles."""
    return _WITHOUT_ARTICLES.search(stem.rsplit("/", 1)[-1]) is not None

"""Sitemaps: indexes, lists of addresses in XML or plain text, and those that Google News asks for; newest first."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from portals.feeds.times import feed_time
from portals.feeds.xml_text import elements, local_name, root_name

#: Entries, the newest, of one sitemap that are looked at; it may have 50,000.
MOST_ENTRIES = 500
# Sitemaps of one series: a crawl goes on to older ones as long as they show unknown articles.
_MOST_SITEMAPS = 50
# Bytes of an unpacked sitemap; the protocol allows 50 MB, and a page of that size is never fetched.
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


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """One address of a sitemap, or one sitemap of an index; None stands for what is not said."""

    #: As it is written; "" where the element is there and empty.
    url: str | None
    #: The title that sitemaps for Google News give.
    title: str | None = None
    #: When the article was published, aware UTC; only sitemaps for Google News say so.
    published_at: datetime | None = None
    #: When the page, or the sitemap, was changed last; aware UTC.
    changed_at: datetime | None = None


def sitemap_entries(text: str) -> list[SitemapEntry]:
    """The newest entries of a sitemap, at most 500, the newest first; ValueError when the text is no sitemap.

    Of a long one that dates nothing the beginning and the end, for either may be the newest.
    """
    if root_name(text, _LIST) is not None:
        return _newest([_entry(url) for url in elements(text, _LIST, ("url",))])
    if root_name(text, _INDEX) is not None:
        raise ValueError("an index inside an index of sitemaps")
    return _newest([SitemapEntry(line) for line in _lines(text)])


def series_of(text: str) -> dict[str, tuple[str, ...]] | None:
    """The addresses of the sitemaps that an index names, by series: addresses that differ by numbers only.

    The newest first, at most 50 of a series, which is named by the address without its digits. None when the text is
    no index; ValueError when it is an empty one.
    """
    if root_name(text, _INDEX) is None:
        return None
    named = map(_entry, elements(text, _INDEX, ("sitemap",)))
    entries = [entry for entry in named if _ADDRESS.fullmatch(entry.url or "")]
    if not entries:
        raise ValueError("an index without sitemaps")
    series: dict[str, tuple[str, ...]] = {}
    for entry in sorted(entries, key=_rank, reverse=True):
        stem = _DIGITS.sub("", str(entry.url))
        series[stem] = (*series.get(stem, ()), str(entry.url))[:_MOST_SITEMAPS]
    # Those without articles only where there is nothing else.
    return {stem: urls for stem, urls in series.items() if not _is_other(stem)} or series


def unpacked(body: bytes) -> bytes:
    """The bytes inside a gzip file; any others as they are. ValueError for a broken file, or more than 10 MB in it."""
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
    """What an element of a sitemap or of an index says, beside its pictures and films."""
    said: dict[str, str] = {}
    for node in element.iter():
        # Pictures and films have addresses and titles of their own.
        parent = node.getparent()
        if parent is element or (parent is not None and local_name(parent) == "news"):
            said.setdefault(local_name(node), (node.text or "").strip())
    published_at, changed_at = (feed_time(said.get(name, "")) for name in ("publication_date", "lastmod"))
    return SitemapEntry(said.get("loc"), said.get("title"), published_at, changed_at)


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
    # The end turned round comes before the beginning: so the new ones stand above known ones in either case.
    middle, most = len(entries) // 2, MOST_ENTRIES // 2
    return entries[middle:][-most:][::-1] + entries[:middle][:most]


def _rank(entry: SitemapEntry) -> tuple[str, str, tuple[int, ...]]:
    """What entries are sorted by: their time, the day in their address, the numbers in it."""
    # Some programs date everything by the hour at which they wrote the sitemap: then addresses tell more. No number
    # is longer than a date with seconds and milliseconds.
    numbers = tuple(int(number[:18]) for number in _DIGITS.findall(entry.url or ""))
    return _date(entry), _dated(entry), numbers


def _date(entry: SitemapEntry) -> str:
    """The time of an entry as ISO 8601, or the day or month in its address; "" for none."""
    at = entry.published_at or entry.changed_at
    return _dated(entry) if at is None else at.isoformat()


def _dated(entry: SitemapEntry) -> str:
    """The day, or the month, in an address as 2026-11-20; "" for none."""
    found = (pattern.search(entry.url or "") for pattern in _DATES)
    return next(("-".join(match.groups()) for match in found if match), "")


def _is_other(stem: str) -> bool:
    """Whether a series is by its name one of pages without articles."""
    return _OTHER.search(stem.rsplit("/", 1)[-1]) is not None

"""The CMS of 新华社's sites: data files behind channel pages, feeds, and the layouts of 2019 and from 2020 on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from portals.feeds.feed_entry import FeedEntry
from portals.fields import linked_pages, stated, text_of
from portals.page import Page, Reading, plain, time_in
from portals.portal import ListSource, Portal
from tracking.article import Listing
from tracking.body import Rules
from tracking.boilerplate import EDITOR_LINE
from tracking.text import clean

# The path of an article: …/20260917/<32 hex>/c.html, and formerly …/2022-09/06/c_1128978806.htm and its _2.htm.
ARTICLE_PATH = (
    r"/(?:[\w/-]+/)?(?:\d{8}/(?=[0-9a-f]{32}/c\.html)|\d{4}-\d{2}/\d{2}/c_(?=\d+(?:_\d+)?\.htm))"
    r"(?P<key>[0-9a-f]+)(?:/c\.html|(?:_\d+)?\.htm)(?=\?|$)"
)

_FIRST_PAGE = re.compile(r"(?P<stem>https?://[^?#]+/(?P<id>c_\d+))\.htm", re.ASCII)

_DATA_FILE = re.compile(r"datasource:([0-9A-Za-z]{1,64})", re.ASCII)
# Rows: a data file goes back for years, the newest first.
_NEWEST = 200
# Links of a row that are no article: the name of its topic, "专题 |", and what belongs to the link before it.
_LABEL = re.compile(r".*[|｜丨]|专题|全文")
_ONLY_A_FILM = re.compile(r"https://[^/]+/(?:video|videopro|live|vr)/")

_NAME_OF_SOURCE = re.compile(r"来源\s*[:：]")
_SPLIT_DAY = re.compile(r"([0-9]{4}) ?([0-9]{1,2}) ?/ ?([0-9]{1,2})")


class XinhuaCms(Portal):
    """A site of this CMS: it states where it stands, its lists, and what is its own in the layouts."""

    later_page = re.compile(r"(/c_\d+)_\d+(?=\.htm$)", re.ASCII)
    rows_have_times = False
    #: The ids of the data files of its channels as they were last seen: a channel page may name several.
    data_files: frozenset[str] = frozenset()
    #: Selectors of title, text, source and time in the site's layouts, newest first. Never a bare h1: pages carry one
    #: for the desktop and a copy for telephones.
    titles: tuple[str, ...] = (".head-line .title", ".mheader .title", ".h-title")
    bodies: tuple[str, ...] = ("#detailContent", "#detail", "#p-detail")
    sources: tuple[str, ...] = (".header .source", "#source")
    times: tuple[str, ...] = (".mheader .info", ".h-time")
    rules = Rules(
        drop=(
            "#articleEdit,.editor,.advise,.p-tags,.p-jc",  # who edited, and a form for corrections
            ".tadd,.share,.bdsharebuttonbox,.lb",  # thumbs up, share, the frame of a slide show
            ".relate-news,.relatedNews,.bookList,.ad_right,ins",
            ".nextpage,#div_currpage,#div_page_roll1",
        ),
        skip=(EDITOR_LINE, re.compile(r"【?(?:我要)?纠错】?"), re.compile(r"(?:分享到|字体)[:：].{0,12}")),
        players=("video", ".video-frame"),
    )

    def list_sources(self, page: Page) -> tuple[ListSource, ...]:
        """The data file that the page of a channel names, a known one rather than another; () for a file itself."""
        if _ends_in(page, ".json", ".xml"):
            return ()
        named = _data_files(page, "")
        for choice in (named & self.data_files, _data_files(page, ".xpage-content-list"), named):
            if len(choice) == 1:
                (name,) = choice
                return (ListSource((page.address(f"ds_{name}.json"),)),)
        raise page.changed(f"names {len(named)} data files, and none that is known")

    def rows(self, page: Page) -> Sequence[Any]:
        """The entries of a feed, or the newest rows of a data file, one for each article."""
        if _ends_in(page, ".xml"):
            return page.feed()
        found = page.field(page.json(), "datasource", list)
        return [part for row in found[:_NEWEST] for part in _parts(row)]

    def listing(self, row: Any, page: Page) -> Listing | None:
        if isinstance(row, FeedEntry):
            link, title = stated(page, row.url, "url"), stated(page, row.title, "title")
            return self._linked(page, link, title, row.published_at)
        if isinstance(row, dict) and row.keys() & {"linkUrl", "linkTitle"}:
            return self._linked(page, page.field(row, "linkUrl", str), page.field(row, "linkTitle", str), None)
        link, title = page.field(row, "publishUrl", str), page.field(row, "title", str)
        return self._linked(page, link, title, _time_of(row, page))

    def _linked(self, page: Page, link: str, title: str, published_at: datetime | None) -> Listing | None:
        """The row of a list that this link and its words make; None when they lead to no article."""
        words = plain(title)
        if _LABEL.fullmatch(words):
            return None
        if not words or not link.strip():
            raise page.changed(f"a row without title or link, {link or title!r}")
        url = page.address(link)
        return None if _ONLY_A_FILM.match(url) else self.listed(page, url, words, published_at)

    def extract(self, page: Page) -> Reading:
        title, body = page.title(*self.titles), page.first_of(*self.bodies)
        return Reading(title, body, self._source(page), time_in(self._times(page)))

    def more_pages(self, page: Page) -> tuple[str, ...]:
        return linked_pages(page, _FIRST_PAGE, '#div_currpage a[href*="{id}_"]', "{stem}_{number}.htm")

    def _source(self, page: Page) -> str | None:
        """The source that the page shows, without its label, or else declares; None for neither."""
        texts = filter(None, (text_of(page, css) for css in self.sources))
        names = (_NAME_OF_SOURCE.sub("", text, count=1).strip() for text in texts)
        return next(filter(None, names), None) or page.meta("source")

    def _times(self, page: Page) -> Iterator[str | None]:
        """What tells when an article was published, the most exact first."""
        # Year, month and day, and hour stand in elements of their own.
        if (split := page.maybe(".header-time")) is not None:
            yield _SPLIT_DAY.sub(r"\1-\2-\3", clean(split.text(separator=" ")))
        yield from (text_of(page, css) for css in self.times)


def _ends_in(page: Page, *endings: str) -> bool:
    """Whether the path of the page's address has one of these endings."""
    return page.url.partition("?")[0].endswith(endings)


def _data_files(page: Page, css: str) -> set[str]:
    """The ids of the data files that elements inside the selected ones name."""
    nodes = page.all(f'{css}[data^="datasource:"]')
    named = (_DATA_FILE.fullmatch(str(node.attributes["data"]).strip()) for node in nodes)
    return {match[1] for match in named if match}


def _parts(row: Any) -> list[Any]:
    """A row as rows of one article each: the links of a row that holds several, or the row itself."""
    links = row.get("linkUrls") if isinstance(row, dict) else None
    return links if isinstance(links, list) and len(links) > 1 else [row]


def _time_of(row: dict[str, Any], page: Page) -> datetime | None:
    """When a row of a data file appeared; None for a mere link, dated when it was put into the list."""
    if row.get("contentType") == "Link":
        return None
    if (at := time_in((page.field(row, "publishTime", str),))) is None:
        raise page.changed("a row without a readable publishTime")
    return at

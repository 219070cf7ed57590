"""The CMS of 新华社's sites: data files of channels, feeds, and the article layouts until 2019 and since 2020."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from portals.feeds.feed_entry import FeedEntry
from portals.fields import linked_pages, required, text_of
from portals.page import Page, Reading, plain, time_in
from portals.portal import ListSource, Portal
from tracking.article import Listing
from tracking.body import Rules
from tracking.boilerplate import EDITOR_LINE
from tracking.text import clean

#: The path of an article: …/20260917/<32 hex>/c.html, and formerly …/2022-09/06/c_1128978806.htm, later pages _2.htm.
ARTICLE_PATH = (
    r"/(?:[\w/-]+/)?(?:\d{8}/(?=[0-9a-f]{32}/c\.html)|\d{4}-\d{2}/\d{2}/c_(?=\d+(?:_\d+)?\.htm))"
    r"(?P<key>[0-9a-f]+)(?:/c\.html|(?:_\d+)?\.htm)(?=\?|$)"
)

_FIRST_PAGE = re.compile(r"(?P<stem>https?://[^?#]+/(?P<id>c_\d+))\.htm", re.ASCII)

_DATA_FILE = re.compile(r"datasource:([0-9A-Za-z]{1,64})", re.ASCII)
# Rows of a data file that are read; it goes back for years, newest first.
_NEWEST = 200
# Texts of links that lead to no article: the name of a topic, "专题 |", and a second link to the same article, "全文".
_LABEL = re.compile(r".*[|｜丨]|专题|全文")
_ONLY_A_FILM = re.compile(r"https://[^/]+/(?:video|videopro|live|vr)/")

_NAME_OF_SOURCE = re.compile(r"来源\s*[:：]")
_SPLIT_DAY = re.compile(r"([0-9]{4}) ?([0-9]{1,2}) ?/ ?([0-9]{1,2})")


class XinhuaCms(Portal):
    """A site of this CMS; a subclass states its hosts, lists and article addresses, and its own selectors, if any."""

    later_page = re.compile(r"(/c_\d+)_\d+(?=\.htm$)", re.ASCII)
    rows_have_times = False
    #: The ids of the data files of its channels: a channel's page may name several files.
    data_files: frozenset[str] = frozenset()
    #: Selectors of title, text, source and time in the site's layouts, newest first. None is a bare h1: pages have one
    #: for desktops and a copy for mobile devices.
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
        """The data file that a channel's page names, preferably a known one; () for a data file or feed itself."""
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
        data_rows = page.field(page.json(), "datasource", list)
        return [single for row in data_rows[:_NEWEST] for single in _single_rows(row)]

    def listing(self, row: Any, page: Page) -> Listing | None:
        if isinstance(row, FeedEntry):
            link, title = required(page, row.url, "url"), required(page, row.title, "title")
            return self._linked(page, link, title, row.published_at)
        if isinstance(row, dict) and row.keys() & {"linkUrl", "linkTitle"}:
            return self._linked(page, page.field(row, "linkUrl", str), page.field(row, "linkTitle", str), None)
        link, title = page.field(row, "publishUrl", str), page.field(row, "title", str)
        return self._linked(page, link, title, _time_of(row, page))

    def _linked(self, page: Page, link: str, title: str, published_at: datetime | None) -> Listing | None:
        """The listing of a link with this title; None when it leads to no article."""
        text = plain(title)
        if _LABEL.fullmatch(text):
            return None
        if not text or not link.strip():
            raise page.changed(f"a row without title or link, {link or title!r}")
        url = page.address(link)
        return None if _ONLY_A_FILM.match(url) else self.listed(page, url, text, published_at)

    def extract(self, page: Page) -> Reading:
        title, body = page.title(*self.titles), page.first_of(*self.bodies)
        return Reading(title, body, self._source(page), time_in(self._times(page)))

    def more_pages(self, page: Page) -> tuple[str, ...]:
        return linked_pages(page, _FIRST_PAGE, '#div_currpage a[href*="{id}_"]', "{stem}_{number}.htm")

    def _source(self, page: Page) -> str | None:
        """The visible source, without its label, or else that of the meta element; None without both."""
        texts = filter(None, (text_of(page, css) for css in self.sources))
        names = (_NAME_OF_SOURCE.sub("", text, count=1).strip() for text in texts)
        return next(filter(None, names), None) or page.meta("source")

    def _times(self, page: Page) -> Iterator[str | None]:
        """Texts with the time of publication, the most exact first."""
        # Year, day and hour are in separate elements.
        if (split := page.one_or_none(".header-time")) is not None:
            yield _SPLIT_DAY.sub(r"\1-\2-\3", clean(split.text(separator=" ")))
        yield from (text_of(page, css) for css in self.times)


def _ends_in(page: Page, *endings: str) -> bool:
    """Whether the path of the page's address has one of these endings."""
    return page.url.partition("?")[0].endswith(endings)


def _data_files(page: Page, css: str) -> set[str]:
    """The ids of the data files that the elements of this selector name; "" selects all elements."""
    nodes = page.all(f'{css}[data^="datasource:"]')
    named = (_DATA_FILE.fullmatch(str(node.attributes["data"]).strip()) for node in nodes)
    return {match[1] for match in named if match}


def _single_rows(row: Any) -> list[Any]:
    """A row split into one for each article: the links of a row with several, or the row itself."""
    links = row.get("linkUrls") if isinstance(row, dict) else None
    return links if isinstance(links, list) and len(links) > 1 else [row]


def _time_of(row: dict[str, Any], page: Page) -> datetime | None:
    """When the article of a data row was published; None for a link, whose time is that of its insertion."""
    if row.get("contentType") == "Link":
        return None
    if (at := time_in((page.field(row, "publishTime", str),))) is None:
        raise page.changed("a row without a readable publishTime")
    return at

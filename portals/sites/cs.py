"""中证网: the search of the new site and the columns of the old one; articles of both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from portals.fields import counted_pages, has_layout, nested_object, one_in, texts
from portals.page import Page, Reading, plain, time_in
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import DISCLAIMER, EDITOR_LINE

_SITE = "https://www.cs.com.cn/"
_SEARCH = (
    _SITE + "mi4-web/tv_news/search_articles?wbId=1&page={{page}}&limit=50&miContent={word}&field=&sort=pubDate"
    "&pubDateRange="
)
# Search words: two frequent words that find most news, and words of tracked programmes.
_WORDS = ("政策", "经济", "数字经济", "数字人民币", "数字贸易", "数据要素")
# 要闻, 财经要闻, 观点评论, 公司要闻, 中证快讯
_COLUMNS = ("xwzx/", "xwzx/hg/", "xwzx/jr/", "ssgs/gsxw/", "sylm/jsbd/")

# Selectors of the body in pages of the new site without div.Custom_UnionStyle.
_BODIES = (".article-content", ".article")
_PAGES = re.compile(r"\bvar\s+countPage\s*=\s*(\d{1,9})\b", re.ASCII)
_FIRST_PAGE = re.compile(r"(https?://[^?#]+/t\d{8}_\d+)(\.html)", re.ASCII)


class Cs(Portal):
    """Articles of 中证网; the key is the number that ends the address.

    The new site has no readable columns, so its search is used. The columns of the old site may not exist any more.
    Articles of both sites are read.
    """

    name = "cs"
    categories = Categories("金融", "中证网", "资讯")
    hosts = ("www.cs.com.cn",)
    lists = tuple(_SEARCH.format(word=quote(word)) for word in _WORDS)
    former_lists = tuple(_SITE + column for column in _COLUMNS)
    list_headers = MappingProxyType({"Referer": _SITE + "searchlist.html", "X-Requested-With": "XMLHttpRequest"})
    article_address = re.compile(
        r"https://www\.cs\.com\.cn/(?:[\w/-]+/)?(?:\d{6}/t\d{8}_|\d{4}/\d{2}/\d{2}/detail_)(?P<key>\d+)(?:_\d+)?"
        r"\.html(?=\?|$)",
        re.ASCII,
    )
    later_page = re.compile(r"(/t\d{8}_\d+)_\d+(?=\.html$)", re.ASCII)
    guesses = ("the pages of the new system",)
    rules = Rules(
        drop=("footer", "aside", ".bdsharebuttonbox", ".share", ".page", ".artc_info"),
        skip=(EDITOR_LINE, DISCLAIMER, re.compile(r"中证网声明[:：].*")),
        players=("#J_Article_Player",),
    )

    def list_address(self, list_: str, number: int, at: datetime | None) -> str:
        """Addresses of the old columns have a number from the second page on; those of the search always have one."""
        if list_.endswith("/"):
            return list_ if number == 1 else f"{list_}index_{number - 1}.html"
        return super().list_address(list_, number, at)

    def rows(self, page: Page) -> Sequence[Any]:
        """The links of a column of the old system, or the rows that the search found."""
        if "/search_articles?" not in page.url:
            if not page.all("ul.ch_type3_list"):
                raise page.changed("no list of articles")
            return page.all("ul.ch_type3_list a")
        answer = page.json()
        if (code := page.field(answer, "code", int)) != 0:
            raise page.changed(f"the search answers with code {code}")
        return page.field(nested_object(page, answer, "page"), "list", list)

    def listing(self, row: Any, page: Page) -> Listing | None:
        return self._linked(row, page) if isinstance(row, LexborNode) else self._from_search(row, page)

    def _linked(self, link: LexborNode, page: Page) -> Listing | None:
        """A row of a column; None for a button."""
        href = link.attributes.get("href")
        if not href:
            raise page.changed("a row without a link")
        if href.startswith(("javascript:", "#")):
            return None
        title, time = one_in(page, link, "h3").text(), one_in(page, link, "em").text()
        return self.listed(page, page.address(href), plain(title), time_in((time,)))

    def _from_search(self, row: Any, page: Page) -> Listing | None:
        """A result of the search."""
        url = page.address(page.field(row, "mmInfo_web_url", str))
        title, time = page.field(row, "miLtitle", str), page.field(row, "pubDate", str)
        return self.listed(page, url, plain(title), time_in((time,)))

    def extract(self, page: Page) -> Reading:
        """By the layout of the old or the new site; by general rules for a page in neither."""
        if page.one_or_none("article.cont_article") is not None:
            return _old(page)
        if not has_layout(page, "h1", f"div.Custom_UnionStyle,{','.join(_BODIES)}"):
            return self.read_generically(page)
        title = page.title(".article-title", "h1")
        return Reading(title, _new_body(page), page.meta("author"), time_in(_new_times(page)))

    def more_pages(self, page: Page) -> tuple[str, ...]:
        return counted_pages(page, _FIRST_PAGE, _PAGES)


def _old(page: Page) -> Reading:
    """An article of the old site, or one of its pages."""
    body = page.first_of("article.cont_article > section", "article.cont_article section")
    # Author, then source; both may be empty.
    names = texts(page, ".artc_info em")
    time = page.one_or_none(".artc_info time")
    return Reading(
        title=page.title("article.cont_article header > h1"),
        body=body,
        author=next(filter(None, names), None),
        published_at=None if time is None else time_in((time.text(), time.attributes.get("datetime"))),
    )


def _new_body(page: Page) -> LexborNode:
    """The element of the body: that around div.Custom_UnionStyle, when it contains nothing else."""
    text = page.one_or_none("div.Custom_UnionStyle")
    if text is None:
        return page.first_of(*_BODIES)
    # The samples include the div itself, so an element around it is needed.
    container = text.parent
    return container if container is not None and _holds_only(container, text) else _enclosed(text)


def _holds_only(container: LexborNode, node: LexborNode) -> bool:
    """Whether the node is the only visible node in its container."""
    siblings = (child for child in container.iter(include_text=True, skip_empty=True) if child != node)
    return all(child.tag in ("-comment", "script", "style") for child in siblings)


def _enclosed(node: LexborNode) -> LexborNode:
    """A new element with the node inside."""
    (wrapper,) = LexborHTMLParser("<div></div>").css("div")
    wrapper.insert_child(node)
    return wrapper


def _new_times(page: Page) -> Iterator[str | None]:
    """Meta elements with the time of publication of an article of the new site."""
    yield from map(page.meta, ("publishdate", "PubDate", "article:published_time"))

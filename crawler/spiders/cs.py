"""中证网: the search of its new system and the columns of the old one; articles of both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.families.readers import counted, inside, laid_out, only, shown
from crawler.page import Page, plain, time_in
from crawler.portal import Portal, Reading
from tracking.article import Categories, Listing
from tracking.body import EDITOR_LINE, Rules

_SITE = "https://www.cs.com.cn/"
_SEARCH = (
    _SITE + "mi4-web/tv_news/search_articles?wbId=1&page={{page}}&limit=50&miContent={word}&field=&sort=pubDate"
    "&pubDateRange="
)
# Two frequent words stand for the stream of news, the others for what is tracked.
_WORDS = ("政策", "经济", "数字经济", "数字人民币", "数字贸易", "数据要素")
# 要闻, 财经要闻, 观点评论, 公司要闻, 中证快讯
_COLUMNS = ("xwzx/", "xwzx/hg/", "xwzx/jr/", "ssgs/gsxw/", "sylm/jsbd/")

# Where texts of the new system stand that have no element of their own.
_BODIES = (".article-content", ".article")
_PAGES = re.compile(r"\bvar\s+countPage\s*=\s*(\d{1,9})\b", re.ASCII)
_FIRST_PAGE = re.compile(r"(https?://[^?#]+/t\d{8}_\d+)\.html", re.ASCII)
_LATER_PAGE = re.compile(r"(/t\d{8}_\d+)_\d+\.html$", re.ASCII)


class Cs(Portal):
    """Articles of 中证网; the key is the number that ends the address."""

    name = "cs"
    categories = Categories("金融", "中证网", "资讯")
    hosts = ("www.cs.com.cn",)
    lists = tuple(_SEARCH.format(word=quote(word)) for word in _WORDS)
    former_lists = tuple(_SITE + column for column in _COLUMNS)
    list_headers: ClassVar[dict[str, str]] = {
        "Referer": _SITE + "searchlist.html",
        "X-Requested-With": "XMLHttpRequest",
    }
    article_address = re.compile(
        r"https://www\.cs\.com\.cn/(?:[\w/-]+/)?(?:\d{6}/t\d{8}_|\d{4}/\d{2}/\d{2}/detail_)(?P<key>\d+)(?:_\d+)?"
        r"\.html(?=\?|$)",
        re.ASCII,
    )
    guesses = ("the pages of the new system",)
    rules = Rules(
        drop=("footer", "aside", ".bdsharebuttonbox", ".share", ".page", ".artc_info"),
        skip=(EDITOR_LINE, re.compile(r"(?:中证网声明|免责声明)[:：].*")),
        players=("#J_Article_Player",),
    )

    def list_address(self, list_: str, number: int) -> str:
        if list_.endswith("/"):
            return list_ if number == 1 else f"{list_}index_{number - 1}.html"
        return super().list_address(list_, number)

    def rows(self, page: Page) -> Sequence[Any]:
        if "/search_articles?" not in page.url:
            if not page.all("ul.ch_type3_list"):
                raise page.changed("no list of articles")
            return page.all("ul.ch_type3_list a")
        answer = page.json()
        if (code := page.field(answer, "code", int)) != 0:
            raise page.changed(f"the search answers with code {code}")
        return page.field(inside(page, answer, "page"), "list", list)

    def listing(self, row: Any, page: Page) -> Listing | None:
        return self._linked(row, page) if isinstance(row, LexborNode) else self._found(row, page)

    def _linked(self, link: LexborNode, page: Page) -> Listing | None:
        href = link.attributes.get("href")
        if not href:
            raise page.changed("a row without a link")
        if href.startswith(("javascript:", "#")):
            return None
        return self._listing(page, page.address(href), only(page, link, "h3").text(), only(page, link, "em").text())

    def _found(self, row: Any, page: Page) -> Listing | None:
        url = page.address(page.field(row, "mmInfo_web_url", str))
        return self._listing(page, url, page.field(row, "miLtitle", str), page.field(row, "pubDate", str))

    def _listing(self, page: Page, url: str, title: str, time: str) -> Listing | None:
        key = self.key_of(url)
        if key is None:
            return None
        published_at = time_in((time,))
        if published_at is None or not plain(title):
            raise page.changed(f"{url} without title or time")
        address = _LATER_PAGE.sub(r"\1.html", url.partition("?")[0])
        return Listing(self.name, key, address, plain(title), published_at)

    def extract(self, page: Page) -> Reading:
        if page.maybe("article.cont_article") is not None:
            return _old(page)
        if not laid_out(page, "h1", f"div.Custom_UnionStyle,{','.join(_BODIES)}"):
            return self.read_generically(page)
        title = page.title(".article-title", "h1")
        return Reading(title, _new_body(page), page.meta("author"), time_in(_new_times(page)))

    def more_pages(self, page: Page) -> tuple[str, ...]:
        count, first = _PAGES.search(page.source), _FIRST_PAGE.fullmatch(page.url)
        return () if first is None else tuple(f"{first[1]}_{later}.html" for later in counted(page, count))


def _old(page: Page) -> Reading:
    body = page.first_of("article.cont_article > section", "article.cont_article section")
    # The first names the author, the second the source; either may be empty.
    names = shown(page, ".artc_info em")
    time = page.maybe(".artc_info time")
    return Reading(
        title=page.title("article.cont_article header > h1"),
        body=body,
        author=next(filter(None, names), None),
        published_at=None if time is None else time_in((time.text(), time.attributes.get("datetime"))),
    )


def _new_body(page: Page) -> LexborNode:
    text = page.maybe("div.Custom_UnionStyle")
    if text is None:
        return page.first_of(*_BODIES)
    # The samples keep this element, with its tag: it is what the container holds.
    container = text.parent
    return container if container is not None and _holds_only(container, text) else _enclosed(text)


def _holds_only(container: LexborNode, node: LexborNode) -> bool:
    others = (child for child in container.iter(include_text=True, skip_empty=True) if child != node)
    return all(child.tag in ("-comment", "script", "style") for child in others)


def _enclosed(node: LexborNode) -> LexborNode:
    (shell,) = LexborHTMLParser("<div></div>").css("div")
    shell.insert_child(node)
    return shell


def _new_times(page: Page) -> Iterator[str | None]:
    yield from map(page.meta, ("publishdate", "PubDate", "article:published_time"))

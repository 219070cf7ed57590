"""21财经: a list of whole flashes, and channels; articles of the desktop and the mobile site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from selectolax.lexbor import LexborNode

from portals.fields import first_text, has_layout, joined_text, text_of, texts
from portals.page import Page, Reading, plain
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import EDITOR_LINE

_SITE = "https://www.21jingji.com/"
_MOBILE_ARTICLE = re.compile(r"https://(?:m\.)?21jingji\.com/(?=article/)")
_FLASH = re.compile(r"https://(?:(?:www|m)\.)?21jingji\.com/timeline/")
_TITLES = (".titleHead h1", "h2.titl")
_BODIES = (".txtContent", ".main_content", ".detailCont")
_TIMES = (".author-infos", ".newsDate", "p.Wh")
_AUTHORS = ".newsInfo,.author-infos a,span.Wh1"


class Jingji21(Portal):
    """Articles and flashes of 21财经; the key is the hash at the end of the address.

    The rows of the list are whole flashes; several may have the same page and then differ in a number. Channels are
    pages of cards.
    """

    name = "jingji21"
    categories = Categories("金融", "21财经", "资讯")
    hosts = ("api.21jingji.com", "www.21jingji.com", "m.21jingji.com")
    # 快讯, 宏观, 金融
    lists = (
        "https://api.21jingji.com/timestream/getListweb?page={page}",
        _SITE + "channel/politics/",
        _SITE + "channel/finance/",
    )
    # The key of flashes with the same page is their number.
    article_address = re.compile(
        r"https://(?:(?:www|m)\.)?21jingji\.com/(?:article/\d{8}/(?:[a-z]+/)?|timeline/(?P<shared>[a-z]+\.html\?id=)?)"
        r"(?P<key>[0-9a-f]+)(?(shared)|\.html)(?=\?|$)",
        re.ASCII,
    )
    guesses = ("the pages of articles on www", "which flash has an article of its own")
    rules = Rules(
        drop=(".rela-box", ".copyright", ".editor"),
        skip=(
            EDITOR_LINE,
            re.compile(r"[（(](?:作者|记者|编辑|来源|原标题)[:：].{0,80}[）)]"),
            re.compile(r"(?:21世纪经济报道|南方财经(?:全媒体)?)(?:见习|实习|特约)?记者[^，。；：！？]{1,40}报道"),
            re.compile(r".{0,20}(?:下载|打开|登录)21财经APP.{0,20}", re.IGNORECASE),
        ),
    )

    def rows(self, page: Page) -> Sequence[Any]:
        """The cards of a channel that have a title, or the rows of the list of flashes."""
        if "/channel/" in page.url:
            cards = page.all("div.news > a[href],div.news_list > a[href]")
            if not (with_title := [card for card in cards if card.css_first("h2") is not None]):
                raise page.changed("no list of articles")
            return with_title
        answer = page.json()
        data = answer["data"] if isinstance(answer, dict) and "list" not in answer and "data" in answer else answer
        return data if isinstance(data, list) else page.field(data, "list", list)

    def listing(self, row: Any, page: Page) -> Listing | None:
        if isinstance(row, LexborNode):
            return self._listing(
                page, str(row.attributes["href"]), joined_text(row, "h2"), joined_text(row, ".title span")
            )
        title, time = page.field(row, "title", str), page.field(row, "inputtime", str)
        address = self._address(row, page)
        if _FLASH.match(address):
            page.field(row, "content", str)
        return self._listing(page, address, title, time)

    def _listing(self, page: Page, link: str, title: str, time: str) -> Listing | None:
        url = _MOBILE_ARTICLE.sub(_SITE, page.address(link))
        return self.listed(page, url, plain(title), page.time(time))

    def article_url(self, url: str) -> str:
        """The address; with its number for a flash whose page is of several."""
        return url if "?id=" in url else super().article_url(url)

    def inline_article(self, row: Any, page: Page) -> Reading | None:
        """A whole flash; None for an article, and for a flash without a text."""
        if isinstance(row, LexborNode) or not _FLASH.match(self._address(row, page)):
            return None
        text = page.field(row, "content", str)
        if not plain(text):
            return None
        body, at = page.fragment(text), page.time(page.field(row, "inputtime", str))
        return Reading(plain(page.field(row, "title", str)), body, first_text(row.get("source"), row.get("author")), at)

    def _address(self, row: Any, page: Page) -> str:
        """The address in a row of the list of flashes; with the number of a flash whose page is of several."""
        url = page.address(page.field(row, "url" if row.get("url") else "linkurl", str))
        if _FLASH.match(url) is None or self.key_of(url) is not None:
            return url
        numbered = f"{url.partition('?')[0]}?id={row.get('id')}"
        if self.key_of(numbered) is None:
            raise page.changed(f"a flash with the number {row.get('id')!r}")
        return numbered

    def extract(self, page: Page) -> Reading:
        """By the layouts of both sites; by general rules for a page in another layout."""
        if not has_layout(page, ",".join(_TITLES), ",".join(_BODIES)):
            return self.read_generically(page)
        title, body = page.title(*_TITLES), page.first_of(*_BODIES)
        author = next(filter(None, texts(page, _AUTHORS)), page.meta("author"))
        return Reading(title, body, author, page.time(*(text_of(page, css) for css in _TIMES)))

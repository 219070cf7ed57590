"""The publishing system TRS, used by many authorities: numbered pages of columns, dates in addresses, meta elements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborNode

from portals.fields import texts, title_of
from portals.page import Page, Reading, time_in
from portals.portal import Portal
from tracking.article import Listing
from tracking.text import clean

#: Elements beside the text that are sometimes inside its container: share and print buttons, pages, related articles.
FURNITURE = (
    ".share,#share,.share-box,.bdsharebuttonbox,.bshare-custom,.jiathis_style",
    ".pages_print,#pageBreak,.related,.xg-list",
    ".qrcode,#qrcode,.ewm,.erweima,#qr_container",
)
#: Buttons of a page that appear as a paragraph of the text.
CONTROLS = re.compile(
    r"(?:[【\[]?(?:我要纠错|打印(?:本页|此页)?|关闭(?:窗口|本页)?|返回顶部)[】\]]?\s*){1,4}"
    r"|[（(]?扫一扫[，,]?在手机(?:上)?打开(?:当前|此|本)页(?:面)?[）)]?"
    r"|【?字体\s*[:：]\s*大\s*中\s*小\s*】?"
)

# Without a digit check at the end, since times may follow each other: "2026-07-15 17:31:002026-07-15 17:31:00".
_STAMP = re.compile(r"[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}(?:[ T-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?")
_IN_ADDRESS = re.compile(r"/t([0-9]{4})([0-9]{2})([0-9]{2})_[0-9]+[._]")
_LABEL = re.compile(r"^(?:文章|信息)?(?:来\s*源|稿\s*源|作\s*者)\s*[:：]\s*")


class Trs(Portal):
    """A site of this system; a subclass states the CSS selectors of rows, titles and texts."""

    later_page = re.compile(r"(/t\d{8}_\d+)_\d+(?=\.s?html$)", re.ASCII)
    page_count = re.compile(r"createPageHTML\(\s*([0-9]{1,9})\s*,\s*[0-9]{1,9}\s*,\s*[\"']index")
    rows_have_times = False
    #: Whether an article page with a title and none of `bodies` is read by general rules.
    generic_fallback: bool = False
    #: The file extension of a column's later pages.
    suffix: str = "html"
    #: Selectors of the list element in the site's layouts, newest first, and of the rows in it.
    columns: tuple[str, ...]
    row: str = "li"
    #: For title, time and source: the name of the meta element, and selectors of visible elements.
    title_meta: str = "ArticleTitle"
    titles: tuple[str, ...]
    time_meta: str = "PubDate"
    times: tuple[str, ...] = ()
    source_meta: str = "ContentSource"
    sources: tuple[str, ...] = ()
    #: Selectors of the element with the text in the site's layouts, newest first.
    bodies: tuple[str, ...]

    # --- columns ---

    def list_address(self, list_: str, number: int, at: datetime | None) -> str:
        """A column is a folder; its pages from the second on are index_1, index_2 …"""
        return list_ if number == 1 else f"{list_}index_{number - 1}.{self.suffix}"

    def rows(self, page: Page) -> Sequence[Any]:
        """The rows of the first of the site's layouts that the page has."""
        for column in self.columns:
            if page.all(column):
                return page.all(f"{column} {self.row}")
        raise page.changed("no list of articles")

    def listing(self, row: Any, page: Page) -> Listing | None:
        """The listing of the first link in a row that leads to an article; None when none does."""
        links = [link for link in row.css("a") if _has_page_address(link)]
        if not links and clean(row.text()) and not row.css("a[href]"):
            raise page.changed("a row without a link")
        pairs = ((link, page.address(str(link.attributes["href"]))) for link in links)
        article_link = next(((link, url) for link, url in pairs if self.key_of(url) is not None), None)
        if article_link is None:
            return None
        link, url = article_link
        # The date is in the last element, after the status, title and number of the document.
        candidates = (node.text() for node in reversed(row.css("span, b, em")))
        return self.listed(page, url, title_of(link), time_in((*candidates, date_in_address(url))))

    # --- articles ---

    def extract(self, page: Page) -> Reading:
        if self.generic_fallback and self.title_of(page) and not any(map(page.all, self.bodies)):
            return self.read_generically(page)
        body = only_body(page, self.bodies)
        return Reading(self.title_of(page), body, self.author_of(page), time_in(self.times_of(page)))

    def title_of(self, page: Page) -> str:
        """The title of an article, from its meta element or else its heading; LayoutChanged without one."""
        return page.meta(self.title_meta) or page.title(*self.titles)

    def times_of(self, page: Page) -> Iterator[str | None]:
        """Texts with the time of publication, the most exact first."""
        yield first_timestamp(page.meta(self.time_meta))
        yield from texts(page, *self.times)
        yield date_in_address(page.url)

    def author_of(self, page: Page) -> str | None:
        """The source of an article, from its meta element or else a visible one; None when the page does not say."""
        return page.meta(self.source_meta) or first_name(page, *self.sources)


def only_body(page: Page, selectors: Sequence[str]) -> LexborNode:
    """The outermost node of the first selector that matches; LayoutChanged for none or several."""
    for css in selectors:
        nodes = page.all(css)
        if (first := next(iter(nodes), None)) is not None:
            # Editors paste containers into each other.
            if len(first.css(css)) != len(nodes):
                raise page.changed(f"{len(nodes)} nodes match {css}")
            return first
    raise page.changed(f"nothing matches {' or '.join(selectors)}")


def first_timestamp(text: str | None) -> str | None:
    """The first time in the text of a meta element; the whole text when it has none in the usual form."""
    match = None if text is None else _STAMP.search(text)
    return text if match is None else match.group()


def date_in_address(url: str) -> str | None:
    """The date in the address of an article, as 2026-07-15; None for another address."""
    match = _IN_ADDRESS.search(url)
    return None if match is None else "-".join(match.groups())


def first_name(page: Page, *selectors: str) -> str | None:
    """The first text that the selectors match, without the label 来源: or 作者:; None without one."""
    return next(filter(None, map(without_label, texts(page, *selectors))), None)


def without_label(text: str) -> str:
    """A name without the label 来源: or 作者: before it."""
    return _LABEL.sub("", text, count=1)


def _has_page_address(link: LexborNode) -> bool:
    """Whether a link leads to a page, and is not a button, an anchor or a mail address."""
    href = link.attributes.get("href")
    return bool(href) and not str(href).lstrip().lower().startswith(("javascript:", "#", "mailto:"))

"""What sites made with TRS share: columns in numbered pages, the date in an address, what an article says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborNode

from portals.fields import shown, title_of
from portals.page import Page, Reading, time_in
from portals.portal import ListPosition, Portal
from tracking.article import Listing
from tracking.text import clean

#: What stands beside the text, and sometimes inside its container.
FURNITURE = (
    ".share,#share,.share-box,.bdsharebuttonbox,.bshare-custom,.jiathis_style",
    ".pages_print,#pageBreak,.related,.xg-list",
    ".qrcode,#qrcode,.ewm,.erweima,#qr_container",
)
#: The buttons of a page, as a line of its text.
CONTROLS = re.compile(
    r"(?:[【\[]?(?:我要纠错|打印(?:本页|此页)?|关闭(?:窗口|本页)?|返回顶部)[】\]]?\s*){1,4}"
    r"|[（(]?扫一扫[，,]?在手机(?:上)?打开(?:当前|此|本)页(?:面)?[）)]?"
    r"|【?字体\s*[:：]\s*大\s*中\s*小\s*】?"
)

# Stamps may be glued together: "2026-07-15 17:31:002026-07-15 17:31:00".
_STAMP = re.compile(r"[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}(?:[ T-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?")
_IN_ADDRESS = re.compile(r"/t([0-9]{4})([0-9]{2})([0-9]{2})_[0-9]+[._]")
_LABEL = re.compile(r"^(?:文章|信息)?(?:来\s*源|稿\s*源|作\s*者)\s*[:：]\s*")
_COLUMN_PAGES = re.compile(r"createPageHTML\(\s*([0-9]{1,9})\s*,\s*[0-9]{1,9}\s*,\s*[\"']index")


class Trs(Portal):
    """A site of this system; a subclass says where rows, titles and texts stand, as CSS selectors."""

    later_page = re.compile(r"(/t\d{8}_\d+)_\d+(?=\.s?html$)", re.ASCII)
    rows_have_times = False
    #: How the files of a column's later pages end.
    suffix: str = "html"
    #: The lists of the site's layouts, newest first, and what in them is a row.
    columns: tuple[str, ...]
    row: str = "li"
    #: Where an article says of itself what it is: the names of meta elements, and what a person sees.
    title_meta: str = "ArticleTitle"
    titles: tuple[str, ...]
    time_meta: str = "PubDate"
    times: tuple[str, ...] = ()
    source_meta: str = "ContentSource"
    sources: tuple[str, ...] = ()
    #: The elements that hold the text in the site's layouts, newest first.
    bodies: tuple[str, ...]

    # --- columns ---

    def list_address(self, list_: str, number: int, at: datetime | None) -> str:
        """A column is a folder; its pages from the second on are index_1, index_2 …"""
        return list_ if number == 1 else f"{list_}index_{number - 1}.{self.suffix}"

    def next_address(self, position: ListPosition, page: Page) -> str | None:
        """None after the last page that the script of the column says it has."""
        count = _COLUMN_PAGES.search(page.source)
        if count is not None and position.number >= int(count[1]):
            return None
        return super().next_address(position, page)

    def rows(self, page: Page) -> Sequence[Any]:
        """The rows of the first of the site's layouts that the page has."""
        for column in self.columns:
            if page.all(column):
                return page.all(f"{column} {self.row}")
        raise page.changed("no list of articles")

    def listing(self, row: Any, page: Page) -> Listing | None:
        """The row of the first of its links that leads to an article; None where none does."""
        links = [link for link in row.css("a") if _leads_somewhere(link)]
        if not links and clean(row.text()) and not row.css("a[href]"):
            raise page.changed("a row without a link")
        addressed = ((link, page.address(str(link.attributes["href"]))) for link in links)
        found = next(((link, url) for link, url in addressed if self.key_of(url) is not None), None)
        if found is None:
            return None
        link, url = found
        # The date comes last, after whether it is in force, the title and the number of the document.
        beside = (node.text() for node in reversed(row.css("span, b, em")))
        return self.listed(page, url, title_of(link), time_in((*beside, dated(url))))

    # --- articles ---

    def extract(self, page: Page) -> Reading:
        body = only_body(page, self.bodies)
        return Reading(self.title_of(page), body, self.author_of(page), time_in(self.times_of(page)))

    def title_of(self, page: Page) -> str:
        """The title of an article, declared or shown; LayoutChanged without one."""
        return page.meta(self.title_meta) or page.title(*self.titles)

    def times_of(self, page: Page) -> Iterator[str | None]:
        """What tells when an article was published, the most exact first."""
        yield first_stamp(page.meta(self.time_meta))
        yield from shown(page, *self.times)
        yield dated(page.url)

    def author_of(self, page: Page) -> str | None:
        """Who published an article first, declared or shown; None where the page does not say."""
        return page.meta(self.source_meta) or first_name(page, *self.sources)


def only_body(page: Page, selectors: Sequence[str]) -> LexborNode:
    """The node of the first selector that matches, whatever is inside it; LayoutChanged for none or several apart."""
    for css in selectors:
        nodes = page.all(css)
        if (first := next(iter(nodes), None)) is not None:
            # Editors paste one wrapper into another.
            if len(first.css(css)) != len(nodes):
                raise page.changed(f"{len(nodes)} nodes match {css}")
            return first
    raise page.changed(f"nothing matches {' or '.join(selectors)}")


def first_stamp(text: str | None) -> str | None:
    """The first of the times that a meta element holds; the text itself where it has none of the usual form."""
    found = None if text is None else _STAMP.search(text)
    return text if found is None else found.group()


def dated(url: str) -> str | None:
    """The day in the address of an article, as 2026-07-15; None for another address."""
    found = _IN_ADDRESS.search(url)
    return None if found is None else "-".join(found.groups())


def first_name(page: Page, *selectors: str) -> str | None:
    """The first name in what the selectors match, without "来源：" before it; None for nothing."""
    return next(filter(None, map(unlabelled, shown(page, *selectors))), None)


def unlabelled(text: str) -> str:
    """A name without "来源：" or "作者：" before it."""
    return _LABEL.sub("", text, count=1)


def _leads_somewhere(link: LexborNode) -> bool:
    """Whether a link has the address of a page, and is no button or mark."""
    href = link.attributes.get("href")
    return bool(href) and not str(href).lstrip().lower().startswith(("javascript:", "#", "mailto:"))

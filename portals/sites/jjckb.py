"""经济参考报: the column of important news; articles in the CMS of 新华网, whose pages are mostly guesses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from selectolax.lexbor import LexborNode

from portals.cms.xinhua import ARTICLE_PATH, XinhuaCms
from portals.page import Page, Reading
from portals.portal import ListSource
from tracking.article import Categories, Listing
from tracking.text import clean_title

_LINKS = '.xpage-content-list a[href*="/c"]'


class Jjckb(XinhuaCms):
    """Articles of 经济参考报; the key is the 32 hex digits of the address, or the number after c_ of older ones."""

    name = "jjckb"
    categories = Categories("金融", "经济参考报", "要闻")
    hosts = ("www.jjckb.cn",)
    lists = ("https://www.jjckb.cn/yw.htm",)
    article_address = re.compile(rf"https://www\.jjckb\.cn{ARTICLE_PATH}", re.ASCII)
    guesses = (
        "the list shows its links in .xpage-content-list, or names a data file",
        "articles are laid out as on news.cn, or with .top_tit and .sj_scro",
        "the body is #detailContent, #detail, #articleContent or #content",
    )
    titles = (*XinhuaCms.titles, ".top_tit")
    bodies = (*XinhuaCms.bodies, "#articleContent", "#content")
    times = (*XinhuaCms.times, ".sj_scro")

    def list_sources(self, page: Page) -> tuple[ListSource, ...]:
        """() when the page itself has the links, else as on the other sites of the CMS."""
        return () if page.all(_LINKS) else super().list_sources(page)

    def rows(self, page: Page) -> Sequence[Any]:
        return super().rows(page) if page.url.endswith(".json") else page.all(_LINKS)

    def listing(self, row: Any, page: Page) -> Listing | None:
        if not isinstance(row, LexborNode):
            return super().listing(row, page)
        # Pictures are links to the article as well, without text.
        text = clean_title(row.text())
        return self._linked(page, str(row.attributes["href"]), text, None) if text else None

    def extract(self, page: Page) -> Reading:
        """By the layouts that the site is assumed to have; by general rules for a page in none of them."""
        guessed = (",".join(self.titles), ",".join(self.bodies))
        return super().extract(page) if all(map(page.all, guessed)) else self.read_generically(page)

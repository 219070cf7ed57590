"""国家网信办: the columns of its site; rows link without quotes and without a scheme."""

from __future__ import annotations

import re
from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from portals.fields import address_of, one_in, text_of, title_of
from portals.page import Page, Reading, time_in
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import AUTHORITY_EDITOR_LINE

# 网信发布, 政策法规, 部门规章, 规范性文件, 政策文件, 网信@你
_COLUMNS = (
    "wxzw/wxfb/A093702",
    "wxzw/zcfg/A093703",
    "wxzw/zcfg/bmgz/A09370303",
    "wxzw/zcfg/gfxwj/A09370305",
    "wxzw/zcfg/zcwj/A09370306",
    "hdfw/wxan/A093802",
)


class Cac(Portal):
    """Articles of 国家网信办; the key is the number after "c_".

    Six columns in numbered pages; their rows link without a scheme. A page after the last one is an empty list with
    HTTP 200.
    """

    name = "cac"
    categories = Categories("政策", "国家网信办", "网信政务")
    hosts = ("www.cac.gov.cn",)
    lists = tuple(f"https://www.cac.gov.cn/{column}index_{{page}}.htm" for column in _COLUMNS)
    article_address = re.compile(
        r"https://www\.cac\.gov\.cn/\d{4}-\d{2}/\d{2}/c_(?P<key>\d+)(?:_\d+)?\.html?(?=\?|$)", re.ASCII
    )
    later_page = re.compile(r"(/c_\d+)_\d+(?=\.html?$)", re.ASCII)
    guesses = ("where the text of an article stands", "how an article of several pages links them")
    rules = Rules(
        drop=("h1.title", ".info", "#pubtime", "#source", "#div_currpage"),
        skip=(AUTHORITY_EDITOR_LINE, re.compile(r"【?(?:打印|纠错|关闭窗口|关闭)】?")),
    )

    def rows(self, page: Page) -> Sequence[LexborNode]:
        page.one("#loadingInfoPage")
        return page.all("#loadingInfoPage > li")

    def listing(self, row: LexborNode, page: Page) -> Listing | None:
        link = one_in(page, row, "h5 a")
        url = address_of(page, link)
        if self.key_of(url) is None:
            return None
        return self.listed(page, url, title_of(link), time_in((one_in(page, row, ".times").text(),)))

    def extract(self, page: Page) -> Reading:
        """By its own layout where the page has #BodyLabel; otherwise by general rules."""
        body = page.one_or_none("#BodyLabel")
        if body is None:
            return self.read_generically(page)
        times = (text_of(page, "#pubtime"), page.meta("publishdate"))
        return Reading(page.title("h1.title", "#title"), body, _author(page), time_in(times))

    def more_pages(self, page: Page) -> tuple[str, ...]:
        """The later pages that the first one links to: c_1_2.htm, c_1_3.htm …"""
        key = self.key_of(page.url)
        links = [link.attributes.get("href") for link in page.all(f'a[href*="/c_{key}_"], a[href^="c_{key}_"]')]
        linked = {page.address(link).partition("?")[0] for link in links if link}
        later = (url for url in linked if self.key_of(url) == key)
        return tuple(sorted(later, key=lambda url: (len(url), url)))


def _author(page: Page) -> str | None:
    """The source, without its label; None when the page has none."""
    source = text_of(page, "#source")
    return None if source is None else source.removeprefix("来源：").strip() or None

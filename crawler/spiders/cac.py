"""国家网信办: the columns of its site; rows link without quotes and without a scheme."""

from __future__ import annotations

import re
from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from crawler.families.readers import address_of, only, text_of, title_of
from crawler.families.trs import SIGNED
from crawler.page import Page, time_in
from crawler.portal import Portal, Reading
from tracking.article import Categories, Listing
from tracking.body import Rules

# 网信发布, 政策法规, 部门规章, 规范性文件, 政策文件, 网信@你
_COLUMNS = (
    "wxzw/wxfb/A093702",
    "wxzw/zcfg/A093703",
    "wxzw/zcfg/bmgz/A09370303",
    "wxzw/zcfg/gfxwj/A09370305",
    "wxzw/zcfg/zcwj/A09370306",
    "hdfw/wxan/A093802",
)
_LATER_PAGE = re.compile(r"(/c_\d+)_\d+(?=\.html?$)", re.ASCII)


class Cac(Portal):
    """Articles of 国家网信办; the key is the number after "c_"."""

    name = "cac"
    categories = Categories("政策", "国家网信办", "网信政务")
    hosts = ("www.cac.gov.cn",)
    lists = tuple(f"https://www.cac.gov.cn/{column}index_{{page}}.htm" for column in _COLUMNS)
    article_address = re.compile(
        r"https://www\.cac\.gov\.cn/\d{4}-\d{2}/\d{2}/c_(?P<key>\d+)(?:_\d+)?\.html?(?=\?|$)", re.ASCII
    )
    guesses = ("where the text of an article stands", "how an article of several pages links them")
    rules = Rules(
        drop=("h1.title", ".info", "#pubtime", "#source", "#div_currpage"),
        skip=(SIGNED, re.compile(r"【?(?:打印|纠错|关闭窗口|关闭)】?")),
    )

    def rows(self, page: Page) -> Sequence[LexborNode]:
        page.one("#loadingInfoPage")
        return page.all("#loadingInfoPage > li")

    def listing(self, row: LexborNode, page: Page) -> Listing | None:
        link = only(page, row, "h5 a")
        url = address_of(page, link)
        key = self.key_of(url)
        if key is None:
            return None
        title = title_of(link)
        published_at = time_in((only(page, row, ".times").text(),))
        if published_at is None or not title:
            raise page.changed(f"{url} without title or time")
        return Listing(self.name, key, _LATER_PAGE.sub(r"\1", url.partition("?")[0]), title, published_at)

    def extract(self, page: Page) -> Reading:
        body = page.maybe("#BodyLabel")
        if body is None:
            return self.read_generically(page)
        times = (text_of(page, "#pubtime"), page.meta("publishdate"))
        return Reading(page.title("h1.title", "#title"), body, _author(page), time_in(times))

    def more_pages(self, page: Page) -> tuple[str, ...]:
        """The further pages that the first one links: c_1_2.htm, c_1_3.htm …"""
        key = self.key_of(page.url)
        links = [link.attributes.get("href") for link in page.all(f'a[href*="/c_{key}_"], a[href^="c_{key}_"]')]
        linked = {page.address(link).partition("?")[0] for link in links if link}
        further = (url for url in linked if self.key_of(url) == key)
        return tuple(sorted(further, key=lambda url: (len(url), url)))


def _author(page: Page) -> str | None:
    source = text_of(page, "#source")
    return None if source is None else source.removeprefix("来源：").strip() or None

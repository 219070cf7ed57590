"""国家数据局: the columns of its site; the file name of an article contains the time at which it was created."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time

from selectolax.lexbor import LexborNode

from portals.fields import address_of, one_child, title_of
from portals.page import Page, Reading, time_in
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import AUTHORITY_EDITOR_LINE
from tracking.dates import BEIJING
from tracking.text import clean_title

# 通知公告, 政策发布, 政策解读, 数据动态, 新闻发布
_COLUMNS = ("zwgk/tzgg", "zwgk/zcfb", "zwgk/zcjd", "swdt", "swdt/xwfb")

_STAMP = re.compile(r"/(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d*_(?:pc|mobile)\.html", re.ASCII)


class Nda(Portal):
    """Articles of 国家数据局; the key is the long number that ends the address.

    That number is the time at which the page was created; it adds the hour to the date in lists and pages.
    """

    name = "nda"
    categories = Categories("政策", "国家数据局", "政务公开")
    hosts = ("www.nda.gov.cn",)
    lists = tuple(f"https://www.nda.gov.cn/sjj/{column}/list/index_pc_{{page}}.html" for column in _COLUMNS)
    article_address = re.compile(
        r"https://www\.nda\.gov\.cn/sjj/(?:[\w-]+/)*\d{4}/(?P<key>\d{14,40})_(?:pc|mobile)\.html(?=\?|$)", re.ASCII
    )
    guesses = ("where the text of an article stands",)
    rules = Rules(
        drop=("h1", "ul:has(> .source)", ".source"),
        skip=(AUTHORITY_EDITOR_LINE, re.compile(r"(?:字号|字体)[:：].{0,20}")),
    )

    def rows(self, page: Page) -> Sequence[LexborNode]:
        if not page.all(".u-list"):
            raise page.changed("no list of articles")
        return page.all(".u-list > li")

    def listing(self, row: LexborNode, page: Page) -> Listing | None:
        link, day = one_child(page, row, "a"), one_child(page, row, "span")
        url = address_of(page, link).partition("?")[0]
        return self.listed(page, url, title_of(link), _with_hour(time_in((day.text(),)), url))

    def article_url(self, url: str) -> str:
        """The article's address on the desktop site."""
        return super().article_url(url).replace("_mobile.html", "_pc.html")

    def extract(self, page: Page) -> Reading:
        """By the site's layout for a page with one body; otherwise by general rules."""
        bodies = page.all("div.article, #zoom")
        if len(bodies) != 1:
            return self.read_generically(page)
        (body,) = bodies
        title = page.meta("ArticleTitle") or page.title("h1")
        published_at = _with_hour(time_in((page.meta("PubDate"),)), page.url)
        return Reading(clean_title(title), body, page.meta("ContentSource"), published_at)


def _with_hour(shown: datetime | None, url: str) -> datetime | None:
    """A date with the hour in the file name, if that is of the same day: some pages are published days later."""
    stamp = _STAMP.search(url)
    if shown is None or stamp is None or shown.astimezone(BEIJING).time() != time():
        return shown
    created_at = time_in(("{}-{}-{} {}:{}:{}".format(*stamp.groups()),))
    return created_at if created_at is not None and _day(created_at) == _day(shown) else shown


def _day(at: datetime) -> str:
    """The day in Beijing."""
    return f"{at.astimezone(BEIJING):%Y-%m-%d}"

"""工信部: columns whose pages are doors to lists of markup wrapped in JSON; articles of www and wap.miit.gov.cn."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from selectolax.lexbor import LexborNode

from crawler.families.readers import address_of, child, inside, shown, text_of, title_of
from crawler.families.trs import SIGNED
from crawler.page import Page, time_in
from crawler.portal import Portal, Reading
from tracking.article import Categories, Listing
from tracking.body import Rules

_SITE = "https://www.miit.gov.cn/"
_UNIT = "/front/page/build/unit?"
# 政策解读, 文件公示, 科技司 文件发布, 部领导活动
_COLUMNS = ("zwgk/zcjd/", "zwgk/wjgs/", "jgsj/kjs/wjfb/", "xwfb/bldhd/")
# What a column's page calls its list; its other units are menus.
_LIST_TAGS = ("右侧内容", "当前栏目_list")
_ROWS_OF_A_PAGE = 24

_SIZE, _COUNT = re.compile(r"[1-9]\d{0,2}", re.ASCII), re.compile(r"\d{1,7}", re.ASCII)
_SOURCE = re.compile(r"来源\s*[:：]\s*(.+)")


class Miit(Portal):
    """Articles of 工信部; the key is the 32 hex digits of the address."""

    name = "miit"
    categories = Categories("政策", "工业和信息化部", "政策文件")
    hosts = ("www.miit.gov.cn", "wap.miit.gov.cn")
    lists = tuple(f"{_SITE}{column}index.html" for column in _COLUMNS)
    # The list answers only who comes from its column's page and shows the cookie of that page.
    cookies = True
    guesses = ("a document in an iframe counts as the article",)
    list_headers: ClassVar[dict[str, str]] = {"X-Requested-With": "XMLHttpRequest"}
    article_headers: ClassVar[dict[str, str]] = {"Referer": _SITE}
    article_address = re.compile(
        r"https://(?:www|wap)\.miit\.gov\.cn/(?:[\w/-]+/)?art/\d{4}/art_(?P<key>[0-9a-f]{32})\.html(?=\?|$)", re.ASCII
    )
    rules = Rules(
        drop=(".related", '[id^="authorizedRead_"]', ".article_fd", ".share", ".bdsharebuttonbox", "#ewmzs"),
        skip=(
            SIGNED,
            re.compile(r"(?:[【\[](?:打印本页|打印|关闭窗口|关闭)[】\]]\s*)+"),
            re.compile(r"扫一扫在手机打开当前页|相关(?:阅读|文章)[:：]?|分享到[:：].{0,12}"),
        ),
        players=("iframe[fileurl]", 'iframe[src*=".pdf"]'),  # a document that is the whole article
    )

    def leads_to(self, page: Page) -> str | None:
        if _UNIT in page.url:
            return None
        units = [(str(script.attributes["url"]), _query(script, page)) for script in page.all("script[url][querydata]")]
        lists = [unit for unit in units if page.field(unit[1], "tagId", str) in _LIST_TAGS] or units
        if len(lists) != 1:
            raise page.changed(f"no list among its {len(units)} units, or several")
        ((path, query),) = lists
        return page.address(f"{path}?{urlencode(query)}")

    def rows(self, page: Page) -> Sequence[Any]:
        return _list(page).css(".page-content > ul > li")

    def next_address(self, list_: str, number: int, page: Page) -> str | None:
        size, count = _size(_list(page))
        if count is not None and number * size >= count:
            return None
        wanted = json.dumps({"pageNo": number + 1, "pageSize": str(size)}, separators=(",", ":"))
        query = dict(parse_qsl(urlsplit(page.url).query)) | {"paramJson": wanted}
        return page.address(f"?{urlencode(query)}")

    def listing(self, row: Any, page: Page) -> Listing | None:
        # Documents that belong to a row are linked in its dl.
        link, time = child(page, row, "a"), child(page, row, "span")
        url = address_of(page, link)
        if (key := self.key_of(url)) is None:
            return None
        title, published_at = title_of(link), time_in((_seen(time),))
        if not title or published_at is None:
            raise page.changed(f"{url} without title or time")
        address = url.partition("?")[0].replace("https://wap.", "https://www.", 1)
        return Listing(self.name, key, address, title, published_at)

    def extract(self, page: Page) -> Reading:
        return Reading(page.title("#con_title"), page.one("#con_con"), _source(page), time_in(_times(page)))


def _query(script: LexborNode, page: Page) -> Any:
    # An object in single quotes.
    return Page(page.url, str(script.attributes["querydata"]).replace("'", '"')).json()


def _list(page: Page) -> LexborNode:
    markup = page.fragment(page.field(inside(page, page.json(), "data"), "html", str))
    if not markup.css(".page-content"):
        raise page.changed("no list in data.html")
    return markup


def _size(markup: LexborNode) -> tuple[int, int | None]:
    """How many rows a page of the list has, and how many the list has, where it says so."""
    for node in markup.css(".pagination[rows][count]"):
        rows, count = (str(node.attributes[name]) for name in ("rows", "count"))
        if _SIZE.fullmatch(rows) and _COUNT.fullmatch(count):
            return int(rows), int(count)
    return _ROWS_OF_A_PAGE, None


def _seen(time: LexborNode) -> str:
    """The text of a date without the fonts hidden in it."""
    for font in time.css("font[style]"):
        if "display:none" in str(font.attributes["style"]).replace(" ", "").lower():
            font.decompose()
    return time.text()


def _source(page: Page) -> str | None:
    found = (_SOURCE.match(text) for text in shown(page, ".cinfo span"))
    return next((match[1] for match in found if match), None) or page.meta("ContentSource")


def _times(page: Page) -> Iterator[str | None]:
    yield text_of(page, "#con_time")
    # The last resort: it tells of a later publication, up to a day after the first.
    yield page.meta("PubDate")

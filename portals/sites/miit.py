"""工信部: columns whose pages name APIs with the list as HTML in JSON; articles of www and wap.miit.gov.cn."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from selectolax.lexbor import LexborNode

from portals.fields import address_of, nested_object, one_child, text_of, texts, title_of
from portals.page import Page, Reading, time_in
from portals.portal import ListPosition, ListSource, Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import AUTHORITY_EDITOR_LINE

_SITE = "https://www.miit.gov.cn/"
_UNIT = "/front/page/build/unit?"
# 政策解读, 文件公示, 科技司 文件发布, 部领导活动
_COLUMNS = ("zwgk/zcjd/", "zwgk/wjgs/", "jgsj/kjs/wjfb/", "xwfb/bldhd/")
# The tagId of the list of a column's page; its other units are menus.
_LIST_TAGS = ("右侧内容", "当前栏目_list")
# Rows of a page, when the list does not state them.
_ROWS_PER_PAGE = 24

_SIZE, _COUNT = re.compile(r"[1-9]\d{0,2}", re.ASCII), re.compile(r"\d{1,7}", re.ASCII)
_SOURCE = re.compile(r"来源\s*[:：]\s*(.+)")


class Miit(Portal):
    """Articles of 工信部; the key is the 32 hex digits of the address.

    A column's page names the unit (an API) of its list, which answers with HTML in JSON. It requires the column's page
    as referer and the cookie that the page set.
    """

    name = "miit"
    categories = Categories("政策", "工业和信息化部", "政策文件")
    hosts = ("www.miit.gov.cn", "wap.miit.gov.cn")
    lists = tuple(f"{_SITE}{column}index.html" for column in _COLUMNS)
    cookies = True
    guesses = ("a document in an iframe counts as the article",)
    list_headers = MappingProxyType({"X-Requested-With": "XMLHttpRequest"})
    article_headers = MappingProxyType({"Referer": _SITE})
    article_address = re.compile(
        r"https://(?:www|wap)\.miit\.gov\.cn/(?:[\w/-]+/)?art/\d{4}/art_(?P<key>[0-9a-f]{32})\.html(?=\?|$)", re.ASCII
    )
    rules = Rules(
        drop=(".related", '[id^="authorizedRead_"]', ".article_fd", ".share", ".bdsharebuttonbox", "#ewmzs"),
        skip=(
            AUTHORITY_EDITOR_LINE,
            re.compile(r"(?:[【\[](?:打印本页|打印|关闭窗口|关闭)[】\]]\s*)+"),
            re.compile(r"扫一扫在手机打开当前页|相关(?:阅读|文章)[:：]?|分享到[:：].{0,12}"),
        ),
        players=("iframe[fileurl]", 'iframe[src*=".pdf"]'),  # a document that is the whole article
    )

    def list_sources(self, page: Page) -> tuple[ListSource, ...]:
        """The unit of the list that a column's page names."""
        if _UNIT in page.url:
            return ()
        units = [(str(script.attributes["url"]), _query(script, page)) for script in page.all("script[url][querydata]")]
        lists = [unit for unit in units if page.field(unit[1], "tagId", str) in _LIST_TAGS] or units
        if len(lists) != 1:
            raise page.changed(f"no list among its {len(units)} units, or several")
        ((path, query),) = lists
        return (ListSource((page.address(f"{path}?{urlencode(query)}"),)),)

    def rows(self, page: Page) -> Sequence[Any]:
        return _list(page).css(".page-content > ul > li")

    def next_address(self, position: ListPosition, page: Page) -> str | None:
        """The address of the unit's next page; None when the list has no more rows."""
        size, count = _size(_list(page))
        if count is not None and position.number * size >= count:
            return None
        parameters = json.dumps({"pageNo": position.number + 1, "pageSize": str(size)}, separators=(",", ":"))
        query = dict(parse_qsl(urlsplit(page.url).query)) | {"paramJson": parameters}
        return page.address(f"?{urlencode(query)}")

    def listing(self, row: Any, page: Page) -> Listing | None:
        # Links to attached documents are in a dl of the row.
        link, time = one_child(page, row, "a"), one_child(page, row, "span")
        url = address_of(page, link)
        return self.listed(page, url, title_of(link), time_in((_visible_text(time),)))

    def article_url(self, url: str) -> str:
        """The article's address on the desktop site."""
        return super().article_url(url).replace("https://wap.", "https://www.", 1)

    def extract(self, page: Page) -> Reading:
        return Reading(page.title("#con_title"), page.one("#con_con"), _source(page), time_in(_times(page)))


def _query(script: LexborNode, page: Page) -> Any:
    """The parameters of a unit: JSON with single quotes."""
    return Page(page.url, str(script.attributes["querydata"]).replace("'", '"')).json()


def _list(page: Page) -> LexborNode:
    """The HTML in the answer of a unit."""
    markup = page.fragment(page.field(nested_object(page, page.json(), "data"), "html", str))
    if not markup.css(".page-content"):
        raise page.changed("no list in data.html")
    return markup


def _size(markup: LexborNode) -> tuple[int, int | None]:
    """How many rows a page has, and how many the list has; None when the list does not state it."""
    for node in markup.css(".pagination[rows][count]"):
        rows, count = (str(node.attributes[name]) for name in ("rows", "count"))
        if _SIZE.fullmatch(rows) and _COUNT.fullmatch(count):
            return int(rows), int(count)
    return _ROWS_PER_PAGE, None


def _visible_text(time: LexborNode) -> str:
    """The text of a date without the hidden elements in it."""
    for font in time.css("font[style]"):
        if "display:none" in str(font.attributes["style"]).replace(" ", "").lower():
            font.decompose()
    return time.text()


def _source(page: Page) -> str | None:
    """The visible source, or else that of the meta element; None without both."""
    matches = (_SOURCE.match(text) for text in texts(page, ".cinfo span"))
    return next((match[1] for match in matches if match), None) or page.meta("ContentSource")


def _times(page: Page) -> Iterator[str | None]:
    """Texts with the time of publication, the most reliable first."""
    yield text_of(page, "#con_time")
    # The meta element may have the time of a later publication, up to a day after the first.
    yield page.meta("PubDate")

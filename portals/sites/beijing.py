"""北京市人民政府: the columns of its policy pages; articles below /zhengce/."""

from __future__ import annotations

import re
from types import MappingProxyType

from portals.cms.trs import CONTROLS, FURNITURE, Trs
from portals.page import Page
from portals.portal import ListPosition
from tracking.article import Categories
from tracking.body import Rules
from tracking.boilerplate import AUTHORITY_EDITOR_LINE

_SITE = "https://www.beijing.gov.cn/"
_REFERER = MappingProxyType({"Referer": _SITE})
_PAGED_BY_SCRIPT = re.compile(r"\$\(\s*[\"']\.default_news\s+li")


class Beijing(Trs):
    """Policies of 北京市人民政府; the key is the name of the file, t20260715_4212345.

    One list, whose page contains all rows; a script shows them in portions. The site requires a Referer header of its
    own.
    """

    name = "beijing"
    categories = Categories("政策", "北京市人民政府", "政策文件")
    hosts = ("www.beijing.gov.cn",)
    lists = (f"{_SITE}zhengce/zhengcefagui/",)
    # 规范性文件, 政策解读, 市政府文件, 市政府办公厅文件: their articles are also in the first list.
    former_lists = tuple(
        f"{_SITE}zhengce/{column}/" for column in ("gfxwj", "zcjd", "zfwj/zfwj2016/szfwj", "zfwj/zfwj2016/bgtwj")
    )
    list_headers = _REFERER
    article_headers = _REFERER
    article_address = re.compile(
        r"https://www\.beijing\.gov\.cn/zhengce/(?:[\w/-]+/)?\d{6}/(?P<key>t\d{8}_\d+)(?:_\d+)?\.html(?=\?|$)", re.ASCII
    )
    guesses = ("columns beside zhengcefagui",)
    columns = ("ul.default_news", "div.listBox")
    titles = (".header h1", "h1")
    bodies = ("#mainText", ".view-content", ".TRS_UEDITOR", ".TRS_Editor")
    rules = Rules(drop=FURNITURE, skip=(AUTHORITY_EDITOR_LINE, CONTROLS))

    def next_address(self, position: ListPosition, page: Page) -> str | None:
        """None when a script shows the rows in portions: the page contains all of them."""
        if _PAGED_BY_SCRIPT.search(page.source):
            return None
        return super().next_address(position, page)

"""国家发展改革委: the columns of its policies and news; articles of www.ndrc.gov.cn."""

from __future__ import annotations

import re

from portals.cms.trs import CONTROLS, FURNITURE, Trs
from tracking.article import Categories
from tracking.body import Rules
from tracking.boilerplate import AUTHORITY_EDITOR_LINE

_SITE = "https://www.ndrc.gov.cn/"
# 发展改革委令, 规范性文件, 公告, 规划文本, 通知; 新闻发布, 通知公告. The page above them, xxgk/zcfb/, has no rows.
_COLUMNS = (
    *(f"xxgk/zcfb/{column}/" for column in ("fzggwl", "ghxwj", "gg", "ghwb", "tz")),
    *(f"xwdt/{column}/" for column in ("xwfb", "tzgg")),
)


class Ndrc(Trs):
    """Articles of 国家发展改革委; the key is the name of the file, t20260731_1406815."""

    name = "ndrc"
    categories = Categories("政策", "国家发展改革委", "政策发布")
    hosts = ("www.ndrc.gov.cn",)
    lists = tuple(_SITE + column for column in _COLUMNS)
    # 文件库 repeats what the columns show.
    former_lists = (f"{_SITE}xxgk/wjk/",)
    # …_ext.html seems to be a copy of a document for other devices.
    article_address = re.compile(
        r"https://www\.ndrc\.gov\.cn/(?:[\w/-]+/)?\d{6}/(?P<key>t\d{8}_\d+)(?:_ext|_\d+)?\.html(?=\?|$)", re.ASCII
    )
    guesses = ("that …_ext.html is the same document",)
    columns = ("ul.u-list",)
    # Rows of some lists have no date, but the address of the link always has one.
    row = "a"
    titles = ("h2.article_title", ".article_ri h2")
    times = (".shezhi .time",)
    sources = (".laiyuantext",)
    bodies = (".article_con", "#UCAP-CONTENT", ".TRS_Editor", ".trs_editor_view")
    rules = Rules(drop=(*FURNITURE, ".attachment", ".attachment_r", ".shezhi"), skip=(AUTHORITY_EDITOR_LINE, CONTROLS))

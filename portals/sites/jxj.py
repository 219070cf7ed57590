"""北京市经济和信息化局: its notices and news; articles of the same site."""

from __future__ import annotations

import re

from portals.cms.trs import CONTROLS, FURNITURE, Trs
from tracking.article import Categories
from tracking.body import Rules
from tracking.boilerplate import AUTHORITY_EDITOR_LINE

_SITE = "https://jxj.beijing.gov.cn/"
# 通知公告, 政策文件, 办事通知, 政务要闻
_COLUMNS = ("jxdt/tzgg/", "zwgk/2024zcwj/", "bsfw/bstz/", "jxdt/zwyw/")


class Jxj(Trs):
    """Articles of 北京市经济和信息化局; the key is the name of the file, t20260928_4198765."""

    name = "jxj"
    categories = Categories("政策", "北京市经济和信息化局", "通知公告")
    hosts = ("jxj.beijing.gov.cn",)
    lists = tuple(_SITE + column for column in _COLUMNS)
    article_address = re.compile(
        r"https://jxj\.beijing\.gov\.cn/(?:[\w/-]+/)?\d{6}/(?P<key>t\d{8}_\d+)(?:_\d+)?\.html(?=\?|$)", re.ASCII
    )
    guesses = ("the text of an article outside #mainText and .content",)
    generic_fallback = True
    columns = ("ul.list",)
    titles = (".container .title > h1", ".title h1")
    times = (".pubdate",)
    bodies = ("#mainText", ".container .content", ".content")
    rules = Rules(drop=(*FURNITURE, ".pubdate"), skip=(AUTHORITY_EDITOR_LINE, CONTROLS))

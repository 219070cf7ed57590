"""新华网: the data files of its channels, and its feeds; articles of news.cn, which xinhuanet.com has as well."""

from __future__ import annotations

import re

from portals.cms.xinhua import ARTICLE_PATH, XinhuaCms
from tracking.article import Categories

_SITE = "https://www.news.cn/"
_OTHER_HOSTS = re.compile(r"https://(?:(?:www\.)?xinhuanet\.com|news\.cn)/")


class Xinhua(XinhuaCms):
    """Articles of 新华网; the key is the 32 hex digits of the address, or the number after c_ of older ones."""

    name = "xinhua"
    categories = Categories("金融", "新华网", "财经")
    hosts = ("*.news.cn", "*.xinhuanet.com")
    lists = tuple(
        _SITE + path
        for path in ("fortune/", "politics/", "tech/", "fortune/news_fortune.xml", "politics/news_politics.xml")
    )
    data_files = frozenset(
        (
            "1e491dadc8944459b71b7ab13422623d",  # 财经
            "a6d618872de143bdafa2556915a7ae12",  # 时政
            "fd79514d92f34849bc8baef7ce3d5aae",  # 科技
        )
    )
    guesses = ("articles in several pages link them in #div_currpage",)
    article_address = re.compile(rf"https://(?:[\w-]+\.){{0,3}}(?:news\.cn|xinhuanet\.com){ARTICLE_PATH}", re.ASCII)

    def article_url(self, url: str) -> str:
        """The address on www.news.cn, on whichever host the link is."""
        return _OTHER_HOSTS.sub(_SITE, super().article_url(url))

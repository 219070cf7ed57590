"""财联社: the telegraph, whose rows are whole flashes, and the columns of 深度, whose articles have pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import md5, sha1
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from portals.cms.flashes import as_markup, first_sentence, opening
from portals.fields import first_text, nested_object, title_text, unix_time
from portals.page import LayoutChanged, Page, Reading, plain
from portals.portal import ListPosition, Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import DISCLAIMER, EDITOR_LINE, PICTURE_CREDIT

_SITE = "https://www.cls.cn"
_TELEGRAPH = "/v1/roll/get_roll_list"
# The parameters of the site's own requests; for an older version the API answers with errno 10012.
_CLIENT = {"app": "CailianpressWeb", "os": "web", "sv": "8.7.9"}
# 头条, 股市, 公司, 金融, 科创
_COLUMNS = (1000, 1003, 1005, 1032, 1111)
_LAST_TIME = re.compile(r"[?&]last_time=([0-9]{1,12})(?![0-9])")

_FREE = -1  # the type of flashes for everybody; others are for subscribers
_AGENCY = re.compile(r"财联社(?:[0-9]{1,2}月[0-9]{1,2}日)?[电讯][，,：:]\s*")


def _signed(path: str, query: Mapping[str, str]) -> str:
    """The address of a request to the API, with the signature that the site's own script adds."""
    text = "&".join(f"{name}={value}" for name, value in sorted(query.items()))
    once = sha1(text.encode(), usedforsecurity=False).hexdigest()
    return f"{_SITE}{path}?{text}&sign={md5(once.encode(), usedforsecurity=False).hexdigest()}"


def _column(number: int) -> str:
    """The address of a column of 深度."""
    return _signed(f"/v3/depth/list/{number}", _CLIENT | {"id": str(number), "last_time": "0", "rn": "20"})


class Cls(Portal):
    """Articles and flashes of 财联社; the key is the number that both share.

    The rows of the telegraph are whole flashes; some only announce an article of 深度, which is read from its page. The
    columns of 深度 are lists of links. Requests are signed as by the site's own script; the next page is requested by
    the time of the last row.
    """

    name = "cls"
    categories = Categories("金融", "财联社", "深度")
    hosts = ("www.cls.cn",)
    # For rn over 50 the API answers with an empty list.
    lists = (
        _signed(_TELEGRAPH, _CLIENT | {"last_time": "0", "refresh_type": "1", "rn": "50"}),
        *map(_column, _COLUMNS),
    )
    article_address = re.compile(
        r"https://(?:(?:www|m|api3)\.)?cls\.cn/(?:detail|depth|roll|share/article)/(?P<key>\d+)(?=\?|$)", re.ASCII
    )
    rules = Rules(
        skip=(
            EDITOR_LINE,
            DISCLAIMER,
            PICTURE_CREDIT,
            re.compile(r"[（(]?来源[:：][^（）()]{1,40}[）)]?|风险提示及免责声明[:：].*"),
            re.compile(r"(?:更多|下载).{0,20}财联社.{0,4}(?:APP|App|客户端).{0,20}"),
        )
    )
    guesses = ("which flashes only announce an article of 深度",)

    def rows(self, page: Page) -> Sequence[Any]:
        answer = page.json()
        if (code := page.field(answer, "errno", int)) != 0:
            raise page.changed(f"the list answers with errno {code}")
        if _is_telegraph(page):
            return _rows_in(page, page.field(answer, "data", dict), "roll_data")
        return _rows_in(page, answer, "data")

    def next_address(self, position: ListPosition, page: Page) -> str | None:
        """The page with the rows before the last one's time."""
        # The first rows of a column may be pinned and hours old, so the last row counts.
        *_, last = None, *_times(self.rows(page), page)
        before = _LAST_TIME.search(page.url)
        # The API returns rows before `last_time`; a second is added so that other rows of the same second are not lost.
        if last is None or before is None or 0 < int(before[1]) <= last + 1:
            return None
        address = urlsplit(position.list_)
        first = {name: value for name, value in parse_qsl(address.query) if name != "sign"}
        return _signed(address.path, first | {"last_time": str(last + 1)})

    def listing(self, row: Any, page: Page) -> Listing | None:
        """None for advertisements, links to other sites, and flashes that only subscribers read."""
        if page.field(row, "is_ad", int) or row.get("external_link"):
            return None
        if _is_telegraph(page) and page.field(row, "type", int) != _FREE:
            return None
        url = f"{_SITE}/detail/{page.field(row, 'id', int)}"
        if (key := self.key_of(url)) is None:
            raise page.changed(f"{url} is no address of an article")
        if _is_telegraph(page):
            title, _ = _title_and_markup(row, page)
        else:
            title = title_text(page, page.field(row, "title", str), url)
        return Listing(self.name, key, url, title, _time(row, page))

    def inline_article(self, row: Any, page: Page) -> Reading | None:
        """A flash; None for an article of 深度 and for a flash that announces one."""
        if not _is_telegraph(page) or row.get("depth_extends") not in (None, "", "null"):
            return None
        title, markup = _title_and_markup(row, page)
        body = page.fragment(markup + "".join(_pictures(row)))
        return Reading(title, body, _name(row.get("author")), _time(row, page))

    def extract(self, page: Page) -> Reading:
        """From the JSON state in the page; its visible h1 is the name of the site."""
        article = nested_object(page, page.embedded("script#__NEXT_DATA__"), "props", "pageProps", "articleDetail")
        if article.get("isFree") is False:
            raise page.withheld("the article is sold: strangers see its beginning only")
        title, markup = _title_and_markup(article, page)
        # The site's script inserts the text into such an element.
        body = page.fragment(f'<div class="m-b-10">{markup}</div>')
        return Reading(title, body, _name(article.get("author")), _time(article, page))


def _title_and_markup(row: Any, page: Page) -> tuple[str, str]:
    """Title and HTML of a flash or an article; a flash begins with its title, or has none."""
    text, title = page.field(row, "content", str), plain(page.field(row, "title", str))
    opened, rest = opening(text)
    if opened and title in ("", opened):
        title, text = opened, rest
    if not title and not (title := first_sentence(text, _AGENCY)):
        raise page.changed("neither a title nor a text")
    return title, as_markup(text)


def _is_telegraph(page: Page) -> bool:
    """Whether a page is one of the telegraph, not of a column."""
    return _TELEGRAPH in page.url


def _rows_in(page: Page, answer: Any, name: str) -> Sequence[Any]:
    """The rows of an answer; () when the API writes null for no rows."""
    return () if name in answer and answer[name] is None else page.field(answer, name, list)


def _time(row: Any, page: Page) -> datetime:
    return unix_time(page, page.field(row, "ctime", int), "ctime")


def _times(rows: Sequence[Any], page: Page) -> Iterator[int]:
    """The readable times of rows, in seconds since 1970."""
    for row in rows:
        with suppress(LayoutChanged):
            yield int(_time(row, page).timestamp())


def _name(author: object) -> str | None:
    """The name of an author: a text in flashes, an object with a name in articles; None without one."""
    return first_text(author.get("name") if isinstance(author, dict) else author)


def _pictures(row: Any) -> Iterator[str]:
    """The pictures of a flash, which are not in its text, as paragraphs."""
    addresses = row.get("images")
    for address in addresses if isinstance(addresses, list) else ():
        yield f'<p><img src="{escape(str(address))}"></p>'

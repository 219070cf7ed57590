"""凤凰财经: lists and articles with their content as JSON in a script; plain pages of the old system."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from selectolax.lexbor import LexborNode

from portals.fields import counted_pages, first_text, nested_object, text_of, title_text
from portals.page import Page, Reading, plain, time_in
from portals.portal import Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import DISCLAIMER, EDITOR_LINE, NAMES, PICTURE_CREDIT, PLATFORM_NOTICE, REPORTER_LINE

# 财经滚动, 证券, 上市公司, 大陆
_LISTS = (
    "https://finance.ifeng.com/shanklist/1-66-/",
    "https://finance.ifeng.com/shanklist/1-62-/",
    "https://finance.ifeng.com/shanklist/1-62-83-/",
    "https://news.ifeng.com/shanklist/3-35197-/",
)
# The types of rows that are not articles.
_NO_ARTICLES = ("video", "slide", "live", "advert", "ad")
_MOBILE = re.compile(r"https://(?:[^/]+/c/s/|(?:i|3g|ishare)\.)", re.ASCII)

_PAGES = re.compile(r"\bcurrentPage\s*=\s*1\s*,\s*pageCount\s*=\s*(\d{1,9})\b", re.ASCII)
_FIRST_PAGE = re.compile(r"([^?#]+/a/[^?#]+)_0(\.shtml)", re.ASCII)
# Selectors of the body in pages without JSON. The classes end in a hash that changes with every build of the site.
_BODIES = ('div[class*="main_content"] > div > div[class*="text"]', 'div[class*="index_text_"]')


class Ifeng(Portal):
    """Articles of 凤凰网; the key is the id at the end of the address: letters and digits, formerly a number.

    Lists and articles have their content as JSON in a script; articles of the old system are plain pages _0, _1 …
    """

    name = "ifeng"
    categories = Categories("金融", "凤凰财经", "财经")
    hosts = ("*.ifeng.com",)
    lists = _LISTS
    article_address = re.compile(
        r"https://(?!v\.)(?:[\w-]+\.)+ifeng\.com/"
        r"(?:c/(?:s/)?(?=[0-9A-Za-z]{10,12}(?:\?|$))|a/(?:\w+/)?\d{8}/(?=\d+_\d+\.shtml))"
        r"(?P<key>[0-9A-Za-z]+)(?:_\d+\.shtml)?(?=\?|$)",
        re.ASCII,
    )
    rules = Rules(
        drop=(".picIntro", ".ifengLogo"),
        skip=(
            EDITOR_LINE,
            DISCLAIMER,
            PLATFORM_NOTICE,
            PICTURE_CREDIT,
            # Bylines.
            REPORTER_LINE,
            re.compile(rf"[（(【]?(?:作者|撰文|采写|文|图|图文)\s*[:：|｜丨/]\s*{NAMES}[）)】]?"),
            re.compile(r"[（(][^（）()]{0,30}对[此本]文亦有贡献[）)]"),
            # Captions, which have no element of their own.
            re.compile(r".{2,80}(?:\s[摄图]|供图)[）)]?"),
            re.compile(r"[（(*]?(?:本文|文章|以上内容)仅代表.{0,60}"),
            re.compile(r"更多一手新闻，.{0,20}凤凰新闻客户端.*"),
        ),
    )

    def rows(self, page: Page) -> Sequence[Any]:
        return page.field(page.assigned("allData"), "newsstream", list)

    def listing(self, row: Any, page: Page) -> Listing | None:
        """None for videos, slides, live reports and adverts; an address of the mobile site is an error."""
        url = page.address(page.field(row, "url", str))
        if self.key_of(url) is None or row.get("type") in _NO_ARTICLES:
            return None
        if _MOBILE.match(url):
            raise page.changed(f"only a mobile address, {url}")
        title, time = page.field(row, "title", str), page.field(row, "newsTime", str)
        return self.listed(page, url, plain(title), time_in((time,)))

    def extract(self, page: Page) -> Reading:
        return _embedded(page) if "allData" in page.source else _visible(page)

    def more_pages(self, page: Page) -> tuple[str, ...]:
        return counted_pages(page, _FIRST_PAGE, _PAGES)


def _embedded(page: Page) -> Reading:
    """An article of the current system, from the JSON in its script."""
    document = nested_object(page, page.assigned("allData"), "docData")
    parts = page.field(nested_object(page, document, "contentData"), "contentList", list)
    body = page.fragment("".join(_texts(parts, page)))
    title = title_text(page, page.field(document, "title", str))
    published_at = time_in((page.field(document, "newsTime", str),))
    return Reading(title, _with_pictures(body), _author(document), published_at)


def _texts(parts: Sequence[Any], page: Page) -> Iterator[str]:
    """The texts among the parts of an article; pictures and videos are other parts."""
    for part in parts:
        data = part.get("data") if isinstance(part, dict) else None
        if isinstance(data, str):
            yield data
        elif isinstance(part, dict) and part.get("type") == "text":
            raise page.changed(f"a part of the text is {type(data).__name__}")


def _author(document: dict[str, Any]) -> str | None:
    """The source, or else the account that published the article; None without both."""
    account = document.get("subscribe")
    return first_text(document.get("source"), account.get("catename") if isinstance(account, dict) else None)


def _visible(page: Page) -> Reading:
    """An article of the old system, from the visible elements of its page."""
    body = page.first_of("#main_content", "#artical_real", *_BODIES)
    return Reading(
        title=page.title("#artical_topic", 'h1[class*="topic"]', 'h1[class*="title"]'),
        body=_with_pictures(body),
        author=text_of(page, "#artical_sth .ss03") or text_of(page, 'h1 + div [class*="source"] > a'),
        published_at=time_in(_times(page)),
    )


def _times(page: Page) -> Iterator[str | None]:
    """Texts with the time of publication of an article of the old system, the most exact first."""
    # On most pages the name ends in a blank.
    yield from map(page.meta, ("og:time", "og:time "))
    yield text_of(page, "#artical_sth .ss01")
    yield text_of(page, 'h1[class*="topic"] + div, h1[class*="title"] + div')


def _with_pictures(body: LexborNode) -> LexborNode:
    """The body with the addresses of pictures that a script would load later."""
    for image in body.css("img[data-lazyload]"):
        image.attrs["src"] = image.attributes["data-lazyload"]
    return body

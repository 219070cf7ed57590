"""每经网: its columns; articles of all subdomains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from selectolax.lexbor import LexborNode

from portals.fields import joined_text, text_of
from portals.page import Page, Reading, time_in
from portals.portal import ListPosition, Portal
from tracking.article import Categories, Listing
from tracking.body import Rules
from tracking.boilerplate import DISCLAIMER, EDITOR_LINE
from tracking.text import clean, clean_title

# 要闻, 头条, 宏观, 热点公司
_COLUMNS = (3, 2, 310, 346)

_ELSEWHERE = re.compile(r"https://(?:(?:m\.)?nbd\.com\.cn|www\.mrjjxw\.com)/")
# Bylines: 每经记者｜甲某,乙某 每经编辑｜丙某. Questions in interviews begin alike: 每经记者：您如何看待…？
_NAMES = r"[^\s，。；！？、,:：｜|丨]{2,8}(?:[ ,、，][^\s，。；！？、,:：｜|丨]{2,8}){0,5}"
_ROLE = r"每经[^\s，。｜|丨:：]{0,4}?(?:记者|编辑|评论员|实习生)[｜|丨:： ]\s?"
_SIGNED = re.compile(rf"{_ROLE}{_NAMES}(?: {_ROLE}{_NAMES}){{0,3}}")
_REPORTER = re.compile(
    rf"每经[^\s，。｜|丨:：]{{0,4}}?(?:记者|评论员)[｜|丨:： ]\s?(?P<names>{_NAMES}?)(?: (?:每经|发自)|$)"
)


class Nbd(Portal):
    """Articles of 每经网; the key is the number that ends the address.

    A column has rows under their date, with the hour only, or cards. Articles have bylines of reporters and editors.
    """

    name = "nbd"
    categories = Categories("金融", "每经网", "要闻")
    hosts = ("*.nbd.com.cn",)
    lists = tuple(f"https://www.nbd.com.cn/columns/{column}/" for column in _COLUMNS)
    article_address = re.compile(
        r"https://(?:(?:[a-z]+\.)?nbd\.com\.cn|www\.mrjjxw\.com)/articles/\d{4}-\d{2}-\d{2}/(?P<key>\d+)\.html/?(?=\?|$)",
        re.ASCII,
    )
    rules = Rules(
        drop=(
            'body > p:first-of-type[style*="#6d6d6d" i]',  # who wrote and who edited
            ".nbd-mzsm,.n-on-h-last-pic-copyright,.articleCopyright,.u-tips,.u-editor,.pagination",
        ),
        skip=(
            EDITOR_LINE,
            _SIGNED,
            re.compile(r".{0,60}(?:图片|视频)来源[:：].{0,60}"),
            DISCLAIMER,
            re.compile(r"[（(]?声明[:：](?:本文|文章).*"),
            re.compile(r"[（(]文章序列号[:：].{0,60}"),
            re.compile(r"[｜|丨]?\s?每日经济新闻\s.{0,12}原创文章\s?[｜|丨]?"),
            re.compile(r"(?:未经许可禁止转载|如需转载请).{0,40}"),
        ),
        players=(".TencentBox", ".vedioItem", "#sunow_box", ".video-js"),
    )

    def rows(self, page: Page) -> Sequence[Any]:
        """The rows as (node, date above it); the date is "" for a card, which has its own."""
        if not page.all(".g-list-text,.m-columnnews-list"):
            raise page.changed("no column of articles")
        days = page.all(".g-list-text .m-list")
        dated_rows = [(row, joined_text(day, ".u-channeltime")) for day in days for row in day.css("li.u-news-title")]
        return [*dated_rows, *((card, "") for card in page.all(".m-columnnews-list > li"))]

    def listing(self, row: Any, page: Page) -> Listing | None:
        node, day = row
        link = _link(node, page)
        url = _ELSEWHERE.sub("https://www.nbd.com.cn/", page.address(str(link.attributes["href"])))
        time = joined_text(node, ".f-source") or joined_text(node, "span")
        # A row under a date has the hour only.
        return self.listed(page, url, clean_title(link.text()), time_in((time, f"{day} {time}")))

    def next_address(self, position: ListPosition, page: Page) -> str | None:
        links = (link.attributes["href"] for link in page.all(".pagination .next > a[href]"))
        return next((page.address(link) for link in links if link), None)

    def extract(self, page: Page) -> Reading:
        title, body = page.title(".g-article-top h1"), page.one("div.g-articl-text")
        # Two blocks of ld+json state two other times; the visible one is also that of lists.
        return Reading(title, body, _author(page, body), time_in((text_of(page, ".g-article-top .time"),)))


def _author(page: Page, body: LexborNode) -> str | None:
    """The reporters in the first paragraph, or else the source; None without both."""
    first = next((child for child in body.iter() if child.tag == "p"), None)
    if first is not None and (byline := _REPORTER.match(clean(first.text()))) is not None:
        return byline["names"]
    return text_of(page, ".g-article-top .source")


def _link(row: LexborNode, page: Page) -> LexborNode:
    """The link of a row to its article; LayoutChanged when there is not exactly one."""
    links = row.css("a.f-title[href]") or row.css("a[href]")
    if len(links) != 1:
        raise page.changed(f"a row with {len(links)} links instead of one")
    (link,) = links
    return link

"""Feeds and sitemaps in the spider: entries that are articles, indexes of sitemaps, and files that cannot be read."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from scrapy.http import HtmlResponse, Request, Response

from crawler.article_pages import ArticlePages
from crawler.frontier import MemoryFrontier
from crawler.list_pages import ListPages
from crawler.visit import Visit
from portals.assembly import ROW_CONTENT_TYPE
from portals.feeds.feed_portal import Origin, feed_portal, sitemap_portal
from portals.portal import ListPosition, Portal
from portals.sites.wallstreetcn import Wallstreetcn
from tests.crawler.small_site import NOW
from tracking.article import Listing
from tracking.observation import Failed, FailureKind, Seen, Unchanged

SITEMAP, FEED = "https://x.cn/sitemap.xml", "https://feeds.cn/rss"
LONG = "数字经济标杆城市的建设方案今天公布，各区要在年底前报告进展。" * 5
MAP_OF_SITEMAPS = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://x.cn/news-1.xml</loc></sitemap><sitemap><loc>https://x.cn/news-3.xml</loc></sitemap>
<sitemap><loc>https://x.cn/news-2.xml</loc></sitemap><sitemap><loc>https://x.cn/flash-9.xml</loc></sitemap>
</sitemapindex>"""


def sitemap() -> Portal:
    return sitemap_portal(Origin("mine", SITEMAP), ())


def urlset(*urls: str) -> bytes:
    rows = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode()


def parse(
    portal: Portal, response: Response, position: ListPosition | None = None, referer: str | None = None
) -> tuple[list[Any], MemoryFrontier]:
    """What a response to a list gives, and the frontier that took its rows: the first thousand are to be read."""
    frontier = MemoryFrontier(max_articles=1000)
    session = frontier.session(NOW)
    pages = ListPages(portal, session, ArticlePages(portal, session))
    return list(pages.parse(response, position or ListPosition(portal.lists[0]), referer)), frontier


def test_an_index_leads_to_the_newest_sitemap_of_each_series() -> None:
    found, _ = parse(sitemap(), Response(SITEMAP, body=MAP_OF_SITEMAPS.encode()))
    assert {request.url for request in found} == {"https://x.cn/news-3.xml", "https://x.cn/flash-9.xml"}
    assert {request.headers["Referer"] for request in found} == {SITEMAP.encode()}
    ahead = {request.url: request.cb_kwargs["position"].ahead for request in found}
    assert ahead["https://x.cn/news-3.xml"] == ("https://x.cn/news-2.xml", "https://x.cn/news-1.xml")
    # The first series is the list itself, the others have names that stay.
    names = [request.cb_kwargs["position"].list_ for request in found]
    assert names[0] == sitemap().lists[0]
    assert len(set(names)) == 2


def test_of_an_endless_sitemap_the_newest_rows_are_read_and_nothing_older_is_asked_for() -> None:
    body = urlset(*(f"https://x.cn/2026/11/{number}.html" for number in range(501)))
    position = ListPosition(sitemap().lists[0], 1, ("https://x.cn/news-2.xml",))
    found, frontier = parse(sitemap(), Response("https://x.cn/news-3.xml", body=body), position, SITEMAP)
    assert (len(found), len(frontier.listed)) == (500, 500)
    assert not [request for request in found if request.url.endswith(".xml")]


def test_a_packed_sitemap_is_unpacked() -> None:
    body = gzip.compress(urlset("https://x.cn/2026/1.html"))
    (request,), _ = parse(sitemap(), Response(f"{SITEMAP}.gz", body=body))
    assert request.url == "https://x.cn/2026/1.html"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\x1f\x8bbroken", FailureKind.LAYOUT),
        (b"<html><body>404</body></html>", FailureKind.LAYOUT),
        (b"<sitemapindex></sitemapindex>", FailureKind.LAYOUT),
        (b"", FailureKind.EMPTY),
    ],
)
def test_what_is_no_sitemap_is_a_failure_of_its_list(body: bytes, kind: FailureKind) -> None:
    found, frontier = parse(sitemap(), Response(SITEMAP, body=body))
    assert (found, [problem.failure_kind for problem in frontier.problems]) == ([], [kind])


def test_an_index_inside_an_index_is_a_failure() -> None:
    response = Response("https://x.cn/news-3.xml", body=MAP_OF_SITEMAPS.encode())
    _, frontier = parse(sitemap(), response, ListPosition(SITEMAP), SITEMAP)
    assert "index inside an index" in frontier.problems[0].reason


def rss(content: str) -> bytes:
    entry = f"<title>标题</title><link>https://news.cn/1.html</link><content:encoded>{content}</content:encoded>"
    head = '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    return f"{head}<item>{entry}</item></channel></rss>".encode()


def test_an_entry_with_its_whole_text_is_read_from_the_feed_and_kept_as_evidence() -> None:
    portal = feed_portal(Origin("mine", FEED), ())
    found, _ = parse(portal, Response(FEED, body=rss(LONG)))
    (seen,) = (one for one in found if isinstance(one, Seen))
    assert (seen.inline, seen.captures[0].content_type) == (True, ROW_CONTENT_TYPE)
    # Its page is not asked for as well.
    assert not [one for one in found if isinstance(one, Request)]


def look_at_page(response: Response) -> Any:
    portal = feed_portal(Origin("mine", FEED), ())
    visit = Visit(Listing("mine", "n-1", "https://news.cn/1.html", "标题", None), inline=True)
    (found,) = ArticlePages(portal, MemoryFrontier().session(NOW)).parse(response, visit)
    return found


def test_the_page_of_an_entry_only_has_to_be_there() -> None:
    assert look_at_page(HtmlResponse("https://news.cn/1.html", body=b"<p>other words</p>")) == Unchanged("mine", "n-1")


def test_the_front_page_in_its_place_is_a_failure() -> None:
    assert isinstance(look_at_page(HtmlResponse("https://news.cn/", body=b"<p>welcome</p>")), Failed)


def test_a_linked_page_of_a_known_portal_is_asked_for_as_that_portal_asks() -> None:
    class WithHeaders(Wallstreetcn):
        article_headers = {"X-Client": "pc"}  # noqa: RUF012

    portal = feed_portal(Origin("mine", FEED), (WithHeaders(),))
    listing = Listing("mine", "n-1", "https://wallstreetcn.com/articles/1", "标题", None)
    (request,) = ArticlePages(portal, MemoryFrontier().session(NOW)).request_once(Visit(listing))
    assert request.url == Wallstreetcn().source_address("https://wallstreetcn.com/articles/1")
    assert request.headers["X-Client"] == b"pc"

"""Portals without code: what identifies an entry, when its text is the article, and whose rules read its page."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from xml.sax.saxutils import escape

import pytest
from scrapy.http import Request, Response

from crawler.feeds.portals import Origin, feed_portal, sitemap_portal
from crawler.guard import Sites, target
from crawler.notebook import Notebook
from crawler.page import LayoutChanged, Page
from crawler.portal import Portal, Reading
from crawler.reading import ROW, Rereader, given_part
from crawler.visits import Remembered, Visit
from tracking.article import Categories, Content, Listing
from tracking.body import Rules
from tracking.sightings import Failed, Kept, Seen, Trouble, Unchanged

AT = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
FEED = "https://feeds.cn/rss?limit=50&key=a%20b"
LINK = "https://news.cn/2026/1.html"
LONG = "数字经济标杆城市的建设方案今天公布，各区要在年底前报告进展。" * 5


class Tiny(Portal):
    """A shipped portal: articles come from an interface, which wants to know where from."""

    name = "tiny"
    categories = Categories("金融", "小站", "要闻")
    hosts = ("tiny.cn", "api.tiny.cn")
    lists = ("https://tiny.cn/",)
    article_headers: ClassVar[dict[str, str]] = {"Referer": "https://tiny.cn/"}
    article_address = re.compile(r"https://(?:m\.)?tiny\.cn/a/(?P<key>\d+)\.html", re.ASCII)
    rules = Rules(drop=(".ad",))

    def source_address(self, url: str) -> str:
        return f"https://api.tiny.cn/{self.key_of(url)}"

    def extract(self, page: Page) -> Reading:
        if page.url.startswith("https://api.tiny.cn/"):
            said = page.json()
            return Reading(page.field(said, "title", str), page.fragment(page.field(said, "text", str)), None, AT)
        return Reading(page.title("h1"), page.one("#body"), None, AT)

    def more_pages(self, page: Page) -> tuple[str, ...]:
        return tuple(str(node.attributes["href"]) for node in page.all("a.more"))


class Memory(Notebook):
    """Wants every row, and says to go on."""

    def remember(self, list_: str, number: int, listings: Sequence[Listing], *, ended: bool) -> Remembered:
        self.shown += listings
        return Remembered(tuple(listings), go_on=not ended)


def feed(url: str = FEED) -> Portal:
    return feed_portal(Origin("mine", url), (Tiny,))(memory=Memory(), at=AT)


def sitemap(url: str = "https://x.cn/sitemap.xml") -> Portal:
    return sitemap_portal(Origin("mine", url), (Tiny,))(memory=Memory(), at=AT)


def item(guid: str = "", link: str = LINK, title: str = "标题", **more: str) -> str:
    said = {"guid": guid, "link": link, "title": title, **more}
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in said.items() if text)


def rss(*items: str) -> str:
    inside = "".join(f"<item>{item}</item>" for item in items).replace("content>", "content:encoded>")
    head = '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    return f"{head}{inside}</channel></rss>".replace("<guid>", '<guid isPermaLink="false">')


def read(text: str, portal: Portal | None = None) -> list[Any]:
    """The rows of a list page: each a Listing, with the paragraphs of its text where it is given, or an error."""
    portal = portal or feed()
    page = Page(FEED, text, AT)
    found: list[Any] = []
    for row in portal.rows(page):
        try:
            listing = portal.listing(json.loads(json.dumps(row)), page)
            part = None if listing is None else given_part(portal, row, page, listing)
            found.append(listing if part is None else (listing, part.title, part.paragraphs))
        except LayoutChanged as error:
            found.append(error.reason)
    return found


def keys(text: str) -> list[str]:
    return [row.key if isinstance(row, Listing) else row[0].key for row in read(text)]


# --- where a portal comes from ---


def test_an_origin_states_the_facts_of_its_portal() -> None:
    origin = Origin(
        "mine", " http://Feeds.cn:1200/rss?b=2&a={x}&from=1#top ", ("news.cn", "*.x.cn"), ("金融", "站", "")
    )
    portal = feed_portal(origin, (Tiny,))
    assert portal.name == "mine"
    assert portal.categories == Categories("金融", "站", "mine")
    assert [list_.format(page=1) for list_ in portal.lists] == ["http://Feeds.cn:1200/rss?b=2&a={x}&from=1"]
    hosts = Sites(portal.hosts, ports=(80, 443))
    assert [hosts.names(target(f"http://{host}/")) for host in ("feeds.cn:1200", "news.cn", "a.x.cn", "y.cn")] == [
        True,
        True,
        True,
        False,
    ]


def test_without_a_word_of_the_user_the_site_is_the_host_and_pages_lie_anywhere() -> None:
    portal = feed_portal(Origin("mine", FEED), ())
    assert portal.categories == Categories("资讯", "feeds.cn", "mine")
    assert Sites(portal.hosts, ports=(80, 443)).names(target("https://anywhere.example/"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feeds.cn/rss",
        "ftp://feeds.cn/rss",
        "file:///etc/passwd",
        "https://",
        "https://me:secret@feeds.cn/rss",
        "https://feeds.cn/a b",
        "https://feeds.cn\\@y.cn/",
        "https://127.1/rss",
        "https://feeds.cn:99999999/",
        f"https://feeds.cn/{'a' * 500}",
        "https://feeds.cn/\n[portals.x]",
    ],
)
def test_an_address_that_cannot_be_one_is_named_in_one_line(url: str) -> None:
    with pytest.raises(ValueError, match=r".{5}") as caught:
        Origin("mine", url)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("host", ["", "a b", "*x.cn", "https://x.cn", "x.cn/a", "*."])
def test_a_host_that_cannot_be_one_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="not a host"):
        Origin("mine", FEED, (host,))


def test_a_page_belongs_to_no_feed() -> None:
    assert feed_portal(Origin("mine", FEED), ()).key_of(LINK) is None


# --- what an entry is known by ---


@pytest.mark.parametrize(
    ("guid", "link", "key"),
    [
        ("tag:x.cn,2026:1", LINK, "tag:x.cn,2026:1"),
        ("http://x.cn/?p=17&utm_source=rss", LINK, "https://x.cn/?p=17"),
        ("", LINK, LINK),
        ("", "http://news.cn/2026/1.html?utm_source=rss#top", LINK),
        ("", "/2026/1.html", "https://feeds.cn/2026/1.html"),
        ("", "//news.cn/2026/1.html", LINK),
        # Numbers of rows, and the address of the site, are no ids.
        ("7", LINK, LINK),
        ("https://news.cn/", LINK, LINK),
        ("http://news.cn/index.html", LINK, LINK),
        ("一" * 201, LINK, LINK),
        ("一\u200b二三四五", LINK, LINK),
        # A fragment may be all that tells pages apart.
        ("", "https://news.cn/#/article/1", "https://news.cn/#/article/1"),
        ("https://news.cn/app#/article/1", LINK, "https://news.cn/app#/article/1"),
        ("https://news.cn/#/article/1", LINK, "https://news.cn/#/article/1"),
        ("https://news.cn/#top", LINK, LINK),
        ("http://news.cn/live#post-7", "https://news.cn/live#post-7", "https://news.cn/live#post-7"),
        ("https://[x/1", LINK, "https://[x/1"),
    ],
)
def test_the_key_of_an_entry(guid: str, link: str, key: str) -> None:
    assert keys(rss(item(guid, link, content=LONG))) == [key]


def test_a_long_address_is_shortened_and_stays_one_of_its_own() -> None:
    links = [f"https://news.cn/{'%E6%95%B0' * 40}/{n}" for n in (1, 2)]
    found = keys(rss(*(item(link=link) for link in links)))
    assert found == keys(rss(*(item(link=link.replace("https", "http")) for link in links)))
    assert len(set(found)) == 2
    assert max(map(len, found)) <= 200


def test_an_id_that_several_entries_share_swallows_none_of_them() -> None:
    links = [f"https://news.cn/{n}.html" for n in (1, 2, 3)]
    text = rss(item("same-id", links[0]), item("same-id", links[1]), item("other-id", links[2]))
    assert keys(text) == [links[0], links[1], "other-id"]


def test_one_entry_twice_is_one() -> None:
    twice = rss(item("same-id", LINK), item("same-id", LINK.replace("https", "http") + "?utm_source=rss"))
    assert keys(twice) == ["same-id", "same-id"]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (item(link=""), "an entry with neither an id nor a link"),
        (item("n-1", link=""), "entry n-1 has neither a link nor a text"),
        (item("n-1", link="javascript:void(0)"), "not an address: 'javascript:void(0)'"),
        (item("n-1", link="https://me:secret@news.cn/1"), "not an address: 'https://me:secret@news.cn/1'"),
        (item("n-1", link="mailto:a@x.cn", content=LONG), "not an address: 'mailto:a@x.cn'"),
    ],
)
def test_a_broken_entry_loses_itself_only(entry: str, reason: str) -> None:
    broken, whole = read(rss(entry, item("n-2")))
    assert (broken, whole.key) == (reason, "n-2")


def test_what_is_no_text_in_a_json_feed_loses_its_row_only() -> None:
    rows: list[Any] = [{"id": "n-1", "url": LINK, name: {}} for name in ("id", "url", "title", "content_html")]
    text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [None, *rows, {"url": LINK}]})
    *broken, whole = read(text)
    assert broken == ["an entry with neither an id nor a link"] * 5
    assert whole.key == LINK


def test_a_site_that_knows_no_https_is_asked_by_http() -> None:
    (listing,) = read(rss(item(link="http://news.cn/2026/1.html")))
    assert (listing.url, listing.key) == ("http://news.cn/2026/1.html", LINK)


def test_the_newest_stand_first_where_all_are_dated() -> None:
    days = [f"<pubDate>2026-11-{day} 08:00</pubDate><link>https://news.cn/{day}.html</link>" for day in (18, 20, 19)]
    assert [key[-7:-5] for key in keys(rss(*days))] == ["20", "19", "18"]
    assert [key[-7:-5] for key in keys(rss(*days, item("undated")))] == ["18", "20", "19", "un"]


# --- titles ---


@pytest.mark.parametrize(
    ("title", "description", "shown"),
    [
        ("&lt;b&gt;数字&lt;/b&gt;&amp;amp;经济\n二", "", "数字&经济 二"),
        ("<div>营收 <5%</div>", "", "营收 <5%"),
        ("", "<p>第一句话。第二句话。</p>", "第一句话"),
        ("", "【数字人民币试点扩大】演示社11月20日电，", "数字人民币试点扩大"),
        ("", "", ""),
        ("<br/>", "一" * 100, "一" * 80),
    ],
)
def test_the_title_of_an_entry(title: str, description: str, shown: str) -> None:
    text = rss(f"<title>{title if '&' in title else escape(title)}</title><link>{LINK}</link>")
    (listing,) = read(text.replace("</item>", f"<description>{escape(description)}</description></item>"))
    assert listing.title == shown


# --- whether the entry is the article ---

PARAGRAPHS = f"<p>{LONG}</p><p>{LONG}</p>"


@pytest.mark.parametrize(
    "said",
    [
        {"content": f"<p>{LONG}</p>"},
        {"content": f"<p>{LONG}</p><p><a href='/'>阅读原文</a></p>"},
        {"description": PARAGRAPHS},
        {"description": f"{LONG}<br><br>{LONG}"},
        {"description": "<p>短摘要</p>", "content": PARAGRAPHS},
    ],
)
def test_a_whole_text_is_the_article(said: dict[str, str]) -> None:
    ((listing, title, paragraphs),) = read(rss(item("n-1", **said)))
    assert (listing.key, listing.url, title) == ("n-1", LINK, "标题")
    assert set(paragraphs) == {LONG}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"description": "<p>短摘要。</p>"},
        {"description": f"<p>{LONG}{LONG}</p>"},
        {"content": "Comments"},
        *(
            {"content": f"<p>{LONG}</p><p>{LONG[:-1]}{end}</p>"}
            for end in (
                "…",
                "……",
                "...",
                "[…]",
                "[&hellip;]",
                " [...]",
                "(…)",
                "…<a>阅读全文</a>",
                " Read more",
                "(more…)",
            )
        ),
        {"description": f"{PARAGRAPHS}<p>查看全文 >></p>"},
        {"description": f"{PARAGRAPHS}<p><a>Continue reading “标题”</a> →</p>"},
        {"description": f"<p>{LONG}</p><p>{LONG} […]</p><p>The post <a>标题</a> appeared first on <a>站</a>.</p>"},
        {"content": "<img src='/1.jpg'>"},
    ],
)
def test_of_a_teaser_the_page_is_read(said: dict[str, str]) -> None:
    (listing,) = read(rss(item("n-1", **said)))
    assert isinstance(listing, Listing)


@pytest.mark.parametrize("link", ["", "https://news.cn/", "https://news.cn/index.html"])
def test_an_entry_without_a_page_is_its_text(link: str) -> None:
    ((listing, _, paragraphs),) = read(rss(item("n-1", link, description="快讯：一句话。")))
    assert (listing.key, listing.url, paragraphs) == (
        "n-1",
        link or FEED,
        ("快讯：一句话。",),
    )


def test_foreign_lines_and_markup_of_the_entry_are_no_text() -> None:
    content = (
        f"<script>alert(1)</script><p onclick='a()'>{LONG}</p><img src='1.jpg'><iframe src='//y.cn'></iframe>"
        "<p>The post <a href='/'>标题</a> appeared first on <a href='/'>站</a>.</p><p>责任编辑：某某</p>"
    )
    portal, page = feed(), Page(FEED, rss(item("n-1", content=content, link="/a/1.html")), AT)
    (row,) = portal.rows(page)
    listing = portal.listing(row, page)
    assert listing is not None
    part = given_part(portal, row, page, listing)
    assert part is not None
    assert (part.paragraphs, part.image) == ((LONG,), "https://feeds.cn/a/1.jpg")
    assert "script" not in part.body


def test_an_entry_is_read_again_from_the_row_that_was_kept() -> None:
    portal = feed()
    response = Response(FEED, body=rss(item("n-1", content=LONG)).encode())
    (seen,) = (sighting for sighting in portal.read_list(response, FEED, 1) if isinstance(sighting, Seen))
    assert seen.given
    (capture,) = seen.captures
    assert capture.content_type == ROW
    assert Rereader({"mine": type(portal)})(Kept(seen.article, seen.captures, AT)) == seen.article


def test_a_parse_bomb_in_an_entry_is_a_failure_of_that_entry() -> None:
    broken, whole = read(rss(item("n-1", content="<b>" * 3000 + LONG), item("n-2")))
    assert ("formatting" in broken, whole.key) == (True, "n-2")


# --- older entries ---


@pytest.mark.parametrize(
    ("href", "following"),
    [
        ("/rss?page=2", "https://feeds.cn/rss?page=2"),
        ("https://feeds.cn/2", "https://feeds.cn/2"),
        (FEED, None),
        ("https://elsewhere.cn/rss", None),
        ("javascript:alert(1)", None),
        ("//[", None),
    ],
)
def test_a_feed_goes_on_where_it_says_on_its_own_host(href: str, following: str | None) -> None:
    text = f'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="{escape(href)}"/></feed>'
    portal = feed()
    page = Page(FEED, text, AT)
    if href == "//[":
        with pytest.raises(LayoutChanged):
            portal.next_address(FEED, 1, page)
    else:
        assert portal.next_address(FEED, 1, page) == following


# --- pages of portals that are known ---


def visit(url: str) -> Visit:
    return Visit(Listing("mine", "n-1", url, "", None))


def asked(portal: Portal, url: str) -> Request:
    (request,) = portal.ask_once(visit(url))
    return request


def test_a_page_of_a_known_portal_is_fetched_and_read_as_that_portal_would() -> None:
    portal = feed()
    request = asked(portal, "http://m.tiny.cn/a/1.html")
    assert (request.url, request.headers["Referer"]) == ("https://api.tiny.cn/1", b"https://tiny.cn/")
    body = json.dumps({"title": "标题", "text": "<p class='ad'>广告</p><p>正文。</p>"}).encode()
    (seen,) = portal.read_article(Response(request.url, body=body), visit("http://m.tiny.cn/a/1.html"))
    assert isinstance(seen, Seen)
    assert seen.article.content == Content("标题", ("正文。",))
    assert (seen.article.portal, seen.article.key, seen.article.categories.site) == ("mine", "n-1", "feeds.cn")


def test_all_its_pages_are_read() -> None:
    url = "https://tiny.cn/a/1.html"
    html = "<h1>标题</h1><div id='body'><p>第{}页。</p></div>{}"
    first = Response(url, body=html.format(1, "<a class='more' href='https://tiny.cn/a/1.html?2'>").encode())
    (second,) = feed().read_article(first, visit(url))
    assert isinstance(second, Request)
    (seen,) = feed().read_article(Response(second.url, body=html.format(2, "").encode()), second.cb_kwargs["visit"])
    assert isinstance(seen, Seen)
    assert seen.article.content.paragraphs == ("第1页。", "第2页。")


def test_what_its_portal_cannot_read_is_not_read_by_other_rules() -> None:
    html = f"<h1>标题</h1><article><p>{LONG}</p><p>{LONG}</p></article>"
    url = "https://tiny.cn/a/1.html"
    (failed,) = feed().read_article(Response(url, body=html.encode()), visit(url))
    assert isinstance(failed, Failed)
    assert "nothing matches #body" in failed.reason


def test_another_page_is_read_by_general_rules() -> None:
    title = "各区年底前报告数字经济进展"
    html = f"<title>{title}</title><h1>{title}</h1><div><p>{LONG}</p><p>{LONG}</p></div>"
    portal = feed()
    request = asked(portal, "http://news.cn/1.html")
    assert (request.url, "Referer" in request.headers) == ("http://news.cn/1.html", False)
    (seen,) = portal.read_article(Response(request.url, body=html.encode()), visit("http://news.cn/1.html"))
    assert isinstance(seen, Seen)
    assert seen.article.content == Content(title, (LONG, LONG))


def test_of_an_article_that_the_feed_gave_the_page_only_has_to_be_there() -> None:
    given = Visit(visit(LINK).listing, given=True)
    (same,) = feed().read_article(Response(LINK, body=b"<p>changed</p>"), given)
    assert same == Unchanged("mine", "n-1")
    (failed,) = feed().read_article(Response("https://news.cn/", body=b"<p>front</p>"), given)
    assert isinstance(failed, Failed)


# --- sitemaps ---


def urlset(*urls: str) -> str:
    rows = "".join(f"<url><loc>{escape(url)}</loc></url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


def index(*urls: str) -> str:
    rows = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in urls)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'


def answered(portal: Portal, url: str, text: str | bytes, number: int = 1, **more: Any) -> list[Request]:
    body = text.encode() if isinstance(text, str) else text
    list_ = more.pop("list_", portal.lists[0])
    found = list(portal.read_list(Response(url, body=body), list_, number, **more))
    return [request for request in found if isinstance(request, Request)]


def test_a_sitemap_lists_the_pages_that_may_be_articles() -> None:
    text = urlset("https://x.cn/", "https://x.cn/a/1.html", "https://x.cn/a.pdf", "http://x.cn/?p=2", "", "/a")
    found = read(text, sitemap())
    assert {row.url for row in found if isinstance(row, Listing)} >= {"https://x.cn/a/1.html", "http://x.cn/?p=2"}
    assert {row.title for row in found if isinstance(row, Listing)} == {""}
    assert "a row without an address" in found
    assert found.count(None) == 2


def test_an_index_leads_to_a_sitemap_and_that_to_older_ones_of_its_series() -> None:
    portal, home = sitemap(), "https://x.cn/sitemap.xml"
    months = [f"https://x.cn/news-2026-{month}.xml?from=1&to=2" for month in ("09", "11", "10")]
    (first,) = answered(portal, home, index(*months))
    assert (first.url, first.headers["Referer"]) == (months[1], home.encode())
    assert first.cb_kwargs["list_"] == home
    further = answered(portal, first.url, urlset("https://x.cn/1.html"), door=home)
    assert [request.url for request in further] == ["https://x.cn/1.html", months[2]]
    further = answered(portal, further[1].url, urlset("https://x.cn/2.html"), 2, door=home)
    assert [request.url for request in further] == ["https://x.cn/2.html", months[0]]
    further = answered(portal, months[0], urlset("https://x.cn/3.html"), 3, door=home)
    assert [request.url for request in further] == ["https://x.cn/3.html"]


def test_each_series_of_an_index_is_a_list_of_its_own() -> None:
    portal, home = sitemap(), "https://x.cn/sitemap.xml"
    sections = [f"https://x.cn/{section}{n}.xml" for section in ("tech", "finance", "author", "image") for n in (1, 2)]
    found = answered(portal, home, index(*sections))
    assert [(request.cb_kwargs["list_"], request.url) for request in found] == [
        (home, "https://x.cn/finance2.xml"),
        ("https://x.cn/tech.xml", "https://x.cn/tech2.xml"),
    ]
    again = answered(
        portal, "https://x.cn/tech2.xml", urlset("https://x.cn/1.html"), door=home, list_=found[1].cb_kwargs["list_"]
    )
    assert [request.url for request in again] == ["https://x.cn/1.html", "https://x.cn/tech1.xml"]


def test_below_a_long_sitemap_nothing_is_looked_for() -> None:
    portal, home = sitemap(), "https://x.cn/sitemap.xml"
    answered(portal, home, index("https://x.cn/1.xml", "https://x.cn/2.xml"))
    long = urlset(*(f"https://x.cn/{n}.html" for n in range(501)))
    assert len(answered(portal, "https://x.cn/2.xml", long, door=home)) == 500


def test_a_packed_sitemap_is_unpacked() -> None:
    packed = gzip.compress(urlset("https://x.cn/1.html").encode())
    (request,) = answered(sitemap(), "https://x.cn/sitemap.xml.gz", packed)
    assert request.url == "https://x.cn/1.html"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (gzip.compress(b"\0" * 50_000_000), "unpacks to more than"),
        (gzip.compress(urlset("https://x.cn/1.html").encode())[:-20], "cut off"),
        (b"\x1f\x8bbroken", "a broken gzip file"),
        (b"<html><body>blocked</body></html>", "not a sitemap"),
        (index().encode(), "an index without sitemaps"),
        (b"", "the list is empty"),
    ],
)
def test_what_is_no_sitemap_is_a_failure_of_the_list(body: bytes, reason: str) -> None:
    portal = sitemap()
    assert answered(portal, "https://x.cn/sitemap.xml", body) == []
    (problem,) = portal.memory.problems  # type: ignore[attr-defined]
    assert reason in problem.reason
    assert problem.trouble in (Trouble.LAYOUT, Trouble.EMPTY)


def test_an_index_in_an_index_is_not_followed() -> None:
    portal, home = sitemap(), "https://x.cn/sitemap.xml"
    assert answered(portal, "https://x.cn/1.xml", index("https://x.cn/2.xml"), door=home) == []
    (problem,) = portal.memory.problems  # type: ignore[attr-defined]
    assert "an index inside an index" in problem.reason

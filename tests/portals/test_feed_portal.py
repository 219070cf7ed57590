"""Portals without code: what identifies an entry, when its text is the article, and whose rules read its page."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import pytest

from portals.assembly import ROW_CONTENT_TYPE, Reextractor, article_of, inline_part, row_capture
from portals.charset import decode
from portals.feeds.feed_portal import Origin, feed_portal, sitemap_portal
from portals.page import LayoutChanged, Page
from portals.portal import ListPosition, ListSource, Portal
from tracking.article import Categories, Listing
from tracking.hosts import HostPatterns, target
from tracking.observation import Capture, StoredCaptures

AT = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
FEED = "https://feeds.cn/rss?limit=50&key=a%20b"
LINK = "https://news.cn/2026/1.html"
LONG = "数字经济标杆城市的建设方案今天公布，各区要在年底前报告进展。" * 5


def feed(url: str = FEED) -> Portal:
    return feed_portal(Origin("mine", url), ())


def sitemap(url: str = "https://x.cn/sitemap.xml") -> Portal:
    return sitemap_portal(Origin("mine", url), ())


def item(guid: str = "", link: str = LINK, title: str = "标题", **more: str) -> str:
    said = {"guid": guid, "link": link, "title": title, **more}
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in said.items() if text)


def rss(*items: str) -> str:
    inside = "".join(f"<item>{item}</item>" for item in items).replace("content>", "content:encoded>")
    head = '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    return f"{head}{inside}</channel></rss>".replace("<guid>", '<guid isPermaLink="false">')


def read(text: str, portal: Portal | None = None) -> list[Any]:
    """The rows of a list page: each a Listing, with title and paragraphs where it holds the article, or an error."""
    portal = portal or feed()
    page = Page(FEED, text, AT)
    found: list[Any] = []
    for row in portal.rows(page):
        try:
            listing = portal.listing(row, page)
            part = None if listing is None else inline_part(portal, row, page, listing)
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
    portal = feed_portal(origin, ())
    assert portal.name == "mine"
    assert portal.categories == Categories("金融", "站", "mine")
    assert [list_.format(page=1) for list_ in portal.lists] == ["http://Feeds.cn:1200/rss?b=2&a={x}&from=1"]
    hosts = HostPatterns(portal.hosts, ports=(80, 443))
    assert [hosts.matches(target(f"http://{host}/")) for host in ("feeds.cn:1200", "news.cn", "a.x.cn", "y.cn")] == [
        True,
        True,
        True,
        False,
    ]


def test_without_a_word_of_the_user_the_site_is_the_host_and_pages_lie_anywhere() -> None:
    portal = feed_portal(Origin("mine", FEED), ())
    assert portal.categories == Categories("资讯", "feeds.cn", "mine")
    assert HostPatterns(portal.hosts, ports=(80, 443)).matches(target("https://anywhere.example/"))


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
    part = inline_part(portal, row, page, listing)
    assert part is not None
    assert (part.paragraphs, part.image) == ((LONG,), "https://feeds.cn/a/1.jpg")
    assert "script" not in part.body


def test_an_entry_is_read_again_from_the_row_that_was_kept() -> None:
    portal, page = feed(), Page(FEED, rss(item("n-1", content=LONG, pubDate="2026-11-20 08:30")), AT)
    (row,) = portal.rows(page)
    listing = portal.listing(row, page)
    assert listing is not None
    part = inline_part(portal, row, page, listing)
    assert part is not None
    article, capture = article_of(portal, listing, [part]), row_capture(portal, row, page)
    assert capture.content_type == ROW_CONTENT_TYPE
    assert Reextractor({"mine": portal})(StoredCaptures(article, (capture,), AT)) == article


def test_rows_that_older_releases_kept_are_read() -> None:
    names = ("id", "url", "title", "author", "published_at", "summary", "content")
    kept = dict.fromkeys(names) | {"id": "n-1", "url": LINK, "title": "标题", "content": LONG}
    row = json.dumps(kept | {"published_at": "2026-11-20T00:30:00+00:00"}, ensure_ascii=False, sort_keys=True).encode()
    portal, page = feed(), Page(FEED, rss(item("n-1", content=LONG, pubDate="2026-11-20 08:30")), AT)
    (entry,) = portal.rows(page)
    assert row_capture(portal, entry, page) == Capture(1, FEED, ROW_CONTENT_TYPE, row)
    assert portal.row_from_json(json.loads(row)) == entry
    assert portal.row_from_json(kept).published_at is None


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
            portal.next_address(ListPosition(FEED), page)
    else:
        assert portal.next_address(ListPosition(FEED), page) == following


# --- sitemaps ---


def urlset(*urls: str) -> str:
    rows = "".join(f"<url><loc>{escape(url)}</loc></url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


def index(*urls: str) -> str:
    rows = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in urls)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'


def page(text: str | bytes, url: str = "https://x.cn/sitemap.xml") -> Page:
    """A page of a sitemap, as a crawl would unpack it."""
    body = sitemap().unpack_list(text.encode() if isinstance(text, str) else text)
    return Page(url, decode(body, None), AT)


def test_a_sitemap_lists_the_pages_that_may_be_articles() -> None:
    text = urlset("https://x.cn/", "https://x.cn/a/1.html", "https://x.cn/a.pdf", "http://x.cn/?p=2", "", "/a")
    found = read(text, sitemap())
    assert {row.url for row in found if isinstance(row, Listing)} >= {"https://x.cn/a/1.html", "http://x.cn/?p=2"}
    assert {row.title for row in found if isinstance(row, Listing)} == {""}
    assert "a row without an address" in found
    assert found.count(None) == 2


def test_an_index_leads_to_a_sitemap_and_that_to_older_ones_of_its_series() -> None:
    months = [f"https://x.cn/news-2026-{month}.xml?from=1&to=2" for month in ("09", "11", "10")]
    (source,) = sitemap().list_sources(page(index(*months)))
    assert source == ListSource((months[1], months[2], months[0]))
    read = page(urlset("https://x.cn/1.html"))
    assert sitemap().list_sources(read) == ()
    positions = [ListPosition("list", 1, source.addresses[1:]), ListPosition("list", 2, source.addresses[2:])]
    assert [sitemap().next_address(position, read) for position in positions] == [months[2], months[0]]
    assert sitemap().next_address(ListPosition("list", 3), read) is None


def test_each_series_of_an_index_is_a_list_of_its_own() -> None:
    sections = [f"https://x.cn/{section}{n}.xml" for section in ("tech", "finance", "author", "image") for n in (1, 2)]
    assert sitemap().list_sources(page(index(*sections))) == (
        ListSource(("https://x.cn/finance2.xml", "https://x.cn/finance1.xml")),
        ListSource(("https://x.cn/tech2.xml", "https://x.cn/tech1.xml"), "https://x.cn/tech.xml"),
    )


def test_of_many_series_the_newest_are_lists() -> None:
    days = [f"2026-11-{day}" for day in range(10, 20)]
    rows = "".join(
        f"<sitemap><loc>https://x.cn/{name}.xml</loc><lastmod>{day}</lastmod></sitemap>"
        for name, day in zip("abcdefghij", days, strict=True)
    )
    sources = sitemap().list_sources(page(f"<sitemapindex>{rows}</sitemapindex>"))
    assert [source.addresses for source in sources] == [(f"https://x.cn/{name}.xml",) for name in "fghij"]
    assert [source.name for source in sources] == [None, *(f"https://x.cn/{name}.xml" for name in "ghij")]


def test_below_a_long_sitemap_nothing_is_looked_for() -> None:
    long = page(urlset(*(f"https://x.cn/{n}.html" for n in range(501))))
    assert sitemap().next_address(ListPosition("list", 1, ("https://x.cn/1.xml",)), long) is None
    assert len(sitemap().rows(long)) == 500


def test_a_packed_sitemap_is_unpacked() -> None:
    packed = gzip.compress(urlset("https://x.cn/1.html").encode())
    (entry,) = sitemap().rows(page(packed))
    assert entry.url == "https://x.cn/1.html"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (gzip.compress(b"\0" * 50_000_000), "unpacks to more than"),
        (gzip.compress(urlset("https://x.cn/1.html").encode())[:-20], "cut off"),
        (b"\x1f\x8bbroken", "a broken gzip file"),
    ],
)
def test_what_cannot_be_unpacked_is_an_error(body: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        sitemap().unpack_list(body)


@pytest.mark.parametrize(
    ("text", "reason"), [("<html><body>blocked</body></html>", "not a sitemap"), (index(), "an index without sitemaps")]
)
def test_what_is_no_sitemap_is_a_changed_layout(text: str, reason: str) -> None:
    with pytest.raises(LayoutChanged, match=reason):
        sitemap().list_sources(page(text)) or sitemap().rows(page(text))


def test_an_index_in_an_index_is_not_followed() -> None:
    with pytest.raises(LayoutChanged, match="an index inside an index"):
        sitemap().rows(page(index("https://x.cn/2.xml")))

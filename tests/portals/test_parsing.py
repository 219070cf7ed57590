"""Feeds as entries: every format, what programs make of them, and feeds that are meant to do harm."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portals.charset import decode
from portals.feeds.feed_entry import entry_to_json
from portals.feeds.parsing import feed_entries, next_page
from portals.page import LayoutChanged, Page

AT = "2026-11-20T00:30:00+00:00"
FIELDS = ["id", "url", "title", "author", "published_at", "summary", "content"]
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'


def rss(*items: str, more: str = "") -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0" {DC}><channel><title>源</title>{more}{inside}</channel></rss>'


def atom(*entries: str, more: str = "") -> str:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>源</title>{more}{inside}</feed>'


def json_feed(*items: Any, version: str = "https://jsonfeed.org/version/1.1", **more: Any) -> str:
    return json.dumps({"version": version, "title": "源", "items": list(items), **more}, ensure_ascii=False)


def entries(text: str) -> list[dict[str, Any]]:
    """The entries of a feed, as they are kept."""
    return [entry_to_json(entry) for entry in feed_entries(text)]


def row(text: str) -> dict[str, Any]:
    """The one entry of a feed."""
    (found,) = entries(text)
    assert list(found) == FIELDS
    return found


def said(text: str) -> dict[str, Any]:
    """What the one entry of a feed says."""
    return {name: value for name, value in row(text).items() if value is not None}


# --- formats ---


def test_rss_2() -> None:
    item = """<title>标题</title><link>https://x.cn/1</link><guid isPermaLink="false">n-1</guid>
    <dc:creator>张某</dc:creator><pubDate>Fri, 20 Nov 2026 08:30:00 +0800</pubDate>
    <description>摘要&lt;b&gt;一&lt;/b&gt;</description><content:encoded><![CDATA[<p>全文</p>]]></content:encoded>"""
    assert row(rss(item)) == {
        "id": "n-1",
        "url": "https://x.cn/1",
        "title": "标题",
        "author": "张某",
        "published_at": AT,
        "summary": "摘要<b>一</b>",
        "content": "<p>全文</p>",
    }


@pytest.mark.parametrize(
    "begin",
    [
        '<rss version="0.91"><channel>',
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://x.cn/rss.dtd"><rss><channel>',
        '<rss version="2.0" xmlns="http://backend.userland.com/rss2"><channel>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel><items/></channel>",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel/>',
        "<!-- <feed> --><rss><channel>",
        "\n\n <?xml version='1.0'?>\n<?xml-stylesheet href='a.xsl'?><rss><channel>",
        "<br />\n<b>Warning</b>: date() in <b>/a.php</b>\n<?xml version='1.0'?><rss><channel>",
    ],
)
def test_the_other_rss(begin: str) -> None:
    text = f"{begin}<item><title>标题</title><link> https://x.cn/1\n</link><description>摘要</description></item>"
    text += "</channel></rss>" if begin.endswith("<channel>") else "</rdf:RDF>"
    assert said(text) == {"url": "https://x.cn/1", "title": "标题", "summary": "摘要"}


def test_rss_1_names_its_items_by_an_address_and_dates_them_by_dublin_core() -> None:
    text = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        f' {DC}><item rdf:about="https://x.cn/1"><title>标题</title><dc:date>2026-11-20T08:30:00+08:00</dc:date></item>'
        "</rdf:RDF>"
    )
    assert said(text) == {"id": "https://x.cn/1", "url": "https://x.cn/1", "title": "标题", "published_at": AT}


def test_atom() -> None:
    entry = """<id>tag:x.cn,2026:1</id><title type="html">标题&lt;i&gt;一&lt;/i&gt;</title>
    <link rel="self" href="https://x.cn/1.atom"/><link rel="alternate" type="application/json" href="/1.json"/>
    <link href="/1.html" type="text/html"/><author><name>张某</name><email>a@x.cn</email></author>
    <author><name>李某</name></author><updated>2026-11-21T00:00:00Z</updated>
    <published>2026-11-20T00:30:00Z</published><summary>摘要 A &lt; B</summary>
    <content type="html">&lt;p&gt;全文&lt;/p&gt;</content>"""
    assert row(atom(entry)) == {
        "id": "tag:x.cn,2026:1",
        "url": "/1.html",
        "title": "标题<i>一</i>",
        "author": "张某、李某",
        "published_at": AT,
        "summary": "摘要 A &lt; B",
        "content": "<p>全文</p>",
    }


def test_atom_with_xhtml_inside() -> None:
    entry = """<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>第一段<br/>换行</p>
    <p/><h:p xmlns:h="http://www.w3.org/1999/xhtml">第二段 &amp; <o:p xmlns:o="urn:office">三</o:p></h:p>
    <img src="/1.jpg?a=1&amp;b=2" alt="&quot;" xml:lang="zh"/></div></content>"""
    content = row(atom(entry))["content"]
    assert content.startswith("<p>第一段<br>换行</p>")
    assert "<p></p><p>第二段 &amp; <p>三</p></p>" in content
    assert 'src="/1.jpg?a=1&amp;b=2"' in content
    assert content.count("<img ") == 1


def test_atom_of_old_and_an_address_that_the_feed_makes_absolute() -> None:
    text = """<feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:base="https://x.cn/a/"><entry>
    <title mode="escaped">标题</title><link rel="alternate" type="text/html" href="1.html"/>
    <issued>2026-11-20T08:30+08:00</issued><content type="text/html" mode="escaped">&lt;p&gt;全文&lt;/p&gt;</content>
    <content mode="base64" type="text/html">PHA+</content></entry></feed>"""
    expected = {"url": "https://x.cn/a/1.html", "title": "标题", "published_at": AT, "content": "<p>全文</p>"}
    assert said(text) == expected


@pytest.mark.parametrize(
    ("content", "html"),
    [
        ("一行", "一行"),
        ("第一行\n\n第二行 <一> & 二", "<p>第一行</p><p>第二行 &lt;一&gt; &amp; 二</p>"),
        ("<p>没有说是 HTML</p>", "<p>没有说是 HTML</p>"),
    ],
)
def test_a_text_keeps_its_lines_and_one_that_is_markup_after_all_is_markup(content: str, html: str) -> None:
    assert row(atom(f'<content type="text">{escape(content)}</content>'))["content"] == html
    assert row(json_feed({"content_text": content}))["content"] == html or "<p>" in content


def test_a_description_without_tags_keeps_its_lines() -> None:
    assert row(rss("<description>第一行\n第二行 A &amp;lt; B</description>"))["summary"] == (
        "<p>第一行</p><p>第二行 A &lt; B</p>"
    )


def test_markup_that_nobody_escaped_is_read_as_it_stands() -> None:
    found = row(rss("<description>前<p>第一段<br/></p><p>第二段</p>后</description>"))
    assert found["summary"] == "前<p>第一段<br></p><p>第二段</p>后"


@pytest.mark.parametrize("content", ['type="image/png"', 'type="video/mp4"', 'src="https://x.cn/1.html"'])
def test_content_that_is_no_text_is_none(content: str) -> None:
    assert row(atom(f"<content {content}></content>"))["content"] is None
    if "type" in content:
        assert row(atom(f"<content {content}>iVBORw0KGgo</content>"))["content"] is None


def test_of_other_namespaces_only_a_summary_speaks_for_an_entry_without_one() -> None:
    item = """<media:title>图</media:title><media:content url="https://x.cn/1.jpg"/><itunes:summary>别的</itunes:summary>
    <title>标题</title><atom:link rel="self" href="https://x.cn/feed"/><link>https://x.cn/1</link>
    <enclosure url="https://x.cn/1.jpg" type="image/jpeg" length="1"/><source url="https://y.cn">别处</source>"""
    text = rss(item).replace(
        "<rss ",
        '<rss xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" ',
    )
    assert said(text) == {"url": "https://x.cn/1", "title": "标题", "summary": "别的"}


def test_an_entry_inside_an_entry_is_not_one() -> None:
    entry = "<id>urn:1</id><source><id>urn:source</id><title>别处</title></source><x><entry><id>urn:2</id></entry></x>"
    assert said(atom(entry)) == {"id": "urn:1"}


@pytest.mark.parametrize(
    ("guid", "url"),
    [
        ("<guid>https://x.cn/1</guid>", "https://x.cn/1"),
        ('<guid isPermaLink="true">https://x.cn/1</guid>', "https://x.cn/1"),
        ('<guid isPermaLink="false">https://x.cn/1</guid>', None),
        ("<guid>n-1</guid>", None),
        ("<guid>https://x.cn/1</guid><link>https://x.cn/2</link>", "https://x.cn/2"),
        ("<guid>https://x.cn/1</guid><link/>", "https://x.cn/1"),
        ('<link href="https://x.cn/3"/>', "https://x.cn/3"),
        ("<link><![CDATA[https://x.cn/?a=1&b=2]]></link>", "https://x.cn/?a=1&b=2"),
        ("<link>https://x.cn/?a=1&amp;b=2</link>", "https://x.cn/?a=1&b=2"),
        ("<link>https://x.cn/?a=1&b=2&copy=3</link>", "https://x.cn/?a=1&b=2&copy=3"),
    ],
)
def test_the_link_of_an_item(guid: str, url: str | None) -> None:
    assert row(rss(guid))["url"] == url


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("<author>a@x.cn (张某)</author>", "张某"),
        ("<author>张某</author>", "张某"),
        ("<author>a@x.cn</author>", None),
        ("<dc:creator>张某</dc:creator><dc:creator> 李某 </dc:creator><dc:creator>张某</dc:creator>", "张某、李某"),
        ("<author><name>张某</name></author>", "张某"),
        ("", None),
    ],
)
def test_authors(author: str, name: str | None) -> None:
    assert row(rss(author))["author"] == name


# --- JSON Feed ---


def test_json_feed() -> None:
    item = {
        "id": "1",
        "url": "https://x.cn/1",
        "title": "标题",
        "authors": [{"name": "张某"}, {"name": None}, None, {"name": "李某"}],
        "date_published": "2026-11-20T08:30:00+08:00",
        "summary": "A < B",
        "content_html": "<p>全文</p>",
        "content_text": "全文",
    }
    assert row(json_feed(item)) == {
        "id": "1",
        "url": "https://x.cn/1",
        "title": "标题",
        "author": "张某、李某",
        "published_at": AT,
        "summary": "A &lt; B",
        "content": "<p>全文</p>",
    }


def test_json_feed_of_the_first_version() -> None:
    item = {"id": 17, "external_url": "https://y.cn/1", "author": {"name": "张某"}, "content_text": "一\n二"}
    text = json_feed(item, version="https://jsonfeed.org/version/1")
    assert said(text) == {"id": "17", "url": "https://y.cn/1", "author": "张某", "content": "<p>一</p><p>二</p>"}


def test_what_is_null_is_not_said() -> None:
    nulls = ("id", "url", "title", "authors", "author", "date_published", "summary", "content_html", "content_text")
    assert said(json_feed(dict.fromkeys(nulls))) == {}
    assert said(json_feed(dict.fromkeys(nulls) | {"title": "标题"})) == {"title": "标题"}
    assert said(json_feed({"id": " ", "url": "\n", "content_html": ""})) == {}


@pytest.mark.parametrize(
    "wrong",
    [{"id": True}, {"id": []}, {"url": {}}, {"title": 7}, {"summary": []}, {"content_html": 0}, {"content_text": {}}],
)
def test_an_entry_with_something_else_for_a_text_says_nothing(wrong: dict[str, object]) -> None:
    assert said(json_feed({"id": "1", "url": "https://x.cn/1", "title": "标题"} | wrong)) == {}


@pytest.mark.parametrize("name", ["authors", "author", "date_published", "tags"])
@pytest.mark.parametrize("value", [7, True, "张某", [], {}, [7], {"name": 7}])
def test_what_is_there_for_decoration_only_costs_no_entry(name: str, value: object) -> None:
    assert said(json_feed({"id": "1", name: value})) == {"id": "1"}


@pytest.mark.parametrize("item", [None, "一", 7, []])
def test_an_item_that_is_no_object_is_an_entry_that_says_nothing(item: object) -> None:
    assert said(json_feed(item)) == {}


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"code": 403, "message": "blocked"}',
        '{"version": "https://jsonfeed.org/version/1.1"}',
        '{"version": "https://jsonfeed.org/version/1.1", "items": null}',
        '{"version": null, "items": []}',
        "{",
        '{"a":' * 100_000,
    ],
)
def test_other_json_is_no_feed(text: str) -> None:
    with pytest.raises(ValueError, match=r".{5}"):
        entries(text)


# --- what is no feed, and feeds that are broken ---


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "not found",
        "<",
        "<!-- <rss>",
        "<html><body><p>验证</p></body></html>",
        "<!DOCTYPE html><html><head><link rel='alternate' type='application/rss+xml' href='/rss'></head></html>",
        "<?xml version='1.0'?><!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'><rss/></html>",
        "<opml version='2.0'><body/></opml>",
        "<urlset><url/></urlset>",
        "<error><code>403</code></error>",
    ],
)
def test_another_page_is_no_feed(text: str) -> None:
    with pytest.raises(LayoutChanged, match="not a feed"):
        Page("https://x.cn/feed", text).feed()


@pytest.mark.parametrize("text", [rss(), atom(), json_feed(), "<rss/>"])
def test_a_feed_without_entries_is_an_empty_list(text: str) -> None:
    assert entries(text) == []


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("数字&nbsp;经济 &ldquo;标杆&rdquo; R&D &unknown; &#x6570;", "数字\xa0经济 “标杆” R&D &unknown; 数"),
        ("控制\x00\x0b\x1f字符\ufffe", "控制字符"),
        ("<![CDATA[R&D <b>数字</b> &amp; ]]>", "R&D <b>数字</b> &amp;"),
        ("&#0;&#xD800;&#150;甲&#99999999999;", "–甲&#99999999999;"),
        ("甲 < 乙 <三>", "甲 < 乙 <三>"),
    ],
)
def test_a_feed_that_is_broken_in_common_ways_is_read(written: str, title: str) -> None:
    assert row(f"<rss><channel><item><title>{written}</title></item></channel></rss>")["title"] == title


def test_a_prefix_without_its_namespace_means_what_it_always_means() -> None:
    item = "<item><dc:date>2026-11-20 08:30</dc:date><content:encoded>全文</content:encoded></item>"
    text = f"<rss><channel>{item}</channel></rss>"
    assert said(text) == {"published_at": AT, "content": "全文"}


def test_of_a_feed_that_is_cut_off_the_entry_in_the_middle_is_not_taken_for_a_whole_one() -> None:
    text = rss("<title>甲</title>", "<title>乙</title><description><![CDATA[一<item>二]]></description>")
    assert len(entries(text)) == 2
    for end in range(text.index("乙"), text.index("</channel>")):
        assert [row["title"] for row in entries(text[:end])] == ["甲"]
    assert len(entries(text.removesuffix("</rss>"))) == 2
    assert len(entries(text + "<!-- 0.03 s --><script>var a = '</x>'</script>")) == 2
    assert entries(rss("<title>甲</title>", "<b>" * 300, "<title>乙</title>")) == []


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "big5", "utf-16", "iso-8859-1", "x-no-such-thing"])
def test_what_the_declaration_says_is_of_the_past(declared: str) -> None:
    text = rss("<title>陶喆、朱镕基与堃字</title>").replace("?>", f' encoding="{declared}"?>', 1)
    assert row(text)["title"] == "陶喆、朱镕基与堃字"


def test_a_feed_in_gbk_is_read_whether_its_server_says_so_or_not() -> None:
    text = rss("<title>陶喆、朱镕基与堃字：数字经济</title>").replace("?>", ' encoding="gb2312"?>', 1)
    for content_type in ("text/xml; charset=gb2312", "text/xml"):
        assert row(decode(text.encode("gb18030"), content_type))["title"] == "陶喆、朱镕基与堃字：数字经济"


# --- older entries ---


@pytest.mark.parametrize(
    ("text", "following"),
    [
        (atom(more='<link rel="next" href="/feed?page=2&amp;n=1"/>'), "/feed?page=2&n=1"),
        (atom(more="<link href='https://x.cn/2' rel='prev-archive'/>"), "https://x.cn/2"),
        (rss(more='<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="?p=2"/>'), "?p=2"),
        (atom(more='<link rel="next-archive" href="/3"/><link rel="self" href="/1"/>'), None),
        (atom('<link rel="next" href="/other-article"/>'), None),
        (rss(), None),
        (json_feed(next_url="https://x.cn/2"), "https://x.cn/2"),
        (json_feed(next_url=None), None),
        (json_feed(next_url=2), None),
        (json_feed(), None),
    ],
)
def test_where_a_feed_goes_on(text: str, following: str | None) -> None:
    assert next_page(text) == following


# --- times ---


def test_the_first_readable_time_is_of_the_publication() -> None:
    entry = (
        "<updated>2026-11-21T00:00:00Z</updated><published>soon</published><published>2026-11-20T00:30:00Z</published>"
    )
    assert row(atom(entry))["published_at"] == AT
    assert row(atom("<updated>2026-11-20T00:30:00Z</updated><published/>"))["published_at"] == AT


# --- feeds that are meant to do harm ---

LAUGHS = "".join(f'<!ENTITY l{i + 1} "{f"&l{i};" * 10}">' for i in range(9))
BOMB = f'<!DOCTYPE rss [<!ENTITY l0 "哈">{LAUGHS}]>'


@pytest.mark.parametrize("name", ["ENTITY", "entity"])
def test_entities_that_grow_or_look_into_files_are_refused(name: str) -> None:
    outside = '<!DOCTYPE rss [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>'
    for declared in (BOMB, outside):
        text = rss("<title>&l9;</title>").replace("<rss", declared.replace("ENTITY", name) + "<rss", 1)
        with pytest.raises(ValueError, match="declares entities"):
            entries(text)


@pytest.mark.parametrize("place", ["<!-- <rss> -->", "<rss><channel/></rss>", "<rss><channel>"])
def test_entities_that_are_declared_in_an_odd_place_are_not_there(place: str) -> None:
    text = f"{place}{BOMB}<rss><channel><item><title>&l9;</title></item></channel></rss>"
    try:
        titles = [row["title"] for row in entries(text)]
    except ValueError:
        return
    assert set(titles) <= {"&l9;"}


def test_an_article_may_speak_of_entities() -> None:
    assert "ENTITY" in row(rss("<description><![CDATA[<p>写作 <!ENTITY a 'b'></p>]]></description>"))["summary"]


HARM: dict[str, Callable[[], str]] = {
    "tags": lambda: rss("<a/>" * 550_000),
    "too many tags": lambda: rss("<a/>" * 2_000_000),
    "open tags": lambda: rss("<a>" * 550_000),
    "categories": lambda: rss("".join(f"<category>{n}</category>" for n in range(200_000))),
    "namespaces": lambda: rss("".join(f'<p{n}:a xmlns:p{n}="u{n}"/>' for n in range(100_000))),
    "attributes": lambda: rss("<a " + " ".join(f'a{n}="1"' for n in range(200_000)) + "/>"),
    "open sections": lambda: rss("<![CDATA[" * 1_000_000),
    "open comments": lambda: "<!--" * 2_000_000 + rss(),
    "ampersands": lambda: rss("<title>" + "&" * 2_000_000 + "</title>"),
    "references": lambda: rss("<title>" + "&#0;" * 500_000 + "</title>"),
    "one long text": lambda: rss(f"<description>{'数' * 3_000_000}</description>"),
    "broken attributes": lambda: rss("<a b c=>" * 500_000),
    "rows": lambda: rss(*["<title>一</title>"] * 100_000),
    "times": lambda: rss("<pubDate>" + "Nov 1 " * 500_000 + "</pubDate>"),
    "deep JSON": lambda: '{"items":' + "[" * 1_000_000,
    "links": lambda: atom(more='<link rel="next"/>' * 200_000),
}


@pytest.mark.parametrize("kind", HARM)
def test_a_feed_of_ten_megabytes_takes_a_moment(kind: str) -> None:
    text = HARM[kind]()
    begin = time.process_time()
    for read in (feed_entries, next_page):
        try:
            found = read(text)
        except ValueError:
            continue
        assert found is None or len(found) <= 1000
    assert time.process_time() - begin < 8


@given(st.text(alphabet=st.sampled_from("<>/&;!?[]-=\"' \nrsitemfdlnkCDATAguxy:1数\x00\ud800"), max_size=300))
def test_no_text_does_more_than_not_being_a_feed(text: str) -> None:
    for whole in (text, f"<rss><channel><item>{text}</item></channel></rss>", f"<feed><entry>{text}"):
        try:
            found = entries(whole)
            next_page(whole)
        except ValueError:
            continue
        json.dumps(found, ensure_ascii=False).encode("utf-8")


# --- an older reader of feeds agrees ---

_WORDS = st.text(alphabet="数字经济 abc<>&\"'12。\n", max_size=30).map(str.strip)
_ITEM = st.fixed_dictionaries(
    {},
    optional={
        "title": _WORDS,
        "link": st.integers(1, 999).map("https://x.cn/?a=1&b={}".format),
        "guid": st.integers(1, 999).map("urn:{}".format),
        "description": _WORDS.map(lambda words: f"<p>{escape(words)}</p>"),
        "content:encoded": _WORDS.map(lambda words: f"<div>{escape(words)}</div>"),
    },
)


def _of_feedparser(text: str) -> list[list[Any]]:
    read = feedparser.parse(BytesIO(text.encode()), sanitize_html=False, resolve_relative_uris=False)
    assert not read.bozo
    names = ("id", "link", "title", "summary")
    found = [[dict.get(entry, name) or None for name in names] for entry in read.entries]
    contents = [max((part.value for part in entry.get("content", ())), key=len, default=None) for entry in read.entries]
    # It takes the content for a summary where there is none.
    return [
        [*row[:3], None if row[3] == content else row[3], content] for row, content in zip(found, contents, strict=True)
    ]


@given(st.lists(_ITEM, max_size=4))
def test_feedparser_reads_the_same(items: list[dict[str, str]]) -> None:
    written = ("".join(f"<{name}>{escape(text)}</{name}>" for name, text in item.items()) for item in items)
    text = rss(*written).replace("<guid>", '<guid isPermaLink="false">')
    ours = [[row[name] or None for name in ("id", "url", "title", "summary", "content")] for row in entries(text)]
    for row in ours:
        row[3] = None if row[3] == row[4] else row[3]
    assert ours == _of_feedparser(text)


@given(st.text(alphabet='abc&<>"数', max_size=10))
def test_addresses_in_attributes_are_read_as_they_were_meant(name: str) -> None:
    text = atom(f"<link href={quoteattr(f'https://x.cn/{name}')}/>")
    assert row(text)["url"] == f"https://x.cn/{name}"

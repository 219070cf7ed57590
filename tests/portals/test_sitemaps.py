"""Sitemaps as entries: every kind, the newest first, and sitemaps that are meant to do harm."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portals.feeds.sitemaps import MOST_ENTRIES, SitemapEntry, series_of, sitemap_entries, unpacked

NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
SPACES = f'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="{NEWS}"'


def urlset(*rows: str) -> str:
    inside = "".join(f"<url>{row}</url>" for row in rows)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {SPACES}>{inside}</urlset>'


def index(*rows: tuple[str, str]) -> str:
    inside = "".join(f"<sitemap>{_loc(url, day)}</sitemap>" for url, day in rows)
    return f"<sitemapindex {SPACES}>{inside}</sitemapindex>"


def dated(*rows: tuple[str, str]) -> str:
    return urlset(*(_loc(url, day) for url, day in rows))


def _loc(url: str, day: str) -> str:
    return f"<loc>https://x.cn/{url}</loc>" + (f"<lastmod>{day}</lastmod>" if day else "")


def urls(entries: list[SitemapEntry]) -> list[str]:
    return [str(entry.url).removeprefix("https://x.cn/") for entry in entries]


# --- kinds ---


def test_a_sitemap_names_addresses_and_when_they_changed() -> None:
    text = urlset("<loc>\n https://x.cn/?a=1&amp;b=2 \n</loc><lastmod>2026-11-20</lastmod><priority>0.5</priority>")
    changed_at = datetime(2026, 11, 19, 16, tzinfo=UTC)
    assert sitemap_entries(text) == [SitemapEntry("https://x.cn/?a=1&b=2", None, None, changed_at)]


def test_one_for_google_news_has_titles_and_times() -> None:
    news = """<loc>https://x.cn/1</loc><news:news><news:publication><news:name>某报</news:name></news:publication>
    <news:publication_date>2026-11-20T08:30:00+08:00</news:publication_date>
    <news:title>标题 &amp; 二</news:title></news:news>"""
    (entry,) = sitemap_entries(urlset(news))
    assert (entry.title, entry.published_at) == ("标题 & 二", datetime(2026, 11, 20, 0, 30, tzinfo=UTC))


def test_pictures_and_films_are_not_the_page() -> None:
    text = urlset(
        '<image:image xmlns:image="urn:i"><image:loc>https://x.cn/1.jpg</image:loc><image:title>图</image:title>'
        '</image:image><loc>https://x.cn/1</loc><video:video xmlns:video="urn:v"><video:title>片</video:title>'
        "<video:publication_date>2020-01-01</video:publication_date></video:video>"
    )
    assert sitemap_entries(text) == [SitemapEntry("https://x.cn/1")]


def test_one_in_plain_text() -> None:
    assert urls(sitemap_entries("https://x.cn/2\n\n  https://x.cn/1  \n")) == ["1", "2"]


@pytest.mark.parametrize("space", ["", 'xmlns="http://www.google.com/schemas/sitemap/0.84"', 'xmlns:s="urn:s"'])
def test_whatever_its_namespace(space: str) -> None:
    prefix = "s:" if "xmlns:s" in space else ""
    text = f"<{prefix}urlset {space}><url><loc>https://x.cn/1</loc></url></{prefix}urlset>"
    assert urls(sitemap_entries(text.replace("<url>", f"<{prefix}url>").replace("</url>", f"</{prefix}url>"))) == ["1"]


def test_an_entry_without_an_address_is_kept_for_its_portal_to_name() -> None:
    assert [entry.url for entry in sitemap_entries(urlset("<lastmod>2026-11-20</lastmod>", "<loc/>"))] == [None, ""]


def test_ampersands_and_control_characters_do_no_harm() -> None:
    assert urls(sitemap_entries(urlset("<loc>https://x.cn/?a=1&b=2&copy=\x0b3&nbsp;</loc>"))) == ["?a=1&b=2&copy=3"]


def test_of_a_sitemap_that_is_cut_off_the_last_address_may_be_half_of_one() -> None:
    text = urlset("<loc>https://x.cn/1</loc>", "<loc>https://x.cn/23456</loc>")
    assert urls(sitemap_entries(text[: text.index("456")])) == ["1"]


@pytest.mark.parametrize(
    "text",
    [
        "<html><body>https://x.cn/1</body></html>",
        "<rss><channel/></rss>",
        "forbidden",
        "https://x.cn/1\nforbidden",
        "https://x.cn/1 2",
        '{"code": 403}',
    ],
)
def test_another_page_is_no_sitemap(text: str) -> None:
    with pytest.raises(ValueError, match="not a sitemap"):
        sitemap_entries(text)


def test_an_empty_one_has_no_rows() -> None:
    assert sitemap_entries(urlset()) == sitemap_entries("") == []


# --- the newest first ---


def test_the_newest_stand_first_and_what_is_not_dated_last() -> None:
    rows = [("a", "2026-11-19"), ("b", ""), ("c", "2026-11-20T23:00:00+08:00"), ("d", "2026-11-20T08:00:00+08:00")]
    assert urls(sitemap_entries(dated(*rows))) == ["c", "d", "a", "b"]


def test_where_all_were_written_at_once_the_addresses_tell() -> None:
    paths = ["2026/1119/c1.html", "202611/t20261120_3.html", "2026-11-20/c9.html", "202611/t20261120_12.html"]
    expected = ["202611/t20261120_12.html", "2026-11-20/c9.html", "202611/t20261120_3.html", "2026/1119/c1.html"]
    for day in ("", "2026-11-20"):
        found = urls(sitemap_entries(dated(*((path, day) for path in paths))))
        assert (set(found[:3]), found[3]) == (set(expected[:3]), expected[3])
        assert found.index(expected[0]) < found.index(expected[2])


def test_the_time_of_publication_counts_more_than_that_of_the_last_change() -> None:
    news = "<loc>https://x.cn/{}</loc><lastmod>{}</lastmod><news:news><news:publication_date>{}</news:publication_date></news:news>"
    text = urlset(news.format("old", "2026-11-20", "2020-01-01"), news.format("new", "2026-11-19", "2026-11-19"))
    assert urls(sitemap_entries(text)) == ["new", "old"]


def test_only_the_newest_of_a_long_one_matter() -> None:
    found = sitemap_entries(dated(*((f"p{n}", f"{n // 300 + 2010}-01-02") for n in range(3000))))
    assert [len(found), *sorted({str(entry.changed_at)[:4] for entry in found})] == [MOST_ENTRIES, "2018", "2019"]


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_a_long_one_without_dates_both_ends_are_looked_at(newest_first: bool) -> None:
    names = [f"p-{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(2000)]
    found = urls(sitemap_entries(dated(*((name, "") for name in (names if newest_first else names[::-1])))))
    assert len(found) == MOST_ENTRIES
    # What is new stands above something that is known: there a crawl sees that it missed nothing.
    new, known = names[:200], set(names[200:])
    assert set(new) < set(found)
    assert known & set(found[found.index(new[-1]) :])


# --- indexes ---


def test_an_index_names_its_sitemaps_the_newest_first() -> None:
    rows = [("s1.xml", "2026-11-18"), ("s3.xml", "2026-11-20"), ("s2.xml", "2026-11-19")]
    assert series_of(index(*rows)) == {"https://x.cn/s.xml": tuple(f"https://x.cn/s{n}.xml" for n in (3, 2, 1))}


def test_without_dates_the_highest_number_is_the_newest() -> None:
    names = ["s2.xml", "s10.xml", "s9.xml"]
    found = series_of(index(*((name, "") for name in names)))
    assert found == {"https://x.cn/s.xml": tuple(f"https://x.cn/s{n}.xml" for n in (10, 9, 2))}


def test_sections_are_series_of_their_own_and_those_without_articles_are_left_out() -> None:
    names = ["post-sitemap.xml", "tech-1.xml", "page-sitemap.xml", "post_tag-sitemap.xml", "author-sitemap2.xml"]
    names += ["category-sitemap.xml", "image-1.xml", "tech-2.xml"]
    found = series_of(index(*((name, "2026-11-20") for name in names)))
    assert found is not None
    assert sorted(found) == ["https://x.cn/post-sitemap.xml", "https://x.cn/tech-.xml"]
    pages = series_of(index(("sitemap-page-1.xml", ""), ("sitemap-page-2.xml", "")))
    assert pages == {
        "https://x.cn/sitemap-page-.xml": ("https://x.cn/sitemap-page-2.xml", "https://x.cn/sitemap-page-1.xml")
    }


def test_of_an_index_only_addresses_count() -> None:
    text = index(("s1.xml", "")).replace(
        "</sitemapindex>", "<sitemap><loc>javascript:a</loc></sitemap><sitemap/></sitemapindex>"
    )
    assert series_of(text) == {"https://x.cn/s.xml": ("https://x.cn/s1.xml",)}


def test_what_is_no_index_has_no_series() -> None:
    assert series_of(urlset()) is series_of("https://x.cn/1") is None
    with pytest.raises(ValueError, match="an index without sitemaps"):
        series_of(index())
    with pytest.raises(ValueError, match="an index inside an index"):
        sitemap_entries(index())


# --- packed ones, and those that are meant to do harm ---


def test_packed_bytes_are_unpacked_and_others_stay() -> None:
    assert unpacked(gzip.compress(b"<urlset/>")) == unpacked(b"<urlset/>") == b"<urlset/>"


@pytest.mark.parametrize(
    "body", [gzip.compress(b"\0" * 30_000_000), gzip.compress(b"x" * 5000)[:-9], b"\x1f\x8b", b"\x1f\x8b\x00" * 9]
)
def test_packed_bytes_that_are_too_many_or_broken(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"unpacks to more|broken"):
        unpacked(body)


def test_entities_are_refused() -> None:
    text = '<!DOCTYPE urlset [<!ENTITY a "b">]>' + urlset("<loc>https://x.cn/&a;</loc>").partition("?>")[2]
    with pytest.raises(ValueError, match="declares entities"):
        sitemap_entries(text)
    with pytest.raises(ValueError, match="declares entities"):
        series_of(text.replace("urlset", "sitemapindex"))


HARM: dict[str, Callable[[], str]] = {
    "a whole sitemap": lambda: dated(*((f"2026/11/20/{n}.html", "2026-11-20") for n in range(50_000))),
    "tags": lambda: urlset("<a/>" * 550_000),
    "plain addresses": lambda: "https://x.cn/1\n" * 600_000,
    "numbers": lambda: urlset(f"<loc>https://x.cn/{'1' * 3_000_000}</loc>"),
    "many numbers": lambda: urlset(f"<loc>https://x.cn/{'1/' * 1_000_000}</loc>"),
    "an index": lambda: index(*((f"{n}.xml", "2026-11-20") for n in range(50_000))),
    "dates": lambda: urlset(f"<lastmod>{'2026-11-20 ' * 200_000}</lastmod>"),
}


@pytest.mark.parametrize("kind", HARM)
def test_a_sitemap_of_ten_megabytes_takes_a_moment(kind: str) -> None:
    text = HARM[kind]()
    begin = time.process_time()
    for read in (sitemap_entries, series_of):
        try:
            read(text)
        except ValueError:
            continue
    assert time.process_time() - begin < 8


@given(st.text(alphabet=st.sampled_from('<>/&;!?[]-=" \nurlsetcoimapndx:1数\x00\ud800'), max_size=200))
def test_no_text_does_more_than_not_being_a_sitemap(text: str) -> None:
    for whole in (text, f"<urlset><url><loc>{text}</loc></url></urlset>", f"<sitemapindex><sitemap><loc>{text}"):
        for read in (sitemap_entries, series_of):
            try:
                read(whole)
            except ValueError:
                continue

"""Sites of the CMS of 新华社: which data file a channel names, rows of one or several articles, and its layouts."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from portals.cms.xinhua import ARTICLE_PATH, XinhuaCms
from portals.page import LayoutChanged, Page
from portals.portal import ListSource
from tracking.article import Categories, Listing

CHANNEL = "https://x.cn/fortune/"
DATA_FILE = "https://x.cn/fortune/ds_aa11.json"
FEED = "https://x.cn/fortune/news.xml"
KEY = "0123456789abcdef" * 2
ARTICLE = f"https://x.cn/fortune/20261120/{KEY}/c.html"
OLD = "https://x.cn/fortune/2019-12/11/c_1125300002.htm"
AT = datetime(2026, 11, 19, 23, 1, 33, tzinfo=UTC)


class Daily(XinhuaCms):
    name = "daily"
    categories = Categories("金融", "某报", "要闻")
    hosts = ("x.cn",)
    lists = (CHANNEL,)
    article_address = re.compile(rf"https://x\.cn{ARTICLE_PATH}", re.ASCII)
    data_files = frozenset(("aa11", "bb22"))


DAILY = Daily()


def channel(*named: str, shown: tuple[str, ...] = ()) -> Page:
    """The page of a channel with elements for these data files; those of `shown` are where it lists its news."""
    others = "".join(f'<ul class="wz-list" data="datasource:{name} "></ul>' for name in named)
    main = "".join(f'<ul class="xpage-content xpage-content-list" data="datasource:{name}"></ul>' for name in shown)
    return Page(CHANNEL, others + main)


def data_file(*rows: object) -> Page:
    return Page(DATA_FILE, json.dumps({"datasource": rows}))


def row(**changes: object) -> dict[str, object]:
    facts = {"title": "试点扩大", "publishUrl": ARTICLE, "publishTime": "2026-11-20 07:01:33", "linkUrls": []}
    return facts | changes


def link(title: str = "试点扩大", url: str = ARTICLE) -> dict[str, str]:
    return {"linkTitle": title, "linkUrl": url}


def listed(*rows: object) -> list[Listing | None]:
    page = data_file(*rows)
    return [DAILY.listing(each, page) for each in DAILY.rows(page)]


def expected(title: str = "试点扩大", at: datetime | None = AT, url: str = ARTICLE, key: str = KEY) -> Listing:
    return Listing("daily", key, url, title, at)


# --- where the rows of a channel stand ---


@pytest.mark.parametrize(
    "page",
    [
        channel("aa11"),
        channel("zz99", "aa11", "yy88"),
        channel("zz99", shown=("aa11",)),
        channel("zz99", "aa11", shown=("yy88",)),
        channel("aa11", "bb22", shown=("aa11",)),
    ],
    ids=["alone", "known among others", "known where news are", "known before where news are", "one of two known"],
)
def test_a_channel_is_read_from_the_known_data_file_that_it_names(page: Page) -> None:
    assert DAILY.list_sources(page) == (ListSource((DATA_FILE,)),)


def test_of_unknown_data_files_the_one_where_the_news_are_is_taken() -> None:
    assert DAILY.list_sources(channel("zz99", "yy88", shown=("cc33",))) == (
        ListSource(("https://x.cn/fortune/ds_cc33.json",)),
    )


def test_the_only_data_file_is_taken_wherever_it_stands_and_however_often() -> None:
    assert DAILY.list_sources(channel("cc33", "cc33")) == (ListSource(("https://x.cn/fortune/ds_cc33.json",)),)


@pytest.mark.parametrize(
    ("page", "count"),
    [
        (channel(), 0),
        (channel("zz99", "yy88"), 2),
        (channel("aa11", "bb22"), 2),
        (channel("zz99", shown=("yy88", "cc33")), 3),
        (channel("../aa11", "", "aa 11"), 0),
    ],
)
def test_a_channel_that_leaves_a_choice_is_a_changed_layout(page: Page, count: int) -> None:
    with pytest.raises(LayoutChanged, match=f"names {count} data files, and none that is known"):
        DAILY.list_sources(page)


@pytest.mark.parametrize("url", [DATA_FILE, FEED, f"{DATA_FILE}?v=1", f"{FEED}?v=1"])
def test_a_data_file_and_a_feed_show_their_rows_themselves(url: str) -> None:
    assert DAILY.list_sources(Page(url, "")) == ()


def test_what_only_names_a_file_in_its_query_is_a_channel() -> None:
    with pytest.raises(LayoutChanged, match="names 0 data files"):
        DAILY.list_sources(Page(f"{CHANNEL}?ds.json", ""))


# --- rows ---


def test_a_row_has_a_title_an_address_and_a_time_in_beijing() -> None:
    assert listed(row(publishUrl="20261120/" + KEY + "/c.html", title="<b>试点</b>扩大")) == [expected()]


def test_a_row_with_several_links_is_as_many_articles_and_none_of_them_has_a_time() -> None:
    links = [link("首批项目落户"), link("第二批项目", OLD)]
    assert listed(row(linkUrls=links)) == [
        expected("首批项目落户", None),
        expected("第二批项目", None, OLD, "1125300002"),
    ]


@pytest.mark.parametrize("links", [[], [link("别的标题")], None, "两个"])
def test_a_row_with_one_link_or_none_is_the_article_that_it_names(links: object) -> None:
    assert listed(row(linkUrls=links)) == [expected()]


@pytest.mark.parametrize("words", ["专题 |", "专题｜", "专题", "全文", "<b>财经丨</b>"])
def test_a_link_that_only_names_the_topic_is_no_article(words: str) -> None:
    assert listed(row(linkUrls=[link(words), link()])) == [None, expected(at=None)]


def test_a_title_behind_the_name_of_its_topic_is_one() -> None:
    assert listed(row(title="专题｜试点扩大")) == [expected("专题｜试点扩大")]


@pytest.mark.parametrize(
    "url",
    [
        "https://x.cn/video/20261120/" + KEY + "/c.html",
        "https://y.cn/fortune/20261120/" + KEY + "/c.html",
        "/about.htm",
    ],
)
def test_films_and_pages_of_others_are_no_articles(url: str) -> None:
    assert listed(row(publishUrl=url)) == [None]


@pytest.mark.parametrize("broken", [link("", ARTICLE), link("试点扩大", " ")])
def test_a_link_without_words_or_address_is_a_changed_layout(broken: dict[str, str]) -> None:
    with pytest.raises(LayoutChanged, match="a row without title or link"):
        listed(row(linkUrls=[broken, link()]))


def test_a_mere_link_has_no_time_for_it_was_dated_when_it_was_put_there() -> None:
    assert listed(row(contentType="Link")) == [expected(at=None)]
    assert listed(row(contentType="MultiMedia")) == [expected()]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (row(publishTime="昨天"), "a row without a readable publishTime"),
        ({"title": "试点扩大", "publishUrl": ARTICLE}, "'publishTime' is missing"),
        (row(title=None), "'title' is NoneType"),
        ("试点扩大", "str instead of an object"),
        ({"linkTitle": "试点扩大"}, "'linkUrl' is missing"),
    ],
)
def test_a_row_of_another_form_is_a_changed_layout(broken: object, reason: str) -> None:
    with pytest.raises(LayoutChanged, match=reason):
        listed(broken)


def test_of_a_data_file_that_goes_back_for_years_the_newest_rows_are_read() -> None:
    page = data_file(*(row(title=f"第{number}条") for number in range(300)))
    titles = [each["title"] for each in DAILY.rows(page)]
    assert (len(titles), titles[0], titles[-1]) == (200, "第0条", "第199条")


def test_a_data_file_without_rows_is_a_changed_layout() -> None:
    with pytest.raises(LayoutChanged, match="'datasource' is missing"):
        DAILY.rows(Page(DATA_FILE, "{}"))


def test_the_entries_of_a_feed_are_rows_as_well() -> None:
    item = f"<item><title>试点扩大</title><link>{ARTICLE}</link><pubDate>2026-11-20 07:01:33</pubDate></item>"
    page = Page(FEED, f'<?xml version="1.0"?><rss version="2.0"><channel><title>财经</title>{item}</channel></rss>')
    assert [DAILY.listing(entry, page) for entry in DAILY.rows(page)] == [expected()]


# --- articles ---

SPLIT_DAY = (
    '<div class="header-time"><span class="year"><em> 2026</em></span><span class="day"><em> 1</em>/<em> 8</em></span>'
    '<span class="time"> 08:05:09</span></div>'
)


def article(head: str, title: str = '<div class="h-title">十问数字贸易港</div>', meta: str = "") -> Page:
    return Page(OLD, f'{meta}<div class="header">{head}</div>{title}<div id="p-detail"><p>海关数据先打通。</p></div>')


def published(head: str) -> str:
    return str(DAILY.extract(article(head)).published_at)


def test_a_day_that_is_split_over_several_elements_is_read_as_one() -> None:
    assert published(SPLIT_DAY) == "2026-01-08 00:05:09+00:00"


def test_the_split_day_is_the_most_exact_and_the_time_of_the_older_layout_stands_in_for_it() -> None:
    older = '<span class="h-time"> 2019-12-11 06:01:02</span>'
    assert published(older) == "2019-12-10 22:01:02+00:00"
    assert published(older + SPLIT_DAY) == "2026-01-08 00:05:09+00:00"
    assert published(older + SPLIT_DAY.replace("2026", "某年")) == "2019-12-10 22:01:02+00:00"
    assert published("") == "None"


@pytest.mark.parametrize(
    ("head", "meta", "author"),
    [
        ('<div class="source">来源：新华财经</div>', "", "新华财经"),
        ('<em id="source"> 新华社 </em>', "", "新华社"),
        ('<div class="source">来源 :</div><em id="source">新华社</em>', "", "新华社"),
        ('<div class="source"></div>', '<meta name="source" content="某报">', "某报"),
        ('<em id="source">新华社</em>', '<meta name="source" content="某报">', "新华社"),
        ("", "", None),
    ],
)
def test_the_source_is_what_the_page_shows_or_else_declares(head: str, meta: str, author: str | None) -> None:
    assert DAILY.extract(article(head, meta=meta)).author == author


def test_the_newest_layout_of_a_title_comes_first_and_a_bare_heading_is_none() -> None:
    both = '<div class="head-line"><span class="title">新版标题</span></div><div class="h-title">旧版标题</div>'
    assert DAILY.extract(article("", both)).title == "新版标题"
    with pytest.raises(LayoutChanged, match="nothing matches"):
        DAILY.extract(article("", "<h1>给电话看的标题</h1>"))


def pages(url: str, *links: str) -> tuple[str, ...]:
    shown = "".join(f'<a href="{link}">下一页</a>' for link in links)
    return DAILY.more_pages(Page(url, f'<div id="div_currpage">{shown}</div><a href="c_1125300002_7.htm">图</a>'))


def test_the_later_pages_of_an_article_go_up_to_the_highest_that_is_linked() -> None:
    stem = OLD.removesuffix(".htm")
    linked = ("c_1125300002_2.htm", f"{stem}_4.htm", "c_1125309999_9.htm", "#")
    assert pages(OLD, *linked) == tuple(f"{stem}_{number}.htm" for number in (2, 3, 4))


def test_an_article_on_one_page_has_no_later_ones_nor_has_a_later_page() -> None:
    assert pages(OLD) == ()
    assert pages(ARTICLE, "c_1125300002_2.htm") == ()
    assert pages(OLD.replace(".htm", "_2.htm"), "c_1125300002_3.htm") == ()


def test_every_page_of_an_article_belongs_to_its_first() -> None:
    second = OLD.replace(".htm", "_2.htm")
    assert DAILY.key_of(second) == DAILY.key_of(OLD) == "1125300002"
    assert DAILY.article_url(f"{second}?a=1") == OLD
    assert DAILY.article_url(ARTICLE) == ARTICLE

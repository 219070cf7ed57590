"""The sample format: what is read, what is written, what is refused."""

from __future__ import annotations

import locale
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from output_builders import SINA, article

from outputs.sample import BEIJING_LABELLED_GMT, Post, SampleError, post_of, read, safe_title, write
from tracking.article import Categories, Content

SHARED = Path(__file__).parents[2].parent / "shared"
SAMPLES = sorted((SHARED / "samples").glob("*.txt"))
POSTS = sorted((SHARED / "posts").glob("[0-9]*.md"))
# The posts written in the form of the samples; the others are older variants.
NEWER = {"021", "025", "028", "030", "034", "036", "057", "070"}
needs_shared = pytest.mark.skipif(not SAMPLES, reason="the shared samples are not here")

TAIL = "            "


def a_file(**parts: str) -> bytes:
    """A file of the collection, with one part written another way."""
    usual = {
        "title": "title: '数字人民币试点扩大'",
        "categories": "categories: \n - 金融\n - 新浪财经\n - 新浪财经－国內",
        "headimg": "headimg: 'https://n.sinaimg.cn/a.png'",
        "author": "author: 新浪财经",
        "comments": "comments: false",
        "date": "date: Thu, 27 May 2021 23:54:35 GMT",
        "thumbnail": "thumbnail: 'https://n.sinaimg.cn/a.png'",
    }
    body = parts.pop("body", "<p>正文&#123;一&#125;</p>\n")
    front = "\n".join(line for line in (usual | parts).values() if line)
    return f"\n---\n{front}\n---\n\n<div>   \n{body}  \n</div>\n{TAIL}".encode()


def is_sample_form(data: bytes) -> bool:
    """Whether reading and writing a file gives the same bytes; False for the older variants, and for other files."""
    try:
        return write(read(data)) == data
    except SampleError:
        return False


def refusal(post: Post) -> str:
    with pytest.raises(SampleError) as caught:
        write(post)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# The collection


@needs_shared
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem[:3])
def test_the_samples_come_back_byte_for_byte(path: Path) -> None:
    data = path.read_bytes()
    assert write(read(data)) == data
    assert is_sample_form(data)


@pytest.mark.skipif(not POSTS, reason="the shared posts are not here")
@pytest.mark.parametrize("path", POSTS, ids=lambda path: path.stem)
def test_every_post_is_read_and_the_newer_ones_come_back(path: Path) -> None:
    data = path.read_bytes()
    post = read(data)
    assert post.title
    assert post.date is not None
    assert "&#123;" not in post.body
    assert is_sample_form(data) == (path.stem in NEWER)


@needs_shared
def test_the_dates_of_the_samples_are_the_instants_they_mean() -> None:
    dates = {path.name[:3]: read(path.read_bytes()).date for path in SAMPLES}
    assert dates["000"] == datetime(2021, 5, 27, 23, 54, 35, tzinfo=UTC)
    assert dates["002"] == datetime(2021, 8, 3, 7, 0, tzinfo=UTC)  # 15:00 in Beijing, labelled GMT


# Reading


def test_a_file_is_read_field_by_field() -> None:
    assert read(a_file()) == Post(
        title="数字人民币试点扩大",
        categories=("金融", "新浪财经", "新浪财经－国內"),
        headimg="https://n.sinaimg.cn/a.png",
        author="新浪财经",
        date_text="Thu, 27 May 2021 23:54:35 GMT",
        thumbnail="https://n.sinaimg.cn/a.png",
        body="<p>正文{一}</p>\n",
        date=None,  # not compared
    )
    assert read(a_file()).date == datetime(2021, 5, 27, 23, 54, 35, tzinfo=UTC)
    assert is_sample_form(a_file())


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("'东港股份 拟10派4元'", "东港股份 拟10派4元"),
        ('"It\'s 数字人民币"', "It's 数字人民币"),
        ("Driving Growth 'Practical'_ Japan", "Driving Growth 'Practical'_ Japan"),
        ("@数字人民币", "@数字人民币"),
        ("''Kidults' 推动消费'", "'Kidults' 推动消费"),
        ("'他说\"可以\"就可以'", '他说"可以"就可以'),
        ("'a: b # c'", "a: b # c"),
        ("'&#123;0&#125;'", "{0}"),
        ("'", "'"),
    ],
)
def test_titles_are_read_bare_and_in_quotes_of_every_kind(written: str, title: str) -> None:
    assert read(a_file(title=f"title: {written}")).title == title


@pytest.mark.parametrize(
    ("variant", "categories"),
    [
        ("categories: \n    - 金融\n    - 中证网\n    - 资讯\n", ("金融", "中证网", "资讯")),
        ("categories: \n    - 金融\n    - 世界经济论坛 - 报告", ("金融", "世界经济论坛 - 报告")),
        ("categories: \n - 金融\n - 中证网\n — 资讯", ("金融", "中证网", "资讯")),
        ("categories: \n - 金融\n - 中证网\n - — 资讯", ("金融", "中证网", "— 资讯")),
        ("tags:\n - 别的\ncategories: \n- 金融\n- 中证网\n- 资讯", ("金融", "中证网", "资讯")),
    ],
)
def test_categories_are_read_with_any_indent_and_dash(variant: str, categories: tuple[str, ...]) -> None:
    data = a_file(categories=variant)
    assert read(data).categories == categories


@pytest.mark.parametrize(
    ("variant", "instant"),
    [
        ("Thu, 27 May 2021 23:54:35 GMT", datetime(2021, 5, 27, 23, 54, 35, tzinfo=UTC)),
        ("2021-03-19 12:34:56", datetime(2021, 3, 19, 4, 34, 56, tzinfo=UTC)),
        ("Invalid Date", None),
    ],
)
def test_every_form_of_date_is_read_and_its_text_kept(variant: str, instant: datetime | None) -> None:
    post = read(a_file(date=f"date: {variant}"))
    assert (post.date, post.date_text) == (instant, variant)


@pytest.mark.parametrize("site", sorted(BEIJING_LABELLED_GMT))
def test_sites_that_label_beijing_time_as_gmt_are_seen_through(site: str) -> None:
    data = a_file(
        categories=f"categories: \n - 金融\n - {site}\n - 资讯",
        author=f"author: {site}",
        date="date: Tue, 03 Aug 2021 15:00:00 GMT",
    )
    assert read(data).date == datetime(2021, 8, 3, 7, 0, tzinfo=UTC)
    assert write(read(data)) == data


@pytest.mark.parametrize(
    "parts",
    [
        {"headimg": ""},
        {
            "headimg": "",
            "author": "\nauthor: 新浪财经",
            "categories": "categories: \n    - 金融\n    - 新浪财经",
        },
        {"thumbnail": "thumbnail: ''"},
        {"thumbnail": "thumbnail: "},
        {"date": "date: 2021-03-19 12:34:56"},
        {"date": "date: Invalid Date"},
        {"date": "date: Mon, 27 May 2021 23:54:35 GMT"},  # it was a Thursday
        {"title": "title: 没有引号"},
        {"title": 'title: "没有撇号"'},
        {"categories": "categories: \n    - 金融\n    - 新浪财经\n    - 新浪财经－国內"},
        {"comments": "comments: true"},
        {"headimg": "headimg: 'https://elsewhere.example/b.png'"},
        {"body": " <p>前有空白</p>"},
    ],
    ids=str,
)
def test_an_older_variant_is_read_but_is_not_the_sample_form(parts: dict[str, str]) -> None:
    data = a_file(**parts)
    assert read(data).author == "新浪财经"
    assert not is_sample_form(data)


@pytest.mark.parametrize("body", ["", "没有标签的正文", "<p>一</p>  ", "<!-- {x} -->", "a\n---\nb", "x  \n</div>\n"])
def test_the_body_is_kept_whole(body: str) -> None:
    data = a_file(body=body.replace("{", "&#123;").replace("}", "&#125;"))
    assert read(data).body == body
    assert write(read(data)) == data


def test_windows_line_ends_and_a_byte_order_mark_are_tolerated() -> None:
    data = b"\xef\xbb\xbf" + a_file().replace(b"\n", b"\r\n")
    assert read(data) == read(a_file())
    assert not is_sample_form(data)


def test_a_file_cut_short_behind_its_body_is_still_read() -> None:
    assert read(a_file().rstrip()) == read(a_file())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no front matter"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n", "not UTF-8"),
        (b"\n---\ntitle: a\0\n---\n", "NUL"),
        (b"<html></html>", "no front matter"),
        (b"# Notes\n\n---\nmore\n---\n", "no front matter"),
        (b"---\ntitle: 'a'\n", "no end"),
        (a_file(title=""), "no title"),
        (a_file(title="title: ''"), "no title"),
        (a_file(title="title: ' '"), "no title"),
        (a_file(author=""), "no author"),
        (a_file(date=""), "no date"),
        (a_file(date="date: yesterday"), "not a date"),
        (a_file(date="date: Thu, 31 Feb 2021 23:54:35 GMT"), "not a date"),
        (a_file(date="date: Thu, 31 Foo 2021 23:54:35 GMT"), "not a date"),
        (a_file(date="date: Mon, 01 Jan 0001 00:00:00 GMT", author="author: 中证网"), "not a date"),
        (a_file(categories=""), "no categories"),
        (a_file(categories="categories: [金融, 新浪财经]"), "no categories"),
        (a_file(comments="title: 'b'"), "title' twice"),
        (a_file(comments="just words"), "neither a field nor a category"),
        (a_file().replace(b"<div>", b""), "does not begin with <div>"),
        (a_file().replace(b"</div>", b""), "does not end with </div>"),
    ],
)
def test_what_is_no_such_file_is_refused_in_one_line(data: bytes, reason: str) -> None:
    with pytest.raises(SampleError, match=reason) as caught:
        read(data)
    assert "\n" not in str(caught.value)
    assert not is_sample_form(data)


@settings(database=None, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 40))
def test_bytes_of_any_kind_are_read_or_refused_and_never_anything_else(junk: bytes, at: int, cut: int) -> None:
    usual = a_file()
    for data in (junk, usual[:at] + junk + usual[at + cut :]):
        try:
            assert read(data).title
        except SampleError as error:
            assert "\n" not in str(error)  # noqa: PT017


# Writing


def test_a_crawled_article_is_written_in_the_sample_form() -> None:
    crawled = article(
        content=Content("北京：数字经济[试点]", ("正文",)),
        body="\n\t\t<style>p{color:red}</style><p>正文</p>\n",
    )
    assert write(post_of(crawled)).decode() == (
        "\n---\n"
        "title: '北京：数字经济_试点_'\n"
        "categories: \n"
        " - 金融\n"
        " - 新浪财经\n"
        " - 新浪财经－国內\n"
        "headimg: 'https://n.sinaimg.cn/finance/a.png'\n"
        "author: 新浪财经\n"
        "comments: false\n"
        "date: Fri, 20 Nov 2026 08:30:00 GMT\n"
        "thumbnail: 'https://n.sinaimg.cn/finance/a.png'\n"
        "---\n"
        "\n"
        "<div>   \n"
        "<style>p&#123;color:red&#125;</style><p>正文</p>\n"
        "  \n"
        "</div>\n"
        "            "
    )


def test_only_the_white_space_of_html_is_cut_before_the_body() -> None:
    assert post_of(article(body="\n\t \f　　正文")).body == "　　正文"


def test_an_article_without_a_picture_gets_the_same_random_one_every_time() -> None:
    without = article(image=None)
    images = {post_of(replace(without, key=f"key{number}")).headimg for number in range(300)}
    numbers = [int(image.removeprefix("https://picsum.photos/400/300?random=")) for image in images]
    assert post_of(without).headimg == "https://picsum.photos/400/300?random=2234"
    assert post_of(replace(without, portal="cs")).headimg != post_of(without).headimg
    assert len(images) > 250
    assert all(0 <= number <= 10000 for number in numbers)


def test_a_picture_whose_address_has_quotes_or_line_breaks_does_not_break_its_line() -> None:
    post = post_of(article(image="https://a.example/it's\n'.png"))
    assert post.headimg == "https://a.example/it%27s%0A%27.png"
    assert read(write(post)) == post


def test_what_we_crawl_is_written_in_true_gmt_for_the_mislabelled_sites_too() -> None:
    filed = Categories("金融", "中证网", "资讯")
    crawled = article(portal="cs", categories=filed, published_at=datetime(2021, 8, 3, 7, 0, tzinfo=UTC))
    assert b"date: Tue, 03 Aug 2021 07:00:00 GMT\n" in write(post_of(crawled))


def test_times_of_any_zone_and_fraction_are_written_as_whole_seconds_of_gmt() -> None:
    beijing = datetime.fromisoformat("2021-05-28T07:54:35.900000+08:00")
    post = post_of(article(published_at=beijing))
    assert post.date_text == "Thu, 27 May 2021 23:54:35 GMT"
    assert read(write(post)).date == post.date == datetime(2021, 5, 27, 23, 54, 35, tzinfo=UTC)


def test_dates_are_english_whatever_the_locale() -> None:
    before = locale.setlocale(locale.LC_TIME)
    names = [name for name in ("zh_CN.UTF-8", "de_DE.UTF-8", "C.UTF-8") if _speaks(name)]
    try:
        assert {post_of(article()).date_text for name in names if locale.setlocale(locale.LC_TIME, name)} == {
            "Fri, 20 Nov 2026 08:30:00 GMT"
        }
    finally:
        locale.setlocale(locale.LC_TIME, before)


def _speaks(name: str) -> bool:
    before = locale.setlocale(locale.LC_TIME)
    try:
        return bool(locale.setlocale(locale.LC_TIME, name))
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_TIME, before)


@pytest.mark.parametrize(
    ("title", "line"),
    [
        (r"a:b/c\d?e*f“g”h<i>j|k[l]", "'a_b_c_d_e_f_g_h_i_j_k_l_'"),
        ("北京：50%！#1 v2.0 🚀", "'北京：50%！#1 v2.0 🚀'"),
        ('他说"可以"', "'他说\"可以\"'"),
        ("It's here", '"It\'s here"'),
        ('It\'s "here"', '"It\'s _here_"'),
        ("{0}", "'&#123;0&#125;'"),
        ("---", "'---'"),
        ("'quoted'", "\"'quoted'\""),
    ],
)
def test_titles_are_written_safe_and_in_the_fitting_quotes(title: str, line: str) -> None:
    data = write(post_of(article(content=Content(title, ()))))
    assert f"\ntitle: {line}\n" in data.decode()
    assert read(data).title == safe_title(title)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"title": "a\nauthor: somebody"}, "title: a control"),
        ({"title": "a\x1b[31m"}, "title: a control"),
        ({"title": "a\u2028b"}, "title: a control"),
        ({"title": ""}, "no title"),
        ({"title": "a &#123; b"}, "title: would not"),
        ({"title": "\ud800"}, "surrogate"),
        ({"body": "&#125;"}, "body: would not"),
        ({"body": "a\rb"}, "body: would not"),
        ({"body": "a\0b"}, "NUL"),
        ({"body": " a"}, "body: would not"),
        ({"body": "\udfff"}, "surrogate"),
        ({"date": None, "date_text": "Invalid Date"}, "date: an article without a time"),
        ({"date_text": "2021-05-27 23:54:35"}, "date"),
        ({"date_text": "Thu, 27 May 2021 23:54:36 GMT"}, "date"),
        ({"date_text": "Wed, 27 May 2021 23:54:35 GMT"}, "date"),
        ({"date_text": "Thu, 27 May 2021 23:54:35 GMT\n---"}, "date: a control"),
        ({"author": "别的网"}, "categories"),
        ({"categories": ("金融", "新浪财经")}, "categories"),
        ({"categories": ("金\n---\n融", "新浪财经", "国内")}, "category: a control"),
        ({"categories": ("", "新浪财经", "国内")}, "categor"),
        ({"categories": (" 金融", "新浪财经", "国内")}, "categories: would not"),
        ({"headimg": ""}, "image"),
        ({"thumbnail": "https://elsewhere.example/"}, "image"),
        ({"headimg": "it's", "thumbnail": "it's"}, "image"),
        ({"headimg": "a\tb", "thumbnail": "a\tb"}, "image: a control"),
    ],
)
def test_what_would_not_come_back_is_refused(broken: dict[str, object], reason: str) -> None:
    assert reason in refusal(replace(read(a_file()), **broken))


def test_an_article_without_a_time_is_refused() -> None:
    assert "without a time" in refusal(post_of(article(published_at=None)))


def test_an_import_of_a_mislabelled_site_is_labelled_again_as_the_collection_does() -> None:
    filed = Categories("金融", "中证网", "资讯")
    imported = article(categories=filed, published_at=datetime(2021, 8, 3, 7, 0, tzinfo=UTC))
    data = write(post_of(imported, as_collected=True))
    assert b"date: Tue, 03 Aug 2021 15:00:00 GMT\n" in data
    assert read(data).date == imported.published_at
    assert post_of(article(), as_collected=True) == post_of(article())


# Anything at all goes out and comes back, or is refused


def lines() -> st.SearchStrategy[str]:
    tricky = st.sampled_from(
        [
            "'",
            '"',
            "{",
            "}",
            "&#123;",
            "---",
            "\n",
            ":",
            "- ",
            "# ",
            "“",
            "🚀",
            "　",
            "\u200d",
            "'\"'",
            "\x85",
        ]
    )
    pieces = st.one_of(tricky, st.text(max_size=5), st.sampled_from(["北京", "数字人民币", " ", "%", "."]))
    return st.lists(pieces, max_size=6).map("".join)


def bodies() -> st.SearchStrategy[str]:
    pieces = st.sampled_from(["<p>", "</div>", "  \n</div>\n", "<div>   \n", "---\n", "\n---\n", TAIL, "{}", "\r"])
    return st.lists(st.one_of(pieces, lines()), max_size=6).map("".join)


def articles() -> Iterator[st.SearchStrategy[object]]:
    filed = st.builds(Categories, lines(), lines(), lines())
    yield st.one_of(st.just(SINA), st.just(Categories("金融", "中证网", "资讯")), filed)
    yield st.builds(Content, lines(), st.just(()))
    yield st.datetimes(timezones=st.just(UTC))
    yield bodies()
    yield st.one_of(st.none(), lines())


@settings(database=None, deadline=None, max_examples=400)
@given(*articles())
def test_every_article_comes_back_the_same_or_is_refused(
    filed: Categories, content: Content, published_at: datetime, body: str, image: str | None
) -> None:
    post = post_of(article(categories=filed, content=content, published_at=published_at, body=body, image=image))
    try:
        data = write(post)
    except SampleError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    back = read(data)
    assert back == replace(post, title=safe_title(post.title))
    assert filed.site in BEIJING_LABELLED_GMT or back.date == post.date
    assert data.count(b"\n---\n", 0, data.index(b"<div>   \n")) == 2
    assert write(back) == data
    assert is_sample_form(data)


@settings(database=None, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1), st.text())
def test_no_ordinary_title_or_body_is_ever_refused(title: str, body: str) -> None:
    body = body.replace("\r", "").replace("\0", "")
    title = title.strip()
    if title and "&#12" not in title + body:
        post = post_of(article(content=Content(title, ()), body=body))
        assert read(write(post)).body == post.body


@settings(database=None, deadline=None)
@given(st.text())
def test_a_safe_title_is_safe_already(title: str) -> None:
    safe = safe_title(title)
    assert safe_title(safe) == safe
    assert len(safe) == len(title)
    assert not set(safe) & set(r":/\?*“”<>|[]")

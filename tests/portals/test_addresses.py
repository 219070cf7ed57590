"""Which addresses are articles of a portal, under which key, and where its lists go on."""

from __future__ import annotations

import pytest
from portal_fixtures import NOW, NoMemory

from crawler.page import LayoutChanged, Page
from crawler.spiders.cs import Cs
from crawler.spiders.sina import Sina

OLD = "https://www.cs.com.cn/xwzx/hg/202111/t20211120_6116434"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://finance.sina.com.cn/roll/2018-12-28/doc-ihqfskcn2160999.shtml", "hqfskcn2160999"),
        ("http://news.sina.com.cn/c/2019-11-25/doc-iihnzahi3275702.shtml?cre=tianyi#top", "ihnzahi3275702"),
        ("https://stock.finance.sina.com.cn/stock/7x24-a/2026-11-20/doc-inxyz1.shtml", "nxyz1"),
        ("https://finance.sina.com.cn/2026-11-20/doc-abc1.shtml", "abc1"),
        (
            "https://finance.sina.cn/usstock/mggd/2019-09-09/detail-iicezzrq4681677.d.html?vt=4",
            "icezzrq4681677",
        ),
        ("https://finance.sina.cn/2019-09-09/detail-iicezzrq4681677.d.html?vt=4&cid=76729", "icezzrq4681677"),
        ("https://slide.finance.sina.com.cn/slide_9_1.html", None),
        ("https://finance.sina.com.cn/china/", None),
        ("https://finance.sina.com.cn.example.cn/2026-11-20/doc-inxyz1.shtml", None),
        ("https://example.cn/?u=https://finance.sina.com.cn/2026-11-20/doc-inxyz1.shtml", None),
        ("javascript:;", None),
        ("", None),
    ],
)
def test_a_sina_article_has_one_key_under_all_its_addresses(url: str, key: str | None) -> None:
    assert Sina.key_of(url) == key


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (f"{OLD}.html", "6116434"),
        (f"{OLD}_2.html", "6116434"),
        ("http://www.cs.com.cn/sylm/jsbd/202012/t20201201_6116434.html?from=timeline", "6116434"),
        ("https://www.cs.com.cn/ssgs/01/2026/06/30/detail_2026063010021451.html", "2026063010021451"),
        ("https://www.cs.com.cn/jijin.html", None),
        ("https://epaper.cs.com.cn/2026/06/30/detail_2026063010021451.html", None),
    ],
)
def test_a_cs_article_has_one_key_under_all_its_addresses(url: str, key: str | None) -> None:
    assert Cs.key_of(url) == key


def test_every_list_has_pages_of_its_own_address() -> None:
    for portal in (Sina(memory=NoMemory(), at=NOW), Cs(memory=NoMemory(), at=NOW)):
        addresses = [
            portal.list_address(list_, number)
            for list_ in (*portal.lists, *portal.former_lists)
            for number in (1, 2, 3)
        ]
        assert len(set(addresses)) == len(addresses)
        assert not [address for address in addresses if set("{} ") & set(address)]


def test_a_column_goes_on_with_numbers_from_one() -> None:
    column = "https://www.cs.com.cn/xwzx/hg/"
    portal = Cs(memory=NoMemory(), at=NOW)
    assert column in portal.former_lists
    assert [portal.list_address(column, number) for number in (1, 2, 3)] == [
        column,
        f"{column}index_1.html",
        f"{column}index_2.html",
    ]


@pytest.mark.parametrize(("count", "pages"), [(0, 0), (1, 0), (2, 1), (12, 11)])
def test_an_article_in_several_parts_names_the_later_ones(count: int, pages: int) -> None:
    page = Page(f"{OLD}.html", f"<div class=page><script>var countPage = {count}//共多少页</script></div>")
    found = Cs(memory=NoMemory(), at=NOW).more_pages(page)
    assert found == tuple(f"{OLD}_{number}.html" for number in range(1, pages + 1))


def test_a_number_of_parts_that_nobody_writes_is_refused() -> None:
    page = Page(f"{OLD}.html", "<script>var countPage = 999999999</script>")
    with pytest.raises(LayoutChanged, match="999999999 pages"):
        Cs(memory=NoMemory(), at=NOW).more_pages(page)

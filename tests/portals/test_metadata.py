"""What a page says of itself to machines, however broken that is."""

from __future__ import annotations

import pytest

from portals.generic.metadata import Metadata
from portals.page import Page


def metadata(html: str) -> Metadata:
    return Metadata(Page("https://x.cn", "").fragment(html))


def test_metas_are_found_under_every_kind_of_name() -> None:
    found = metadata(
        '<meta name="og:time " content=" 1 "><meta property="OG:Time" content="2"><meta itemprop="a" content="3">'
        '<meta name="a" content=""><title> 标题 </title>'
    )
    assert found.metas("a", "og:time") == ("3", "1", "2")
    assert (found.metas("none"), found.titles) == ((), ["标题"])


@pytest.mark.parametrize(
    "script",
    [
        '{"author": {"name": "张三"}}',
        '[{"author": "张三"}]',
        '{"@graph": [{"author": [{"name": "张三"}, null, 7]}]}',
        '{"author": "张三", "text": "一\n二"}',
    ],
)
def test_linked_data_names_people_in_many_forms(script: str) -> None:
    assert metadata(f'<script type="application/ld+json">{script}</script>').linked_data("author") == ("张三",)


@pytest.mark.parametrize("script", ["", "{", "null", "7", "[" * 5000, '{"author": 7}'])
def test_broken_linked_data_says_nothing(script: str) -> None:
    assert metadata(f'<script type="application/ld+json">{script}</script>').linked_data("author") == ()

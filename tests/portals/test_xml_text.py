"""Elements of XML that strangers wrote: mended where it is often broken, never with entities of its own."""

from __future__ import annotations

import pytest

from portals.feeds.xml_text import elements, local_name, root_name

ROOTS = ("rss",)


def texts(text: str, *names: str) -> list[str]:
    return [
        "".join(str(piece) for piece in element.itertext()) for element in elements(text, ROOTS, names or ("item",))
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<rss>", "rss"),
        ("<RSS version='2.0'>", "rss"),
        ("<?xml version='1.0'?><!-- <html> --><a:rss>", "rss"),
        ("Warning: line 1 <b>x</b>\n<?xml version='1.0'?><rss>", "rss"),
        ("<html><rss>", None),
        ("<!-- <rss>", None),
        ("", None),
    ],
)
def test_the_outermost_element(text: str, name: str | None) -> None:
    assert root_name(text, ROOTS) == name


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("A &amp; B &lt; C", "A & B < C"),
        ("A & B < 5", "A & B < 5"),
        ("&nbsp;&hellip;", "\xa0…"),
        ("&#25968;&#x5b57;&#0;", "数字"),
        ("&unknown;", "&unknown;"),
        ("<![CDATA[<p>&nbsp;</p>]]>", "<p>&nbsp;</p>"),
        ("a\x0bb", "ab"),
    ],
)
def test_references_and_lonely_signs_are_mended(written: str, text: str) -> None:
    assert texts(f"<rss><item>{written}</item></rss>") == [text]


def test_what_is_cut_off_loses_its_last_element_only() -> None:
    assert texts("<rss><item>1</item><item>2</item><item>3") == ["1", "2"]
    assert texts("<rss><item>1</item><item>2</item></rss> <!-- cached -->") == ["1", "2"]


def test_names_are_found_in_every_namespace() -> None:
    (element,) = elements("<a:rss xmlns:a='u'><a:Item>1</a:Item></a:rss>", ROOTS, ("Item",))
    assert local_name(element) == "item"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<html/>", "another XML, or none"),
        ("<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><item>&a;</item></rss>", "declares entities"),
        ("<rss>" + "<a/>" * 700_000 + "</rss>", "more than 600000 tags"),
    ],
)
def test_what_is_not_read(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        texts(text)

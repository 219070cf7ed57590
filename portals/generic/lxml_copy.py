"""A simplified lxml copy of a page, for readability; each element has the number of its original."""

from __future__ import annotations

from lxml import etree
from lxml.html import Element, HtmlElement

from portals.generic.nodes import NO_ELEMENTS, TEXT, Nodes
from tracking.text import for_xml

#: The attribute with the number of the node in `Nodes`.
NUMBER = "data-number"
# Elements that are copied with their tag; others become div.
_TAGS = frozenset(
    (
        *("a", "abbr", "address", "article", "aside", "b", "big", "blockquote", "body", "br", "caption", "center"),
        *("cite", "code", "dd", "del", "details", "div", "dl", "dt", "em", "fieldset", "figure", "font", "footer"),
        *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "label", "legend"),
        *("li", "main", "mark", "nav", "ol", "p", "pre", "q", "s", "samp", "section", "small", "span", "strike"),
        *("strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt"),
        *("u", "ul", "var"),
    )
)
# readability counts commas and full stops of western languages.
_WESTERN = str.maketrans("，、；：。！？", ",,,,...")
# Characters of a class or an id that are copied.
_LONGEST_NAME = 200


def lxml_copy(nodes: Nodes) -> HtmlElement:
    """A document with the visible nodes of a page; elements have their number, class, id and itemprop only."""
    document = Element("html")
    made: dict[int, etree._Element] = {-1: document}
    # By number: the last child of each element. lxml counts all children to return the last one.
    last: dict[int, etree._Element] = {}
    for number, (tag, parent) in enumerate(zip(nodes.tags, nodes.parents, strict=True)):
        if nodes.hidden[number] or tag in NO_ELEMENTS:
            continue
        if tag == TEXT:
            _append_text(made[parent], last.get(parent), nodes.texts[number].translate(_WESTERN))
        else:
            attributes = _attributes(number, nodes.nodes[number].attributes)
            made[number] = etree.SubElement(made[parent], tag if tag in _TAGS else "div", attributes)
            last[parent] = made[number]
    return document


def number_of(element: etree._Element) -> int | None:
    """The number of the node that an element is a copy of; None for an element that readability made."""
    number = element.get(NUMBER)
    return None if number is None else int(number)


def _attributes(number: int, attributes: dict[str, str | None]) -> dict[str, str]:
    """The attributes that readability uses, and the number."""
    named = {name: attributes.get(name) for name in ("class", "id", "itemprop")}
    return {NUMBER: str(number), **{name: for_xml(value)[:_LONGEST_NAME] for name, value in named.items() if value}}


def _append_text(element: etree._Element, last: etree._Element | None, text: str) -> None:
    """Append a text to an element, without characters that XML does not allow."""
    try:
        _append(element, last, text)
    except ValueError:
        _append(element, last, for_xml(text))


def _append(element: etree._Element, last: etree._Element | None, text: str) -> None:
    if last is None:
        element.text = (element.text or "") + text
    else:
        last.tail = (last.tail or "") + text

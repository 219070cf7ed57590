"""The nodes of a page as a tree of lxml, for libraries that work on one: bare, and numbered."""

from __future__ import annotations

from lxml import etree
from lxml.html import Element, HtmlElement

from portals.generic.nodes import TEXT, Nodes
from tracking.text import for_xml

NUMBER = "data-number"
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
_NO_ELEMENTS = frozenset(("-comment", "-undef"))
# The libraries count commas, and full stops at the end of a sentence, in western ones.
_WESTERN = str.maketrans("，、；：。！？", ",,,,...")
# Characters of a class or an id that are copied.
_LONGEST_NAME = 200


def lxml_copy(nodes: Nodes) -> HtmlElement:
    """A document with the visible nodes of a page; each element has its number, class and id only."""
    document = Element("html")
    made: dict[int, etree._Element] = {-1: document}
    # lxml counts an element's children each time that it is asked for the last of them.
    last: dict[int, etree._Element] = {}
    for number, (tag, parent) in enumerate(zip(nodes.tags, nodes.parents, strict=True)):
        if nodes.hidden[number] or tag in _NO_ELEMENTS:
            continue
        if tag == TEXT:
            _append_text(made[parent], last.get(parent), nodes.texts[number].translate(_WESTERN))
        else:
            attributes = _attributes(number, nodes.nodes[number].attributes)
            made[number] = etree.SubElement(made[parent], tag if tag in _TAGS else "div", attributes)
            last[parent] = made[number]
    return document


def number_of(element: etree._Element) -> int | None:
    """The number of the node that an element stands for; None for one that a library made."""
    number = element.get(NUMBER)
    return None if number is None else int(number)


def _attributes(number: int, attributes: dict[str, str | None]) -> dict[str, str]:
    """What the libraries look at of an element's attributes, and its number."""
    named = {name: attributes.get(name) for name in ("class", "id", "itemprop")}
    return {NUMBER: str(number), **{name: for_xml(value)[:_LONGEST_NAME] for name, value in named.items() if value}}


def _append_text(element: etree._Element, last: etree._Element | None, text: str) -> None:
    """Append a text to an element, without what XML cannot hold."""
    try:
        _append(element, last, text)
    except ValueError:
        _append(element, last, for_xml(text))


def _append(element: etree._Element, last: etree._Element | None, text: str) -> None:
    if last is None:
        element.text = (element.text or "") + text
    else:
        last.tail = (last.tail or "") + text

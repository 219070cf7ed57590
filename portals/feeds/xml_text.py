"""XML from anywhere, an element at a time: mended where feeds and sitemaps often break it, never with a DTD."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html import unescape
from html.entities import html5
from io import BytesIO
from xml.sax.saxutils import escape

from lxml import etree

from tracking.text import for_xml

_TAG = re.compile(r"<(?:[\w.-]+:)?(?P<name>[\w.-]+)")
_WHOLE_NAME = re.compile(r"[\w.:-]+")
_LOOSE = re.compile(r"<(?![A-Za-z_/!?])|&(?:(?P<name>#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?")
_OF_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))
# Tags: a sitemap may have 50,000 addresses with five elements each; what has more is meant to fill the memory.
_MOST_TAGS = 600_000
_END = "policywatch-end"


def root_name(text: str, roots: Collection[str]) -> str | None:
    """The name, in lower case, of the XML's outermost element when it is one of `roots`; None otherwise."""
    begin = _root(text, roots)
    match = None if begin is None else _TAG.match(text, begin)
    return match["name"].lower() if match else None


def elements(text: str, roots: Collection[str], names: Collection[str]) -> Iterator[etree._Element]:
    """The elements of these names; each is emptied when the iteration goes on. ValueError for another XML, or none.

    What stands before the outermost element is left out, and with it every declaration of an entity; the last
    element as well where the text is cut off, for it may be in it.
    """
    begin = _root(text, roots)
    if begin is None:
        raise ValueError("another XML, or none")
    if "<!ENTITY" in text[:begin].upper():
        raise ValueError("declares entities of its own")
    if text.count("<") > _MOST_TAGS:
        raise ValueError(f"more than {_MOST_TAGS} tags")
    last = None
    try:
        for element in _read(_with_end(_mended(text[begin:])), names):
            if last is not None:
                yield last
                last.clear()
            last = element
    except etree.LxmlError as error:
        raise ValueError(f"not XML: {error}") from error


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace or prefix, in lower case."""
    return re.split("[}:]", str(element.tag))[-1].lower()


def _read(text: str, names: Collection[str]) -> Iterator[etree._Element]:
    """The elements of these names, as lxml makes them while it reads."""
    found = etree.iterparse(
        BytesIO(text.encode()),
        tag=[f"{{*}}{name}" for name in (*names, _END)],
        # What the declaration says does not matter any more: the text was decoded already.
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    yield from (element for _, element in found)


def _with_end(text: str) -> str:
    """The text with an empty element before its last tag: at that element all the others are known to be whole."""
    # Caches and counters write behind that tag.
    begins = _WHOLE_NAME.match(text, 1)
    ends = (text.rfind(f"</{name}") for name in (begins.group() if begins else "", "channel"))
    end = next((end for end in ends if end > 0), None)
    return text if end is None else f"{text[:end]}<{_END}/>{text[end:]}"


def _root(text: str, roots: Collection[str]) -> int | None:
    """Where the outermost element begins. Programs that fail write their warnings before the XML."""
    for start in dict.fromkeys((0, max(0, text.find("<?xml")))):
        begin = _first_tag(text, start)
        match = None if begin is None else _TAG.match(text, begin)
        if match and match["name"].lower() in roots:
            return match.start()
    return None


def _first_tag(text: str, at: int) -> int | None:
    """Where the first tag from a place on begins that is no comment or declaration; None for none."""
    while (at := text.find("<", at)) >= 0:
        if text.startswith("<!--", at):
            at = text.find("-->", at)
            if at < 0:
                return None
        elif _TAG.match(text, at):
            return at
        else:
            at += 1
    return None


def _mended(text: str) -> str:
    """The text as XML that a parser takes: HTML's references and lonely < and & are read, outside CDATA."""
    text, pieces, at = for_xml(text), list[str](), 0
    while (begin := text.find("<![CDATA[", at)) >= 0:
        end = text.find("]]>", begin)
        end = len(text) if end < 0 else end
        pieces += (_LOOSE.sub(_written_out, text[at:begin]), text[begin:end])
        at = end
    return "".join((*pieces, _LOOSE.sub(_written_out, text[at:])))


def _written_out(match: re.Match[str]) -> str:
    """A reference or a lonely sign as XML writes it."""
    found, name = match.group(), match["name"]
    if name is None:
        return escape(found)
    if name in _OF_XML:
        return found
    if name.startswith("#"):
        return escape(for_xml(unescape(found)).replace("\ufffd", ""))
    return escape(html5.get(f"{name};", found))

"""Reads XML of feeds and sitemaps element by element: repairs common errors, and never uses a DTD."""

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
# Tags of a document: a sitemap may have 50,000 addresses with five elements each; more would only fill the memory.
_MOST_TAGS = 600_000
# The name of the element that `_with_end` adds.
_END = "policywatch-end"


def root_name(text: str, roots: Collection[str]) -> str | None:
    """The name, in lower case, of the root element when it is one of `roots`; None otherwise."""
    begin = _root(text, roots)
    match = None if begin is None else _TAG.match(text, begin)
    return match["name"].lower() if match else None


def elements(text: str, roots: Collection[str], names: Collection[str]) -> Iterator[etree._Element]:
    """The elements of these names; each is cleared when the next one is requested. ValueError for other texts.

    Everything before the root element is ignored. In a text that is cut off, so is the last element, since its end may
    be missing.
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
        for element in _read(_with_end(_repaired(text[begin:])), names):
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
    """The elements of these names, and the added last one, while lxml reads the text."""
    events = etree.iterparse(
        BytesIO(text.encode()),
        tag=[f"{{*}}{name}" for name in (*names, _END)],
        # Overrides the XML declaration, which may name the charset before decoding.
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    yield from (element for _, element in events)


def _with_end(text: str) -> str:
    """The text with an element added before its end tag; once the parser reaches it, all others are complete."""
    # Caches and counters write text after the end tag.
    root = _WHOLE_NAME.match(text, 1)
    ends = (text.rfind(f"</{name}") for name in (root.group() if root else "", "channel"))
    end = next((end for end in ends if end > 0), None)
    return text if end is None else f"{text[:end]}<{_END}/>{text[end:]}"


def _root(text: str, roots: Collection[str]) -> int | None:
    """The offset of the root element; None when none of `roots` is. Programs may write warnings before the XML."""
    for start in dict.fromkeys((0, max(0, text.find("<?xml")))):
        begin = _first_tag(text, start)
        match = None if begin is None else _TAG.match(text, begin)
        if match and match["name"].lower() in roots:
            return match.start()
    return None


def _first_tag(text: str, at: int) -> int | None:
    """The offset of the first start tag at or after `at`, comments and declarations skipped; None without one."""
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


def _repaired(text: str) -> str:
    """The text as valid XML: outside CDATA, references of HTML and single < and & are escaped."""
    text, pieces, at = for_xml(text), list[str](), 0
    while (begin := text.find("<![CDATA[", at)) >= 0:
        end = text.find("]]>", begin)
        end = len(text) if end < 0 else end
        pieces += (_LOOSE.sub(_escaped, text[at:begin]), text[begin:end])
        at = end
    return "".join((*pieces, _LOOSE.sub(_escaped, text[at:])))


def _escaped(match: re.Match[str]) -> str:
    """A reference, or a single < or &, as XML writes it."""
    text, name = match.group(), match["name"]
    if name is None:
        return escape(text)
    if name in _OF_XML:
        return text
    if name.startswith("#"):
        return escape(for_xml(unescape(text)).replace("\ufffd", ""))
    return escape(html5.get(f"{name};", text))

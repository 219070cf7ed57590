"""The watched feeds as OPML 2.0, for other feed readers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree

from outputs.plain import safe
from tracking.text import for_xml


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed in the file."""

    #: The name for people.
    title: str
    #: The address of the feed.
    feed: str


def render(outlines: Iterable[Outline], title: str, created_at: datetime) -> bytes:
    """The OPML file with these feeds, in this order; `title` is that of the file."""
    root = etree.Element("opml", {"version": "2.0"})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _xml_line(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(created_at.astimezone(UTC), usegmt=True)
    body = etree.SubElement(root, "body")
    for outline in outlines:
        name = _xml_line(outline.title)
        attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": _xml_line(outline.feed)}
        etree.SubElement(body, "outline", attributes)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _xml_line(text: str) -> str:
    """The text on one line, without characters that XML does not allow."""
    return for_xml(safe(text, len(text)))

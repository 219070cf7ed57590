"""OPML 2.0 of the feeds that are watched, for other feed readers."""

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
    """One feed."""

    #: How it is called for people.
    title: str
    #: Its address.
    feed: str


def render(outlines: Iterable[Outline], title: str, created_at: datetime) -> bytes:
    """The feeds in their order."""
    root = etree.Element("opml", {"version": "2.0"})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _shown(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(created_at.astimezone(UTC), usegmt=True)
    body = etree.SubElement(root, "body")
    for outline in outlines:
        shown = _shown(outline.title)
        said = {"type": "rss", "text": shown, "title": shown, "xmlUrl": _shown(outline.feed)}
        etree.SubElement(body, "outline", said)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _shown(text: str) -> str:
    """A text that XML can hold, on one line."""
    return for_xml(safe(text, len(text)))

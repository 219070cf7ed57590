"""Articles as an RSS 2.0 feed."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree

from outputs.markup import safe_body
from outputs.plain import safe
from tracking.article import StoredArticle
from tracking.changes import WITHDRAWN
from tracking.text import for_xml

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_NAMESPACES = {"atom": _ATOM, "dc": _DC, "content": _CONTENT}
# Characters of the text in the description of an item.
_SUMMARY_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Channel:
    """The title, addresses and description of a feed."""

    #: The name for people.
    title: str
    #: The address of the web page that the feed belongs to.
    link: str
    #: One sentence about the feed.
    description: str
    #: Where the feed itself can be fetched; None when it cannot be.
    self_url: str | None = None


def render(articles: Iterable[StoredArticle], channel: Channel, built_at: datetime) -> bytes:
    """The feed, latest change first, made at `built_at` (aware); an edited article stays one item, by its guid."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap=_NAMESPACES)
    head = etree.SubElement(root, "channel")
    _describe(head, channel, built_at)
    for stored in _latest(articles):
        _item(etree.SubElement(head, "item"), stored)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def guid(stored: StoredArticle) -> str:
    """An identifier that is the same for all versions of an article."""
    return f"policywatch:{stored.article.portal}:{stored.article.key}"


def _describe(head: etree._Element, channel: Channel, built_at: datetime) -> None:
    """Add the elements that describe the feed."""
    _add(head, "title", channel.title)
    _add(head, "link", channel.link)
    _add(head, "description", html.escape(channel.description, quote=False))
    _add(head, "language", "zh-cn")
    _add(head, "generator", "policywatch")
    _add(head, "lastBuildDate", _rfc822(built_at))
    if channel.self_url is not None:
        address = {"href": for_xml(channel.self_url), "rel": "self", "type": "application/rss+xml"}
        etree.SubElement(head, f"{{{_ATOM}}}link", address)


def _latest(articles: Iterable[StoredArticle]) -> Iterable[StoredArticle]:
    """The articles, latest change first, each once."""
    latest: dict[str, StoredArticle] = {}
    for stored in sorted(articles, key=lambda stored: (stored.changed_at, stored.id), reverse=True):
        latest.setdefault(guid(stored), stored)
    return latest.values()


def _item(item: etree._Element, stored: StoredArticle) -> None:
    """Add the elements of one article."""
    article = stored.article
    _add(item, "title", _title(article.content.title))
    if article.url is not None and article.url.startswith(("https://", "http://")):
        _add(item, "link", article.url)
    _add(item, "guid", guid(stored), isPermaLink="false")
    if article.published_at is not None:
        _add(item, "pubDate", _rfc822(article.published_at))
    _add(item, f"{{{_ATOM}}}updated", stored.changed_at.astimezone(UTC).isoformat(timespec="seconds"))
    _add(item, f"{{{_DC}}}creator", safe(article.categories.site if article.author is None else article.author))
    for key, name in stored.programmes:
        _add(item, "category", safe(name), domain=for_xml(key))
    _add(item, "description", html.escape(" ".join(_summary(stored)), quote=False))
    _add(item, f"{{{_CONTENT}}}encoded", safe_body(article))


def _title(text: str) -> str:
    """A title without < and >, since feed readers disagree on whether titles are HTML."""
    return safe(text).replace("<", "＜").replace(">", "＞")


def _summary(stored: StoredArticle) -> Iterator[str]:
    """The beginning of the text, and whether the article was taken down."""
    if stored.state == WITHDRAWN:
        yield "[Taken down by the portal; this is what it said.]"
    yield safe(" ".join(stored.article.content.paragraphs), _SUMMARY_LENGTH)


def _add(parent: etree._Element, tag: str, text: str, **attributes: str) -> None:
    """Add an element, leaving out characters of its text that XML does not allow."""
    etree.SubElement(parent, tag, attributes).text = for_xml(text)


def _rfc822(moment: datetime) -> str:
    """A time as RSS writes it, in UTC."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)

"""What a portal published: frozen values, already normalised, where equal means unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b

from tracking.text import squeeze


@dataclass(frozen=True, slots=True)
class Categories:
    """The three categories of the sample format, facts of a portal: 金融 · 新浪财经 · 新浪财经－国內."""

    #: The subject, such as 金融.
    section: str
    #: The site's name as it is shown to readers, such as 新浪财经.
    site: str
    #: The part of the site, such as 新浪财经－国內.
    channel: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One row of a portal's list."""

    #: The name of the portal.
    portal: str
    #: The portal's own id of the article.
    key: str
    #: The address of the article in its canonical form, see `tracking.urls`.
    url: str
    #: The title as the list shows it; it may be shortened.
    title: str
    #: When it was published, aware UTC; None where the list does not say.
    published_at: datetime | None


@dataclass(frozen=True)
class Content:
    """What a reader sees of an article."""

    #: The title on one line, cleaned.
    title: str
    #: The text, paragraph by paragraph, each cleaned and on one line; without captions, editor lines, adverts.
    paragraphs: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """The fingerprint of the content, 32 hex digits; equal digests mean that a reader sees no difference.

        White space and invisible characters do not count.
        """
        visible = squeeze(self.title) + "\n" + squeeze("".join(self.paragraphs))
        return blake2b(visible.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Article:
    """One piece of news on one portal; its identity is (portal, key)."""

    #: The name of the portal.
    portal: str
    #: The portal's own id of the article.
    key: str
    #: The canonical address; None for an imported sample, which states none.
    url: str | None
    #: Where the portal files it.
    categories: Categories
    #: What a reader sees.
    content: Content
    #: Who the portal says wrote it; None where it does not say.
    author: str | None
    #: When it was published, aware UTC; None where the page does not say.
    published_at: datetime | None
    #: The text as HTML in the form of the samples.
    body: str
    #: The absolute address of the picture above or first in the text; None without one.
    image: str | None


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """One version in the history of an article."""

    #: Counted from 1 within its article.
    number: int
    #: When it was read first, aware UTC.
    seen_at: datetime
    #: Whether it comes from our own extraction rules, not from an edit.
    technical: bool


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as it is stored: the newest version and the history."""

    #: The id in the database.
    id: int
    #: The article as its newest version has it.
    article: Article
    #: LIVE, WITHDRAWN or IMPORTED, see `tracking.changes`.
    state: str
    #: The programmes that the newest version mentions, as (key, name).
    programmes: tuple[tuple[str, str], ...]
    #: All versions, oldest first.
    versions: tuple[VersionInfo, ...]
    #: When a reader could last see a change, aware UTC.
    changed_at: datetime
    #: The bytes of an imported file that our own rendering would not give back; None for all others.
    original: bytes | None = None

"""What a portal published: frozen values, already normalised, where equal means unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b

from tracking.text import squeeze


@dataclass(frozen=True, slots=True)
class Categories:
    """The three categories that the sample format files an article under: 金融 · 新浪财经 · 新浪财经－国內."""

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
    #: The title in the list, which may be shorter than the article's own.
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
    #: Section, site and channel in the sample format.
    categories: Categories
    #: Title and text as a reader sees them.
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
    """Number, time and origin of one version of an article."""

    #: The number of the version, counted from 1 within its article.
    number: int
    #: When the version was read for the first time, aware UTC.
    seen_at: datetime
    #: Whether a change of our own extraction rules made the version, not an edit by the portal.
    technical: bool


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article in the database: its newest version, and when each version was read."""

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
    #: When the article last changed as a reader sees it, aware UTC.
    changed_at: datetime
    #: The bytes of an imported file that the export would not write identically; None for all other articles.
    original: bytes | None = None

"""What a portal published: frozen values, already normalised, where equal means unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b

from tracking.text import squeeze


@dataclass(frozen=True, slots=True)
class Categories:
    """The three shelves of the sample format, facts of a portal: 金融 · 新浪财经 · 新浪财经－国內."""

    section: str
    site: str
    channel: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One row of a portal's list; `published_at` is aware UTC, or None where the list shows no time."""

    portal: str
    key: str
    url: str
    title: str
    published_at: datetime | None


@dataclass(frozen=True)
class Content:
    """What a reader sees of an article: its title and its paragraphs, cleaned."""

    title: str
    paragraphs: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """The fingerprint of a version, 32 hex digits; blind to white space, which no reader reads."""
        seen = squeeze(self.title) + "\n" + squeeze("".join(self.paragraphs))
        return blake2b(seen.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Article:
    """One piece of news on one portal; its identity is (portal, key), `url` is None for an imported sample."""

    portal: str
    key: str
    url: str | None
    categories: Categories
    content: Content
    author: str | None
    published_at: datetime | None
    body: str
    image: str | None


@dataclass(frozen=True, slots=True)
class VersionMark:
    """One version in the history of an article; a technical one comes from our own rules, not from an edit."""

    number: int
    seen_at: datetime
    technical: bool


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as it is kept: the newest version, its programmes as (key, name), and its history."""

    id: int
    article: Article
    state: str
    programmes: tuple[tuple[str, str], ...]
    versions: tuple[VersionMark, ...]
    changed_at: datetime
    original: bytes | None = None

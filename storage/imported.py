"""Imported files have no address: an imported article is merged with the crawled one that has the same content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, update

from storage import articles as stored_articles
from storage.batches import Batch
from storage.tables import articles
from tracking.article import Article
from tracking.changes import LIVE, KnownArticle
from tracking.identity import same_article, title_key
from tracking.observation import Seen


@dataclass(slots=True)
class Matched:
    """What was read of a portal, after imported articles were matched with crawled ones."""

    #: The articles that are to be recorded.
    seen: list[Seen]
    #: By key: what is stored of the imported articles that now have the key of a crawled one.
    adopted: dict[str, KnownArticle] = field(default_factory=dict)


def match_imported(connection: Connection, batch: Batch, known: dict[str, KnownArticle]) -> Matched:
    """Match the articles of a batch that are not stored under their key with those that are stored under another.

    A crawled article takes over the imported one that is the same. An imported file never changes a crawled article,
    and is left out: the portal's own page is more reliable.
    """
    new = [seen for key, seen in batch.seen.items() if key not in known]
    candidates = _candidates(connection, batch.portal, new)
    matched = Matched([seen for key, seen in batch.seen.items() if key in known])
    for seen in new:
        same = next((other for other in candidates if _is_same(seen.article, other)), None)
        if same is not None and seen.article.url is not None:
            candidates.remove(same)
            matched.adopted |= _adopt(connection, same, seen.article)
        if same is None or seen.article.url is not None:
            matched.seen.append(seen)
    return matched


def _is_same(article: Article, other: Article) -> bool:
    """Whether one of the two is imported, the other crawled, and they are the same article."""
    return (article.url is None) != (other.url is None) and same_article(article, other)


def _candidates(connection: Connection, portal: str, new: Sequence[Seen]) -> list[Article]:
    """The stored articles that one of the new ones may be the same as."""
    if not new:
        return []
    titles = {title_key(seen.article.content.title) for seen in new}
    times = {seen.article.published_at for seen in new if seen.article.published_at is not None}
    return stored_articles.possibly_same(connection, portal, titles, times)


def _adopt(connection: Connection, imported: Article, crawled: Article) -> dict[str, KnownArticle]:
    """Set the key and address of an imported article to those of the crawled one; what is then known of it, by key."""
    same = (articles.c.portal == imported.portal) & (articles.c.key == imported.key)
    connection.execute(update(articles).where(same).values(key=crawled.key, url=crawled.url, state=LIVE))
    return stored_articles.known(connection, crawled.portal, [crawled.key])

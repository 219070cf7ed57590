"""Where Scrapy hands over observations: the item pipeline, and the exports of `scrapy crawl NAME -O FILE`."""

from __future__ import annotations

from typing import Any

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.extensions.feedexport import FeedExporter

from tracking.observation import Observation, Seen


class SinkPipeline:
    """The item pipeline: every observation that the spider yields goes to the sink of its crawl."""

    def __init__(self, crawler: Crawler) -> None:
        # Its spider is a PortalSpider, whose session begins after the pipelines were made.
        self._crawler: Any = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SinkPipeline:
        return cls(crawler)

    def process_item(self, item: Observation) -> Observation:
        self._crawler.spider.session.put(item)
        return item


class ArticleExporter(FeedExporter):
    """Scrapy's feed exports; only articles that were read become items, not the other observations."""

    def item_scraped(self, item: Observation, spider: Spider) -> None:
        if isinstance(item, Seen):
            super().item_scraped(article_item(item), spider)


def article_item(seen: Seen) -> dict[str, Any]:
    """An article as an item of Scrapy's exports: plain values, `published_at` in ISO 8601 and UTC or None."""
    article = seen.article
    return {
        "portal": article.portal,
        "key": article.key,
        "url": article.url,
        "title": article.content.title,
        "author": article.author,
        "published_at": None if article.published_at is None else article.published_at.isoformat(),
        "section": article.categories.section,
        "site": article.categories.site,
        "channel": article.categories.channel,
        "image": article.image,
        "text": list(article.content.paragraphs),
        "body": article.body,
    }

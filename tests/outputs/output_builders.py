"""Small values for the tests of the outputs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tracking.article import Article, Categories, Content, StoredArticle, VersionInfo
from tracking.events import Entry, MentionNew, Payload, PortalState

MORNING = datetime(2026, 11, 21, 3, 20, tzinfo=UTC)
PUBLISHED = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
ADDRESS = "https://finance.sina.com.cn/china/2026-11-20/doc-ikmxzfmm5064497.shtml"
ECNY = MentionNew("ecny", "数字人民币试点扩大到更多城市。")
SINA = Categories("金融", "新浪财经", "新浪财经－国內")


def article(**values: Any) -> Article:
    given = {
        "portal": "sina",
        "key": "ikmxzfmm5064497",
        "url": ADDRESS,
        "categories": SINA,
        "content": Content("北京加快建设全球数字经济标杆城市", ("到2025年，占比达到50%左右。", "数字人民币试点扩大。")),
        "author": None,
        "published_at": PUBLISHED,
        "body": "<p>到2025年，占比达到50%左右。</p>",
        "image": "https://n.sinaimg.cn/finance/a.png",
    }
    return Article(**(given | values))


def stored(number: int = 17, **values: Any) -> StoredArticle:
    given: dict[str, Any] = {
        "article": article(),
        "state": "live",
        "programmes": (("benchmark", "全球数字经济标杆城市"),),
        "versions": (VersionInfo(1, PUBLISHED, False), VersionInfo(2, MORNING, True)),
        "changed_at": MORNING,
    }
    return StoredArticle(number, **(given | values))


def entry(seq: int, payload: Payload, number: int | None = 17, **values: Any) -> Entry:
    given: dict[str, Any] = {"at": MORNING, "run": 4, "portal": "sina"}
    if number is not None:
        given |= {"article": number, "key": f"ikmx{number}", "version": 1, "url": ADDRESS}
        given |= {"title": f"第{number}篇", "published_at": PUBLISHED}
    return Entry(seq, payload, **(given | values))


def mention(seq: int, number: int = 17, payload: MentionNew = ECNY, **values: Any) -> Entry:
    return entry(seq, payload, number, **({"programme_name": "数字人民币"} | values))


def complete(portal: str = "sina", hours_ago: int = 0) -> PortalState:
    return PortalState(portal, MORNING - timedelta(hours=hours_ago), True)

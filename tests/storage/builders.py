"""Articles, sightings and circumstances for the storage tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage.archive import Circumstances, record
from storage.database import Database
from storage.ledger import Wanted, entries, newest
from tracking.article import Article, Categories, Content, Listing
from tracking.events import Entry
from tracking.programmes import Matcher, load
from tracking.sightings import Capture, Seen, Sighting, Tally, Validator

DAY = datetime(2026, 11, 20, 1, tzinfo=UTC)
YUAN = load('name = "数字人民币"\n[examples]\nmatch = ["数字人民币试点"]\nno_match = ["人民币"]\n', "digital-yuan")
PORT = load('name = "数字贸易港"\n[examples]\nmatch = ["建好数字贸易港"]\nno_match = ["数字贸易"]\n', "digital-port")
MATCHER = Matcher((YUAN, PORT))


def article(
    key: str = "a1",
    text: str = "数字人民币试点扩大到5个区。",
    *,
    title: str = "试点扩大",
    url: str | None = "",
    **changes: object,
) -> Article:
    facts: dict[str, object] = {
        "portal": "sina",
        "key": key,
        "url": f"https://finance.sina.com.cn/doc-i{key}.shtml" if url == "" else url,
        "categories": Categories("金融", "新浪财经", "新浪财经－国內"),
        "content": Content(title, tuple(text.split("\n"))),
        "author": "新华社",
        "published_at": DAY - timedelta(hours=2),
        "body": f"<p>{text}</p>",
        "image": None,
    }
    return Article(**(facts | changes))  # type: ignore[arg-type]


def seen(*args: str, **kwargs: object) -> Seen:
    it = article(*args, **kwargs)  # type: ignore[arg-type]
    capture = Capture(1, str(it.url), "text/html", it.body.encode())
    return Seen(it, (capture,), (Validator(str(it.url), f'"{it.content.digest}"', None),))


def listing(key: str, at: datetime = DAY) -> Listing:
    return Listing("sina", key, f"https://finance.sina.com.cn/doc-i{key}.shtml", f"题 {key}", at)


def see(database: Database, *sightings: Sighting, at: datetime = DAY, matcher: Matcher = MATCHER) -> Tally:
    with database.write() as connection:
        return record(connection, sightings, Circumstances(None, at, matcher))


def told(database: Database, after: int = 0, **wanted: object) -> list[Entry]:
    with database.read() as connection:
        asked = Wanted(**({"everything": True} | wanted))  # type: ignore[arg-type]
        return list(entries(connection, asked, after, newest(connection)))


def kinds(database: Database, after: int = 0) -> list[str]:
    return [str(entry.kind) for entry in told(database, after)]

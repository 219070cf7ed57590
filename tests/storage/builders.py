"""Small articles, observations, listings and outcomes for the storage tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage import health, portals, runs
from storage.database import Database
from storage.ledger import EventFilter, entries, newest
from storage.recorder import RecordContext, record
from tracking.article import Article, Categories, Content, Listing
from tracking.events import Entry, PortalState
from tracking.health import FinishedCrawl
from tracking.observation import Capture, FailureKind, Observation, Seen, Tally, Validator
from tracking.outcome import DONE, FAILED, Outcome
from tracking.programmes import Matcher, load

DAY = datetime(2026, 11, 20, 1, tzinfo=UTC)
YUAN = load('name = "数字人民币"\n[examples]\nmatch = ["数字人民币试点"]\nno_match = ["人民币"]\n', "digital-yuan")
PORT = load('name = "数字贸易港"\n[examples]\nmatch = ["建好数字贸易港"]\nno_match = ["数字贸易"]\n', "digital-port")
MATCHER = Matcher((YUAN, PORT))
GOOD = Outcome("sina", DONE, 40, Tally(new=3), complete=True, gap_hours=None, error=None)
BAD = Outcome("sina", FAILED, 0, Tally(), False, None, "the list is empty", FailureKind.EMPTY)


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


def see(database: Database, *observations: Observation, at: datetime = DAY, matcher: Matcher = MATCHER) -> Tally:
    with database.write() as connection:
        return record(connection, observations, RecordContext(None, at, matcher))


def entries_of(database: Database, after: int = 0, **wanted: object) -> list[Entry]:
    with database.read() as connection:
        query = EventFilter(**({"include_untracked": True} | wanted))  # type: ignore[arg-type]
        return list(entries(connection, query, after, newest(connection)))


def kinds(database: Database, after: int = 0) -> list[str]:
    return [str(entry.kind) for entry in entries_of(database, after)]


def judge(database: Database, *outcomes: Outcome, broken_after: int = 2, start: int = 0) -> None:
    """Judge a portal after these crawls, one an hour, the first of them `start` hours after DAY."""
    for hour, outcome in enumerate(outcomes, start):
        with database.write() as connection:
            run = runs.start(connection, "crawl", DAY)
            health.judge(connection, run, FinishedCrawl(outcome, DAY + hour * timedelta(hours=1)), broken_after)


def portal_state(database: Database) -> PortalState:
    """What is known of the only portal that was crawled."""
    with database.read() as connection:
        (only,) = portals.states(connection)
    return only

"""The events of the tour: invented news about real programmes, from a Monday to a Wednesday."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tracking.dates import BEIJING


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """One article of a site, as it is published."""

    #: The site's own id.
    key: str
    #: When it is published, in Beijing time.
    at: datetime
    #: Its title.
    title: str
    #: `[name:code]` in one is a link to a share; some pages put the price of the share behind it.
    paragraphs: tuple[str, ...]
    #: Who is named as its author.
    source: str


@dataclass(frozen=True, slots=True)
class PlannedCrawl:
    """A crawl, and what the sites show when it begins."""

    #: When it begins, in Beijing time.
    at: datetime
    #: What happened before it, as (time of day, sentence); the time may be "".
    before: tuple[tuple[str, str], ...]
    #: What 演示财经 shows; None when it shows a block page instead of everything.
    daily: tuple[DemoArticle, ...] | None
    #: What 演示证券报 shows.
    journal: tuple[DemoArticle, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the tour."""

    #: The date in words.
    name: str
    #: The crawls, in their order.
    crawls: tuple[PlannedCrawl, ...]
    #: What the report of the evening shows, in words.
    lesson: str

    @property
    def evening(self) -> datetime:
        """When the last crawl is over, in Beijing time."""
        return max(crawl.at for crawl in self.crawls)


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BEIJING)


def _daily(number: int, at: datetime, title: str, *paragraphs: str) -> DemoArticle:
    return DemoArticle(f"demo{number:07d}", at, title, paragraphs, "演示财经")


def _journal(number: int, at: datetime, title: str, *paragraphs: str) -> DemoArticle:
    return DemoArticle(f"{9_000_000 + number}", at, title, paragraphs, "演示证券报")


# --- 演示财经 ---

_PROMISE = _daily(
    1,
    _at(16, 7, 12),
    "演示专班公布数字经济时间表",
    "建设全球数字经济标杆城市，2030年数字经济占比要达到50%。",
    "参与其中的[演示算力:sz000002]称，已备好1111个机柜，只等一声令下。",
)
_YUAN = _daily(
    2,
    _at(16, 6, 40),
    "演示街区的小店收款有了新办法",
    "即日起，街区内111家小店可收[数字人:bj000001]民币。",
    "店主要做的，只是在柜台上贴一张演示用的二维码。",
)
_MILK = _daily(3, _at(16, 6, 15), "演示乳业称奶源充足", "[演示乳业:sh000003]称，牧场里的111头演示奶牛情绪稳定。")
_OPENING = _daily(4, _at(16, 7, 35), "早盘前瞻：演示指数或平开", "[演示证券:sh000004]认为，今天多半与昨天差不多。")
_ROBOT = _daily(5, _at(16, 5, 50), "演示机器人学会叠衣服", "[演示机器:sz000005]的新品叠好一件衬衫要11分钟。")
_PORT = _daily(
    6,
    _at(16, 15, 30),
    "首批11家演示企业拿到钥匙",
    "数字贸易港迎来首批11家企业，[演示物流:sh000006]是其中之一。",
    "钥匙由纸板制成，仅供演示。",
)
_CAR = _daily(7, _at(17, 13, 20), "演示汽车十月售出1111辆", "[演示汽车:sz000007]称，其中11辆是红色的。")

# --- 演示证券报 ---

_EXCHANGE = _journal(
    1,
    _at(16, 7, 5),
    "第1111个演示产品上架",
    "北京国际大数据交易所上架了第1111个演示产品。",
    "该产品记录演示街区每天有多少只鸽子。",
)
_STEEL = _journal(2, _at(16, 6, 30), "演示钢铁产量持平", "演示钢铁十月的产量与九月一样，与八月也一样。")
_FUND = _journal(3, _at(16, 6, 10), "一只演示基金开始发行", "这只演示基金只投资演示企业，规模上限为1111元。")
_CITRUS = _journal(4, _at(16, 5, 40), "演示柑橘价格小幅走高", "今年的演示柑橘又大又圆，价格上涨了1.11%。")
_CLOSING = _journal(5, _at(16, 15, 5), "收评：演示指数收平", "演示指数全天一动不动，收在1111点。")
_COPY = _journal(
    6,
    _at(17, 7, 20),
    "时间表来了：2030年占比要过半",
    "建设全球数字经济标杆城市，2030年数字经济占比要达到50%。",
    "有企业称，机柜已经备好。",
)
_SYSTEM = _journal(
    7,
    _at(18, 7, 10),
    "演示街区试用一套新系统",
    "数字城市操作系统将在11个演示街区试用。",
    "路灯、井盖和垃圾桶第一次说同一种话。",
)
_SALT = _journal(8, _at(18, 14, 0), "演示盐业谈行业前景", "演示盐业的负责人表示，盐还是咸的。")

# --- the days ---

_DAILY_1 = (_PROMISE, _YUAN, _MILK, _OPENING, _ROBOT)
_JOURNAL_1 = (_EXCHANGE, _STEEL, _FUND, _CITRUS)
_EDITED = replace(_PROMISE, paragraphs=tuple(text.replace("50%", "45%") for text in _PROMISE.paragraphs))
_DAILY_2 = (_EDITED, _YUAN, _MILK, _OPENING, _ROBOT, _PORT)
_JOURNAL_2 = (_STEEL, _FUND, _CITRUS, _CLOSING, _COPY)

DAYS = (
    Day(
        "Monday, 16 November 2026",
        (
            PlannedCrawl(
                _at(16, 8),
                (
                    ("07:35", "Nine articles are out. Three are about a programme that policywatch tracks."),
                    (
                        "",
                        "One names it only in pieces: 演示财经 took 数字人 for a company and put a share price "
                        "behind it, so that the page reads 数字人(12.34, +0.11, +0.89%)民币.",
                    ),
                ),
                _DAILY_1,
                _JOURNAL_1,
            ),
            PlannedCrawl(
                _at(16, 18),
                (("15:30", "Two more articles; one is about the digital trade port, 数字贸易港."),),
                (*_DAILY_1, _PORT),
                (*_JOURNAL_1, _CLOSING),
            ),
        ),
        "All eleven articles are stored, and the four that concern a tracked programme are reported, 数字人民币 among "
        "them: text is read as a person sees it. `--all` would report the cows and the oranges too.",
    ),
    Day(
        "Tuesday, 17 November 2026",
        (
            PlannedCrawl(
                _at(17, 8),
                (
                    (
                        "02:10",
                        "演示财经 rewrites one figure in yesterday's article: the promised 50% become 45%. Same title, "
                        "same date, and not a word about it.",
                    ),
                    ("07:20", "演示证券报 has that story too, still with 50%."),
                    ("07:40", "演示证券报 answers 404 where the article on the data exchange was."),
                    ("07:59", "And, as at every moment, all share prices on all pages of 演示财经 have moved."),
                ),
                _DAILY_2,
                _JOURNAL_2,
            ),
            PlannedCrawl(
                _at(17, 18),
                (("13:20", "One more article, about nothing that is tracked. The other page is still missing."),),
                (*_DAILY_2, _CAR),
                _JOURNAL_2,
            ),
        ),
        "The silent edit is reported, the moving prices are not. The missing page is not reported yet: pages "
        "vanish for an hour and come back. One counts as taken down after three checks over 24 hours.",
    ),
    Day(
        "Wednesday, 18 November 2026",
        (
            PlannedCrawl(
                _at(18, 8),
                (
                    ("07:10", "演示证券报 writes about the city operating system, 数字城市操作系统."),
                    (
                        "07:30",
                        "演示财经 answers everything with “too many visits, please verify”, and calls it HTTP 200, "
                        "as if all were well.",
                    ),
                ),
                None,
                (*_JOURNAL_2, _SYSTEM),
            ),
            PlannedCrawl(
                _at(18, 18),
                (("14:00", "演示财经 still does so. 演示证券报 has an interview about salt."),),
                None,
                (*_JOURNAL_2, _SYSTEM, _SALT),
            ),
        ),
        "The page stayed away, so its article counts as taken down; its text is still stored. The block page counts as "
        "no edit: the articles of demo-daily stay as they were, the portal is reported as unreadable after its second "
        "failure, and the report says that news may have been missed. The other portal was crawled as usual.",
    ),
)

"""Plays the tour: three days of invented news, with the real crawler and a real database."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawler.reactor import run_in_reactor
from outputs import rss
from policywatch.app.catalogue import load_catalogue
from policywatch.app.crawl import Run
from policywatch.app.files import write_atomically
from policywatch.app.portal_crawl import CrawlSetup, Listeners
from policywatch.app.report import ReportOptions, report
from policywatch.config import CrawlerConfig, FeedConfig
from policywatch.demo import pages
from policywatch.demo.folder import FEED_TITLE, DemoError, Output, prepare
from policywatch.demo.guide import Guide
from policywatch.demo.portals import daily_at, journal_at
from policywatch.demo.server import Site
from policywatch.demo.world import DAYS, PlannedCrawl
from portals.portal import Portal
from storage import articles, ledger
from storage.database import Database, open_database
from tracking.events import Kind
from tracking.outcome import Outcome
from tracking.programmes import Programme

#: The name of the tour's reader.
READER = "demo"
_SILENT = Listeners(lambda _portal, _reason: None, lambda _portal, _tally: None)
_WELCOME = (
    "For the next seconds two portals run on this machine, and only here: demo-daily (演示财经) and demo-journal "
    "(演示证券报). Their news is invented. Their pages are built like those of real portals, with share prices that "
    "move, adverts and an old encoding. The crawler, the database and everything below a $ are the real ones."
)
_FAREWELL = (
    "Without the first of these lines policywatch uses a database of your own, and `policywatch crawl` fills it "
    "from the real portals."
)


@dataclass(slots=True)
class Tour:
    """The state of a tour while it is played."""

    #: The database of the tour.
    database: Database
    #: The programmes that are tracked.
    programmes: tuple[Programme, ...]
    #: Prints what happens.
    guide: Guide
    #: The site of 演示财经.
    daily: Site
    #: The site of 演示证券报.
    journal: Site
    #: How many crawls there were so far; the share prices differ in each of them.
    crawled: int = 0

    async def play(self) -> None:
        """Play the days, and report what was new in each of them."""
        chosen = (daily_at(self.daily.host), journal_at(self.journal.host))
        for number, day in enumerate(DAYS, 1):
            self.guide.heading(f"DAY {number} · {day.name}")
            for crawl in day.crawls:
                await self._play_crawl(crawl, chosen)
            self.guide.command(f"policywatch new --as {READER}", self._new(day.evening))
            self.guide.paragraph(day.lesson)

    async def _play_crawl(self, crawl: PlannedCrawl, chosen: Sequence[Portal]) -> None:
        for time, happening in crawl.before:
            self.guide.happening(time, happening)
        self._publish(crawl)
        self.guide.crawled(f"{crawl.at:%H:%M}", await self._crawl(crawl, chosen))

    def _publish(self, crawl: PlannedCrawl) -> None:
        shown = pages.blocked() if crawl.daily is None else pages.daily(crawl.daily, self.daily.host, self.crawled)
        self.daily.publish(shown)
        self.journal.publish(pages.journal(crawl.journal))
        self.crawled += 1

    async def _crawl(self, crawl: PlannedCrawl, chosen: Sequence[Portal]) -> list[Outcome]:
        config = CrawlerConfig(delay=0, concurrency=1, allow_hosts=(self.daily.host, self.journal.host))
        setup = CrawlSetup(self.database, self.programmes, config, _SILENT, clock=lambda: crawl.at)
        return await Run(setup).crawl(chosen)

    def _new(self, at: datetime) -> list[str]:
        """The report of `policywatch new` to the reader of the tour at `at`; its cursor moves."""
        lines: list[str] = []
        report(self.database, ReportOptions(READER, ledger.EventFilter()), at, lines.append)
        return lines


def play(folder: Path, guide: Guide, program: str) -> None:
    """Play the tour, and write its files into the folder; DemoError when that cannot be done.

    `program` is what the user types to call policywatch.
    """
    output = prepare(folder)
    guide.heading("policywatch demo: three days at two small portals")
    guide.paragraph(_WELCOME)
    with closing(open_database(output.address)) as database:
        _play_days(database, guide)
        _write_feed(database, output)
        edited = _edited(database)
    guide.heading("What is left for you")
    guide.table(_files(output))
    guide.heading("What to try on it")
    guide.line(f"  export POLICYWATCH_DATABASE_URL={shlex.quote(output.address)}")
    guide.table([(f"{program} {command}", purpose) for command, purpose in suggested_commands(output, edited)])
    guide.line("")
    guide.paragraph(_FAREWELL)


def suggested_commands(output: Output, article: int | None) -> list[tuple[str, str]]:
    """Commands to try on the database of the tour, each with its purpose; `article` is the id of an edited article."""
    return [
        ("new --as me", "all of it again, for a reader of your own"),
        ("new --as mail --format markdown", "the same, to put into a mail"),
        (f"show {article}", "the edited article: what it says now, and since when"),
        ("portals", "the stored articles and the health of each portal"),
        ("feed --programme digital-yuan", "a feed of one programme"),
        (f"export {shlex.quote(str(output.articles))}", "every article as a file"),
    ]


def _play_days(database: Database, guide: Guide) -> None:
    with ExitStack() as open_sites:
        try:
            daily, journal = (open_sites.enter_context(Site()) for _ in range(2))
        except OSError as error:
            raise DemoError(f"no port of this machine is free for the portals: {error.strerror}") from error
        tour = Tour(database, load_catalogue().programmes, guide, daily, journal)
        run_in_reactor(tour.play)


def _write_feed(database: Database, output: Output) -> None:
    settings = FeedConfig(title=FEED_TITLE)
    with database.read() as connection:
        found = articles.mentioning(connection, None, settings.items)
    about = "Invented articles of the tour that mention a tracked policy programme"
    built_at = max(day.evening for day in DAYS)
    try:
        write_atomically(output.feed, rss.render(found, rss.Channel(settings.title, settings.link, about), built_at))
    except OSError as error:
        raise DemoError(f"{output.feed}: {error.strerror}") from error


def _edited(database: Database) -> int | None:
    """The id of the one article that was edited."""
    edits = ledger.EventFilter(kind=Kind.ARTICLE_EDITED)
    with database.read() as connection:
        (edit,) = ledger.entries(connection, edits, 0, ledger.newest(connection))
    return edit.article


def _files(output: Output) -> list[tuple[str, str]]:
    return [
        (str(output.database), "every version of every article, and the ledger of what happened"),
        (str(output.feed), "the articles on tracked programmes, for a feed reader"),
    ]

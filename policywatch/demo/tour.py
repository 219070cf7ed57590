"""The tour: three days of a small world, through the real crawler into a real database."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawler.portal import Portal
from crawler.reactor import run_in_reactor
from outputs import text
from policywatch.catalogue import load_catalogue
from policywatch.config import CrawlerConfig
from policywatch.crawling import Crawling, Listeners, Run
from policywatch.demo import folder as folders
from policywatch.demo import pages
from policywatch.demo.folder import CannotBegin, Output
from policywatch.demo.guide import Guide
from policywatch.demo.portals import daily_at, journal_at
from policywatch.demo.server import Site
from policywatch.demo.world import DAYS, Day, Look
from storage import ledger, portals
from storage.database import Database, open_database
from storage.runs import Outcome

READER = "demo"
_SILENT = Listeners(lambda _portal, _reason: None, lambda _portal, _tally: None)
_WELCOME = (
    "Two portals run on this machine while the tour lasts: demo-daily (演示财经) and demo-journal (演示证券报). Their "
    "news is invented; their pages are built like those of real portals, with moving share prices, adverts and an old "
    "encoding. The crawler, the database and all that stands under a $ are the real ones. Nothing leaves this machine."
)


@dataclass(slots=True)
class Tour:
    """A tour under way: where it is kept, who speaks, and the two sites with their portals."""

    database: Database
    guide: Guide
    daily: Site
    journal: Site
    chosen: Sequence[type[Portal]]
    ticks: int = 0

    async def play(self) -> None:
        """Live through the days, and tell of each."""
        for number, day in enumerate(DAYS, 1):
            await self._live(number, day)

    async def _live(self, number: int, day: Day) -> None:
        self.guide.heading(f"DAY {number} · {day.name}")
        for look in day.looks:
            for time, happening in look.before:
                self.guide.happening(time, happening)
            self.guide.crawled(f"{look.at:%H:%M}", await self._crawl(look))
        self.guide.command(f"new --as {READER}", self._new(max(look.at for look in day.looks)))
        self.guide.paragraph(day.lesson)

    async def _crawl(self, look: Look) -> list[Outcome]:
        self._publish(look)
        config = CrawlerConfig(delay=0, concurrency=4, allow_hosts=(self.daily.host, self.journal.host))
        programmes = load_catalogue().programmes
        return await Run(Crawling(self.database, programmes, config, _SILENT, clock=lambda: look.at)).crawl(self.chosen)

    def _publish(self, look: Look) -> None:
        shown = pages.blocked() if look.daily is None else pages.daily(look.daily, self.daily.host, self.ticks)
        self.daily.publish(shown)
        self.journal.publish(pages.journal(look.journal))
        self.ticks += 1

    def _new(self, at: datetime) -> list[str]:
        """What `policywatch new` tells the tour's reader at this moment, who is then moved on."""
        with self.database.write() as connection:
            after, newest = ledger.position(connection, READER), ledger.newest(connection)
            entries = ledger.entries(connection, ledger.Wanted(), after, newest)
            lines = list(text.render(entries, portals.states(connection)))
            ledger.move(connection, READER, newest, at)
        return lines


def play(folder: Path, guide: Guide, program: str) -> None:
    """Play the tour and leave its files in the folder; CannotBegin when it cannot be played here.

    `program` is how the user calls policywatch.
    """
    output = folders.prepared(folder)
    guide.title("policywatch demo: three days at two small portals")
    guide.paragraph(_WELCOME)
    with closing(open_database(output.address)) as database:
        _tour(database, guide)
        _write_feed(database, output)
        edited = _edited(database)
    guide.title("What is left for you")
    guide.table(_left(output))
    guide.title("What to try on it")
    guide.table([(f"{program} {command}", purpose) for command, purpose in tries(output, edited)])
    guide.paragraph("\nOnly with the first of these do the others look at the tour; without it they look at your own.")


def tries(output: Output, article: int) -> list[tuple[str, str]]:
    """Commands for the tour's database, each with what it is for; `article` is one that was edited."""
    files = shlex.quote(str(output.database.with_name("articles")))
    return [
        ("new --as me", "all of it again, for a reader of your own"),
        ("new --since 2026-11-18T00:00+08:00 --format markdown", "the third day, to put into a mail"),
        (f"show {article}", "the edited article: what it says now, and since when"),
        ("portals", "what was read of each portal, and how it is"),
        ("feed --programme digital-yuan", "a feed of one programme"),
        (f"export {files}", "every article as a file"),
    ]


def _tour(database: Database, guide: Guide) -> None:
    with ExitStack() as open_sites:
        try:
            daily, journal = (open_sites.enter_context(Site()) for _ in range(2))
        except OSError as error:
            raise CannotBegin(f"this machine gives no port for a portal: {error.strerror}") from error
        tour = Tour(database, guide, daily, journal, (daily_at(daily.host), journal_at(journal.host)))
        run_in_reactor(tour.play)


def _write_feed(database: Database, output: Output) -> None:
    settings = FeedConfig(title=folders.FEED_TITLE)
    description = "The tour's articles that mention a tracked policy programme; all of them are invented"
    with database.read() as connection:
        found = articles.matched(connection, None, settings.items)
    channel = rss.Channel(settings.title, settings.link, description)
    write_whole(output.feed, rss.render(found, channel, DAYS[-1].evening))


def _edited(database: Database) -> int | None:
    """The article that was edited last."""
    wanted = ledger.Wanted(kind=Kind.ARTICLE_EDITED)
    with database.read() as connection:
        *_, last = ledger.entries(connection, wanted, 0, ledger.newest(connection))
    return last.article


def _left(output: Output) -> list[tuple[str, str]]:
    return [
        (str(output.database), "every version of every article, and the ledger of what happened"),
        (str(output.feed), "the articles on tracked programmes, for a feed reader"),
    ]

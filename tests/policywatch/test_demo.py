"""The tour: what its three days bring, what it leaves behind, and where it refuses to play."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import feedparser
import pytest
from rich.console import Console

from policywatch.demo import pages, tour
from policywatch.demo.folder import DemoError, Output, prepare
from policywatch.demo.guide import Guide
from policywatch.demo.world import DAYS, PlannedCrawl
from storage import articles, ledger, portals
from storage.database import Database, open_database
from tracking.article import StoredArticle
from tracking.dates import BEIJING

DAILY, JOURNAL = "demo-daily", "demo-journal"
ROOT = Path(__file__).resolve().parents[2]

Event = tuple[str, str, str | None, str | None]


def new(portal: str, *numbers: int) -> list[Event]:
    return [("article.new", portal, key(portal, number), None) for number in numbers]


def mention(portal: str, number: int, programme: str) -> Event:
    return ("mention.new", portal, key(portal, number), programme)


def key(portal: str, number: int) -> str:
    return f"demo{number:07d}" if portal == DAILY else f"{9_000_000 + number}"


MONDAY = [
    *new(DAILY, 1, 2, 3, 4, 5, 6),
    *new(JOURNAL, 1, 2, 3, 4, 5),
    mention(DAILY, 1, "digital-economy-benchmark-city"),
    mention(DAILY, 2, "digital-yuan"),
    mention(DAILY, 6, "digital-trade-port"),
    mention(JOURNAL, 1, "beijing-data-exchange"),
]
TUESDAY = [
    ("article.edited", DAILY, key(DAILY, 1), None),
    *new(DAILY, 7),
    *new(JOURNAL, 6),
    mention(JOURNAL, 6, "digital-economy-benchmark-city"),
]
WEDNESDAY = [
    *new(JOURNAL, 7, 8),
    mention(JOURNAL, 7, "city-operating-system"),
    ("article.withdrawn", JOURNAL, key(JOURNAL, 1), None),
    ("portal.broken", DAILY, None, None),
]


@dataclass(frozen=True)
class Played:
    """A tour that is over."""

    folder: Path
    said: str
    complaints: str
    code: int
    seconds: float

    @property
    def address(self) -> str:
        return f"sqlite:///{self.folder}/demo.sqlite"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "policywatch", *arguments]


def environment(**more: str) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith("POLICYWATCH_")}
    return mine | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | more


def play(folder: Path, where: Path, **more: str) -> Played:
    begun = time.monotonic()
    done = subprocess.run(
        command("demo", "--folder", str(folder)),
        env=environment(**more),
        cwd=where,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
    )
    return Played(folder, done.stdout, done.stderr, done.returncode, time.monotonic() - begun)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A tour under bad circumstances: proxies that lead nowhere, a far time zone, a configuration that is broken."""
    where = tmp_path_factory.mktemp("tour")
    (where / "policywatch.toml").write_text("[no such thing")
    nowhere = "http://127.0.0.1:9"
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"), nowhere)
    return play(where / "out", where, TZ="America/Los_Angeles", SSL_CERT_FILE="/no/such/file", **proxies)


@contextmanager
def opened(played: Played) -> Iterator[Database]:
    with closing(open_database(played.address)) as database:
        yield database


def days(played: Played, wanted: ledger.EventFilter) -> list[Counter[Event]]:
    """The events of each of the three days in Beijing."""
    told: dict[int, Counter[Event]] = {16: Counter(), 17: Counter(), 18: Counter()}
    with opened(played) as database, database.read() as connection:
        for entry in ledger.entries(connection, wanted, 0, ledger.newest(connection)):
            event = (entry.kind.value, entry.portal, entry.key, entry.programme)
            told[entry.at.astimezone(BEIJING).day][event] += 1
    return list(told.values())


def kept(played: Played) -> dict[tuple[str, str], StoredArticle]:
    with opened(played) as database, database.read() as connection:
        return {(stored.article.portal, stored.article.key): stored for stored in articles.all_articles(connection)}


# --- what it tells ---


def test_it_ends_well_and_soon(played: Played) -> None:
    assert (played.code, played.complaints) == (0, "")
    assert played.seconds < 60


def test_each_day_brings_exactly_what_is_said_of_it(played: Played) -> None:
    assert days(played, ledger.EventFilter(include_untracked=True)) == [
        Counter(MONDAY),
        Counter(TUESDAY),
        Counter(WEDNESDAY),
    ]


def test_what_concerns_no_programme_is_kept_and_not_told(played: Played) -> None:
    told = [{event[2] for event in day if event[0] == "article.new"} for day in days(played, ledger.EventFilter())]
    assert [len(keys) for keys in told] == [4, 1, 1]
    assert len(kept(played)) == 15


def test_prices_move_at_every_look_and_only_the_edited_article_has_two_versions(played: Played) -> None:
    shown = [pages.daily(look.daily, "host", tick) for tick, look in enumerate(_crawls()) if look.daily is not None]
    bodies = [site.answers["/china/2026-11-16/doc-idemo0000002.shtml"].body for site in shown]
    assert len(set(bodies)) == len(bodies) == 4
    edited = {name for name, stored in kept(played).items() if len(stored.versions) > 1}
    assert edited == {(DAILY, key(DAILY, 1))}


def test_the_silent_edit_is_the_promised_figure(played: Played) -> None:
    stored = kept(played)
    assert "占比要达到45%。" in stored[DAILY, key(DAILY, 1)].article.content.paragraphs[0]
    assert "占比要达到50%。" in stored[JOURNAL, key(JOURNAL, 6)].article.content.paragraphs[0]


def test_the_word_that_is_cut_in_two_is_as_the_tour_says() -> None:
    first = next(_crawls())
    assert first.daily is not None
    page = pages.daily(first.daily, "host", 0).answers["/china/2026-11-16/doc-idemo0000002.shtml"].body.decode()
    cut = "数字人(12.34, +0.11, +0.89%)民币"
    assert cut in re.sub(r"<[^>]*>", "", page)
    assert any(cut in happening for _, happening in first.before)


def test_only_the_page_that_stayed_away_counts_as_taken_down(played: Played) -> None:
    states = {name: stored.state for name, stored in kept(played).items()}
    assert states.pop((JOURNAL, key(JOURNAL, 1))) == "withdrawn"
    assert set(states.values()) == {"live"}


def test_the_blocked_portal_is_called_unreadable_and_the_other_is_well(played: Played) -> None:
    with opened(played) as database, database.read() as connection:
        daily, journal = portals.states(connection)
    assert daily.broken_since == DAYS[2].evening
    assert (journal.broken_since, journal.complete, journal.gap_hours) == (None, True, None)


def test_it_prints_what_the_command_prints(played: Played) -> None:
    with opened(played) as database, database.read() as connection:
        assert ledger.position(connection, tour.READER) == ledger.newest(connection)
    assert played.said.count("$ policywatch new --as demo\n") == 3
    assert re.search(r"\n    edited, seen 2026-11-17 08:00 \(version 2\)\n", played.said)
    assert re.search(r"\n    taken down, confirmed 2026-11-18 08:00\n", played.said)
    assert played.said.count("Nothing was missed as of") == 2
    assert played.said.count("News may have been missed:") == 1


def test_what_it_says_is_plain_where_nobody_looks(played: Played) -> None:
    assert "\x1b" not in played.said
    assert [line for line in played.said.splitlines() if line != line.rstrip()] == []


def test_a_terminal_without_chinese_is_no_obstacle(tmp_path: Path) -> None:
    done = play(tmp_path / "out", tmp_path, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.code, done.complaints) == (0, "")


# --- what it leaves ---


def test_the_feed_has_the_articles_on_tracked_programmes(played: Played) -> None:
    feed = feedparser.parse((played.folder / "demo.rss").read_bytes())
    assert not feed.bozo
    assert {entry.title for entry in feed.entries} == {
        "演示专班公布数字经济时间表",
        "演示街区的小店收款有了新办法",
        "首批11家演示企业拿到钥匙",
        "第1111个演示产品上架",
        "时间表来了：2030年占比要过半",
        "演示街区试用一套新系统",
    }


def test_every_command_that_it_names_works_on_its_database(played: Played, tmp_path: Path) -> None:
    folder = tmp_path / "copy of it"
    shutil.copytree(played.folder, folder)
    number = kept(played)[DAILY, key(DAILY, 1)].id
    named = [line for line, _ in tour.suggested_commands(_output(folder), number)]
    assert all(f" {line} " in played.said for line in named if "export" not in line)
    for line in named:
        mine = environment(POLICYWATCH_DATABASE_URL=_output(folder).address)
        done = subprocess.run(
            command(*shlex.split(line)), env=mine, cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert (done.returncode, done.stderr) == (0, ""), line
        assert done.stdout, line
    assert len(list((folder / "articles").rglob("*.md"))) == 15


def test_the_database_is_where_the_tour_says(played: Played) -> None:
    named = re.search(r"export POLICYWATCH_DATABASE_URL=(\S+)\n", played.said)
    assert named is not None
    with closing(open_database(*shlex.split(named[1]))) as database, database.read() as connection:
        assert {name: count for name, (_, count) in portals.article_counts(connection).items()} == {
            DAILY: 7,
            JOURNAL: 8,
        }


def test_a_second_tour_replaces_the_first_and_nothing_else(played: Played, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    shutil.copytree(played.folder, folder)
    (folder / "mine.txt").write_text("mine")
    again = play(folder, tmp_path)
    assert (again.code, again.complaints) == (0, "")
    assert days(again, ledger.EventFilter(include_untracked=True)) == days(
        played, ledger.EventFilter(include_untracked=True)
    )
    assert sorted(path.name for path in folder.iterdir()) == ["demo.rss", "demo.sqlite", "mine.txt"]


# --- where it refuses, or is left ---


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "demo.sqlite")) as connection:
        connection.execute("CREATE TABLE mine (a)")
    before = (tmp_path / "demo.sqlite").read_bytes()
    done = play(tmp_path, tmp_path)
    assert done.code == 2
    assert done.complaints.startswith(f"policywatch: {tmp_path}/demo.sqlite: not made by this tour")
    assert done.complaints.count("\n") == 1
    assert (tmp_path / "demo.sqlite").read_bytes() == before


def test_a_feed_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "demo.rss").write_text("<rss><channel><title>mine</title></channel></rss>")
    with pytest.raises(DemoError, match="not made by this tour"):
        prepare(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["demo.rss"]


@pytest.mark.parametrize("inside", [".", "deeper"])
def test_a_file_is_no_folder(tmp_path: Path, inside: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DemoError, match=r"file\S*: (?i:not a (folder|directory))$"):
        prepare(tmp_path / "file" / inside)


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    output = prepare(tmp_path / "what? 100% #数")
    with closing(open_database(output.address)) as database, database.read() as connection:
        assert ledger.newest(connection) == 0
    assert [path.name for path in output.database.parent.iterdir()] == ["demo.sqlite"]


def test_without_a_port_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(tour, "Site", refuse)
    with pytest.raises(DemoError, match="no port of this machine is free for the portals: Address"):
        tour.play(tmp_path, Guide(Console(file=io.StringIO())), "policywatch")


@pytest.mark.parametrize("leave", ["signal", "pipe"])
def test_it_can_be_left_in_the_middle(tmp_path: Path, leave: str) -> None:
    pipe = subprocess.PIPE
    asked = command("demo", "--folder", str(tmp_path))
    with subprocess.Popen(asked, env=environment(PYTHONUNBUFFERED="1"), stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        while b"new --as" not in process.stdout.readline():
            assert process.poll() is None
        if leave == "signal":
            process.send_signal(signal.SIGINT)
        else:
            process.stdout.close()
        process.wait(timeout=30)
    assert process.returncode == 1


def _crawls() -> Iterator[PlannedCrawl]:
    return (crawl for day in DAYS for crawl in day.crawls)


def _output(folder: Path) -> Output:
    return Output(folder / "demo.sqlite", folder / "demo.rss", folder / "articles")

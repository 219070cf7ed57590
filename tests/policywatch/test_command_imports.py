"""Commands that fetch nothing load nothing of Scrapy, and neither does the service; each in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import portals
from storage.database import Database, open_database
from storage.recorder import RecordContext, record
from tests.policywatch.service_builders import ROOT
from tests.storage.builders import DAY, MATCHER, article
from tracking.observation import Capture, Seen

PAGES = ROOT / "tests" / "portals"
SINA = PAGES / "sina" / "article" / "page.html"
ADDRESS = "https://finance.sina.com.cn/china/2026-11-20/doc-inxyzabc0000001.shtml"
# A feed and a sitemap of the user's: their parsers are loaded as well.
SETTINGS = """
[portals.mine]
feed = "https://example.cn/rss.xml"

[portals.map]
sitemap = "https://example.cn/sitemap.xml"
"""
OPML = '<?xml version="1.0"?><opml version="2.0"><body><outline text="某报" xmlUrl="https://x.cn/rss"/></body></opml>'
# Runs the command line, and then writes the exit code and what is loaded of Scrapy into a file.
COMMAND = """
import sys
from policywatch.cli import main
code = None
try:
    main(sys.argv[2:])
except SystemExit as end:
    code = end.code
heavy = sorted({name.partition(".")[0] for name in sys.modules} & {"scrapy", "twisted"})
with open(sys.argv[1], "w") as file:
    print(code, *heavy, file=file, end="")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with settings, an OPML file, and a database in which an older policywatch stored a page."""
    (tmp_path / "policywatch.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "feeds.opml").write_text(OPML, "utf-8")
    database = open_database(f"sqlite:///{tmp_path}/policywatch.sqlite")
    _store(database)
    database.close()
    return tmp_path


def _store(database: Database) -> None:
    capture = Capture(1, ADDRESS, "text/html", SINA.read_bytes())
    with database.write() as connection:
        record(
            connection, [Seen(article("nxyzabc0000001", url=ADDRESS), (capture,))], RecordContext(None, DAY, MATCHER)
        )
        portals.set_due(connection, "sina", datetime.now(UTC) + timedelta(hours=1))


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POLICYWATCH_")}
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "ended", *arguments],
        env=environment | {"PYTHONPATH": str(ROOT), "POLICYWATCH_SERVICE__PORTALS": "sina"},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(folder: Path, process: subprocess.Popen[str]) -> tuple[str, str, str]:
    """The exit code with what was loaded of Scrapy; what was written to stdout, and to stderr."""
    out, err = process.communicate(timeout=60)
    return (folder / "ended").read_text("utf-8"), out, err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("read", str(SINA), "--address", ADDRESS), "portal:       sina"),
        (("read", str(SINA), "--generic"), "portal:       none, read by general rules"),
        (("read", str(SINA)), "portal:       sina"),
        (("reextract",), "sina    1        0     0"),
        (("portals",), "sina"),
        (("feeds", "list"), "https://example.cn/rss.xml"),
        (("feeds", "import", "feeds.opml"), "1 added"),
        (("feeds", "export"), "https://example.cn/rss.xml"),
        (("feeds", "add", "https://x.cn/rss"), "portal x-cn added"),
        (("show", ADDRESS), "nxyzabc0000001"),
        (("new",), "sina"),
        (("import", "feeds.opml"), "0 read"),
        (("export", "out"), "1 written"),
        (("feed",), "nxyzabc0000001"),
        (("programmes", "check"), "0 files are wrong"),
        (("db", "check"), "good"),
    ],
    ids=" ".join,
)
def test_a_command_that_fetches_nothing_loads_no_scrapy(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    loaded, out, err = ended(folder, start(folder, *arguments))
    assert loaded == ("1" if arguments[0] == "import" else "0"), err
    assert said in out


def test_what_is_loaded_of_scrapy_is_found(folder: Path) -> None:
    loaded, _, err = ended(folder, start(folder, "doctor", "nowhere"))
    assert (loaded, "no portal 'nowhere'" in err) == ("2", True)
    loaded, _, _ = ended(folder, start(folder, "crawl", "sina", "--replay", "missing"))
    assert loaded == "2 scrapy twisted"


def test_the_service_loads_no_scrapy_at_all(folder: Path) -> None:
    process = start(folder, "run")
    assert process.stderr is not None
    assert "sina every 30 min" in process.stderr.readline()
    time.sleep(0.5)  # in which it plans; it says nothing of that
    process.send_signal(signal.SIGTERM)
    loaded, _, err = ended(folder, process)
    assert loaded == "0", err

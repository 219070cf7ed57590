"""Imports run one way, the pure code stays pure, and quick commands stay quick (the design's picture, held)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

_LOWER_ROOMS = {"crawler", "outputs", "portals", "storage", "tracking"}
# Which of our rooms each of them may import, beside itself. Arrows only point down.
ROOMS: dict[str, set[str]] = {
    "tracking": set(),
    "portals": {"tracking"},
    "outputs": {"tracking"},
    "storage": {"tracking"},
    "crawler": {"tracking", "portals"},
    "policywatch": set(),  # each of its own rooms has a rule below
    "scheduler": {"policywatch"},
    "web": {"policywatch.app", "policywatch.config", "policywatch.errors", "tracking"},
    "migrations": set(),
}
# Rooms inside a room, and single modules: all of ours that they may import. The first that fits counts.
_SITE_MODULES = ("cms", "feeds.feed_entry", "fields", "page", "portal")
_APP = {*(f"policywatch.{name}" for name in ("app", "config", "errors")), *_LOWER_ROOMS}
ONLY: dict[str, set[str]] = {
    "portals.sites": {"tracking", *(f"portals.{name}" for name in _SITE_MODULES)},
    "portals.cms": {"tracking", *(f"portals.{name}" for name in _SITE_MODULES)},
    "crawler.database_frontier": {"tracking", "portals", "crawler", "storage"},
    "crawler.sink": {"tracking", "portals", "crawler", "storage"},
    "policywatch.errors": {"tracking.errors"},
    "policywatch.config": {"policywatch.errors", "policywatch.setting_values"},
    "policywatch.setting_values": {"policywatch.errors"},
    "policywatch.app": _APP,
    "policywatch.service": _APP | {"policywatch.service"},
    "policywatch.scrapy_project": _APP | {"policywatch.scrapy_project"},
    "policywatch.demo": _APP | {"policywatch.demo"},
    "policywatch.cli": _APP | {"policywatch.cli", "policywatch.demo", "policywatch.service"},
    "policywatch.__main__": {"policywatch.cli"},
    "migrations.env": {"storage"},  # for the alembic command, see tests/storage/test_migrations.py
}

# What only some rooms may import: the framework and the database stay where they are.
LIBRARIES: dict[str, set[str]] = {
    "scrapy": {"crawler", "policywatch.scrapy_project"},
    "twisted": {"crawler"},
    "zope": {"crawler"},
    "sqlalchemy": {"storage", "crawler.database_frontier", "policywatch.service.schedule", "migrations"},
    "alembic": {"storage", "migrations"},
    "apscheduler": {"policywatch.service"},
}

# What pure code may import: computing only. A new name here is a decision, so that nothing slips in.
PURE = {"tracking", "portals", "outputs"}
COMPUTES = {
    *("__future__", "ahocorasick", "bisect", "collections", "contextlib", "copy", "dataclasses", "datetime", "difflib"),
    *("email.utils", "enum", "feedparser", "functools", "hashlib", "html", "io.BytesIO", "ipaddress", "itertools"),
    *("json", "lxml", "nh3", "opencc", "re", "readability", "selectolax", "statistics", "tomllib", "types", "typing"),
    *("unicodedata", "urllib.parse", "w3lib", "xml.sax.saxutils", "zlib"),
}
ASKS_THE_WORLD = {"open", "input", "print", "exec", "eval", "__import__", "breakpoint"}
ASKS_THE_CLOCK = {"now", "utcnow", "today"}


@dataclass(frozen=True)
class Module:
    """A module, and what it imports anywhere in it: full names, ours resolved to modules."""

    name: str
    tree: ast.Module
    imports: frozenset[str]

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]


def modules(root: Path) -> list[Module]:
    paths = [*(path for room in ROOMS for path in sorted(root.glob(f"{room}/**/*.py"))), *root.glob("*.py")]
    named = {_name(path.relative_to(root)): ast.parse(path.read_text("utf-8")) for path in paths}
    return [Module(name, tree, frozenset(_imports(tree, named.keys()))) for name, tree in named.items()]


def _name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imports(tree: ast.Module, known: object) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            for name in node.names:
                inner = f"{origin}.{name.name}"
                yield inner if inner in known or inner in COMPUTES else origin  # type: ignore[operator]


def _within(name: str, allowed: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


def violations(root: Path) -> list[str]:
    """What breaks the rules below `root`, a line each."""
    found = modules(root)
    lines = [line for module in found for rule in (_direction, _purity, _libraries) for line in rule(module)]
    return lines + _circles(found)


def _direction(module: Module) -> Iterator[str]:
    for name in sorted(module.imports):
        ours = name.startswith(".") or _within(name, {*ROOMS, "tests", "benchmarks", "scripts"})
        if ours and not _within(name, _allowed(module)):
            yield f"{module.name} imports {name}"


def _allowed(module: Module) -> set[str]:
    for place, names in ONLY.items():
        if _within(module.name, {place}):
            return names
    return {module.room} | ROOMS[module.room]


def _purity(module: Module) -> Iterator[str]:
    if module.room not in PURE:
        return
    for name in sorted(module.imports):
        if not (name.startswith(".") or _within(name, COMPUTES | {*ROOMS})):
            yield f"{module.name} is pure and imports {name}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and node.id in ASKS_THE_WORLD:
            yield f"{module.name} is pure and calls {node.id}"
        if isinstance(node, ast.Attribute) and node.attr in ASKS_THE_CLOCK:
            yield f"{module.name} is pure and asks the clock: {node.attr}"


def _libraries(module: Module) -> Iterator[str]:
    for name in sorted(module.imports):
        rooms = LIBRARIES.get(name.partition(".")[0])
        if rooms is not None and module.room not in PURE and not _within(module.name, rooms):
            yield f"{module.name} imports {name}"


def _circles(found: list[Module]) -> list[str]:
    names = {module.name for module in found}
    graph = {module.name: module.imports & names - {module.name} for module in found}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [f"imports run in a circle: {' → '.join(error.args[1])}"]
    return []


def test_the_rules_hold() -> None:
    assert violations(ROOT) == []


def test_every_package_of_ours_has_its_rule() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {path.stem for path in ROOT.glob("*.py")}
    assert found - {"tests", "programmes"} <= ROOMS.keys()
    assert {"tracking", "portals", "outputs", "storage", "crawler", "policywatch", "scheduler"} <= found


@pytest.mark.parametrize(
    ("path", "source", "line"),
    [
        ("tracking/dates.py", "import storage.tables", "tracking.dates imports storage.tables"),
        ("tracking/dates.py", "from outputs import rss", "tracking.dates imports outputs.rss"),
        ("tracking/dates.py", "from . import text", "tracking.dates imports ."),
        ("outputs/text.py", "def late():\n    from storage import ledger", "outputs.text imports storage"),
        ("outputs/text.py", "import portals.page", "outputs.text imports portals.page"),
        ("storage/runs.py", "from policywatch.config import Config", "storage.runs imports policywatch.config"),
        ("storage/runs.py", "from portals.portal import Portal", "storage.runs imports portals.portal"),
        ("portals/page.py", "from storage.database import Database", "portals.page imports storage.database"),
        ("portals/page.py", "from crawler import visit", "portals.page imports crawler"),
        ("crawler/spider.py", "from storage.database import Database", "crawler.spider imports storage.database"),
        ("crawler/spider.py", "from outputs import sample", "crawler.spider imports outputs"),
        ("crawler/sink.py", "from policywatch import config", "crawler.sink imports policywatch"),
        ("portals/sites/cs.py", "import storage", "portals.sites.cs imports storage"),
        ("portals/sites/cs.py", "from portals.feeds import times", "portals.sites.cs imports portals.feeds"),
        ("portals/sites/cs.py", "import requests", "portals.sites.cs is pure and imports requests"),
        ("policywatch/app/x.py", "from policywatch.cli import new", "policywatch.app.x imports policywatch.cli"),
        ("policywatch/app/x.py", "import scrapy", "policywatch.app.x imports scrapy"),
        ("policywatch/app/x.py", "import scheduler", "policywatch.app.x imports scheduler"),
        ("policywatch/cli/x.py", "import sqlalchemy.orm", "policywatch.cli.x imports sqlalchemy.orm"),
        ("migrations/versions/0002_x.py", "import storage", "migrations.versions.0002_x imports storage"),
        ("policywatch/config.py", "from tracking import urls", "policywatch.config imports tracking"),
        ("policywatch/cli/new.py", "import scheduler", "policywatch.cli.new imports scheduler"),
        ("storage/runs.py", "from tests.storage import builders", "storage.runs imports tests.storage"),
        *(
            ("tracking/dates.py", f"import {name}", f"tracking.dates is pure and imports {name}")
            for name in ("os", "io", "sys", "pathlib", "socket", "sqlite3", "sqlalchemy", "scrapy", "twisted")
        ),
        *(
            ("portals/page.py", f"import {name}", f"portals.page is pure and imports {name}")
            for name in ("scrapy", "twisted.internet", "sqlalchemy", "socket", "os", "pathlib", "time", "logging")
        ),
        ("portals/page.py", "from io import StringIO", "portals.page is pure and imports io"),
        ("portals/page.py", "x = datetime.now(UTC)", "portals.page is pure and asks the clock: now"),
        ("portals/page.py", "open('x').read()", "portals.page is pure and calls open"),
        *(
            ("outputs/rss.py", f"import {name}", f"outputs.rss is pure and imports {name}")
            for name in ("time", "random", "logging", "urllib.request", "subprocess", "psycopg", "importlib")
        ),
        ("tracking/dates.py", "x = datetime.now(UTC)", "tracking.dates is pure and asks the clock: now"),
        ("outputs/rss.py", "clock = date.today", "outputs.rss is pure and asks the clock: today"),
        ("outputs/rss.py", "open('x').read()", "outputs.rss is pure and calls open"),
    ],
)
def test_what_breaks_a_rule_is_found(path: str, source: str, line: str, tmp_path: Path) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(source)
    (tmp_path / "outputs").mkdir(exist_ok=True)
    (tmp_path / "outputs" / "rss.py").touch()
    assert violations(tmp_path) == [line]


def test_a_circle_is_found_even_when_one_import_of_it_is_late(tmp_path: Path) -> None:
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage" / "a.py").write_text("from storage import b")
    (tmp_path / "storage" / "b.py").write_text("def late():\n    from storage.a import x")
    (line,) = violations(tmp_path)
    assert line.startswith("imports run in a circle: storage.")


def test_what_keeps_the_rules_is_let_be(tmp_path: Path) -> None:
    for folder in ("portals/sites", "crawler"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "portals" / "page.py").write_text("from io import BytesIO\nfrom lxml import etree")
    (tmp_path / "crawler" / "sink.py").write_text("from storage.recorder import record\nimport scrapy")
    (tmp_path / "portals" / "sites" / "cs.py").write_text(
        "import re\nfrom portals import page\nfrom portals.portal import Portal\nfrom tracking.text import clean"
    )
    assert violations(tmp_path) == []


def test_the_packages_themselves_are_empty() -> None:
    """Nothing is loaded by importing a package; the command line's is where people start."""
    for path in ROOT.glob("*/**/__init__.py"):
        if path.relative_to(ROOT).parts[0] in ROOMS and path.parent.name != "cli":
            assert [type(node) for node in ast.parse(path.read_text("utf-8")).body] == [ast.Expr], path


def test_looking_for_what_is_new_loads_nothing_slow() -> None:
    slow = "scrapy twisted lxml nh3 rich alembic sqlalchemy.orm opencc ahocorasick selectolax apscheduler zstandard"
    program = f"import sys, policywatch.cli.new; print(*[name for name in {slow.split()} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_reading_loads_neither_scrapy_nor_a_database() -> None:
    names = sorted(module.name for module in modules(ROOT) if module.room == "portals")
    program = f"import sys; [__import__(name) for name in {names}]; "
    program += "print(*[name for name in sys.modules if name.startswith(('scrapy', 'twisted', 'sqlalchemy'))])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

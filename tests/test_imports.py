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

_EDGES = {"crawler", "outputs", "storage", "tracking"}
# Which of our packages each of them may import, beside itself.
PACKAGES: dict[str, set[str]] = {
    "tracking": set(),
    "outputs": {"tracking"},
    "storage": {"tracking"},
    "crawler": {"tracking"},
    "policywatch": _EDGES,
    "scheduler": {"policywatch", *_EDGES},
    "web": {"policywatch", *_EDGES},
    "migrations": set(),
}
# What single modules may import beyond their package's rule, and what is all that they may import of ours.
MORE = {
    "crawler.extensions": {"storage"},
    "crawler.pipelines": {"storage"},
    "policywatch.cli.run": {"scheduler"},
    "migrations.env": {"storage"},  # for the alembic command, see tests/storage/test_migrations.py
}
ONLY = {
    "policywatch.config": set[str](),
    "crawler.spiders": {"tracking", "crawler.portal", "crawler.page", "crawler.families"},
    "crawler.families": {"tracking", "crawler.portal", "crawler.page", "crawler.families"},
}

# What pure code may import: computing only. A new name here is a decision, so that nothing slips in.
PURE = {"tracking", "outputs"}
COMPUTES = {
    *(
        "__future__",
        "ahocorasick",
        "bisect",
        "collections",
        "contextlib",
        "dataclasses",
        "datetime",
        "difflib",
        "email.utils",
    ),
    *("enum", "functools", "hashlib", "html", "itertools", "json", "lxml", "nh3", "opencc", "re", "selectolax"),
    *("statistics", "tomllib", "typing", "unicodedata", "urllib.parse", "w3lib"),
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
    def package(self) -> str:
        return self.name.partition(".")[0]


def modules(root: Path) -> list[Module]:
    paths = [*(path for package in PACKAGES for path in sorted(root.glob(f"{package}/**/*.py"))), *root.glob("*.py")]
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
                yield inner if inner in known else origin  # type: ignore[operator]


def _within(name: str, allowed: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


def violations(root: Path) -> list[str]:
    """What breaks the rules below `root`, a line each."""
    found = modules(root)
    lines = [line for module in found for rule in (_direction, _purity, _spider) for line in rule(module)]
    return lines + _circles(found)


def _direction(module: Module) -> Iterator[str]:
    for name in sorted(module.imports):
        ours = name.startswith(".") or _within(name, {*PACKAGES, "tests", "benchmarks", "scripts"})
        if ours and not _within(name, _allowed(module)):
            yield f"{module.name} imports {name}"


def _allowed(module: Module) -> set[str]:
    for place, names in ONLY.items():
        if _within(module.name, {place}):
            return names
    return {module.package} | PACKAGES.get(module.package, set()) | MORE.get(module.name, set())


def _purity(module: Module) -> Iterator[str]:
    if module.package not in PURE:
        return
    for name in sorted(module.imports):
        if not (name.startswith(".") or _within(name, COMPUTES | {*PACKAGES})):
            yield f"{module.name} is pure and imports {name}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and node.id in ASKS_THE_WORLD:
            yield f"{module.name} is pure and calls {node.id}"
        if isinstance(node, ast.Attribute) and node.attr in ASKS_THE_CLOCK:
            yield f"{module.name} is pure and asks the clock: {node.attr}"


def _spider(module: Module) -> Iterator[str]:
    if not module.name.startswith("crawler.spiders."):
        return
    for name in sorted(module.imports):
        if name.partition(".")[0] not in {"selectolax", *sys.stdlib_module_names, *PACKAGES}:
            yield f"{module.name} is a portal and imports {name}"


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
    assert found - {"tests", "programmes"} <= PACKAGES.keys()
    assert {"tracking", "outputs", "storage", "crawler", "policywatch", "scheduler"} <= found


@pytest.mark.parametrize(
    ("path", "source", "line"),
    [
        ("tracking/dates.py", "import storage.tables", "tracking.dates imports storage.tables"),
        ("tracking/dates.py", "from outputs import rss", "tracking.dates imports outputs.rss"),
        ("tracking/dates.py", "from . import text", "tracking.dates imports ."),
        ("outputs/text.py", "def late():\n    from storage import ledger", "outputs.text imports storage"),
        ("outputs/text.py", "import crawler.page", "outputs.text imports crawler.page"),
        ("storage/runs.py", "from policywatch.config import Config", "storage.runs imports policywatch.config"),
        ("storage/runs.py", "from crawler.portal import Portal", "storage.runs imports crawler.portal"),
        ("crawler/portal.py", "from storage.database import Database", "crawler.portal imports storage.database"),
        ("crawler/portal.py", "from outputs import sample", "crawler.portal imports outputs"),
        ("crawler/spiders/cs.py", "import storage", "crawler.spiders.cs imports storage"),
        ("crawler/spiders/cs.py", "from crawler.guard import target", "crawler.spiders.cs imports crawler.guard"),
        ("crawler/spiders/cs.py", "import requests", "crawler.spiders.cs is a portal and imports requests"),
        ("migrations/versions/0002_x.py", "import storage", "migrations.versions.0002_x imports storage"),
        ("policywatch/config.py", "from tracking import urls", "policywatch.config imports tracking"),
        ("policywatch/cli/new.py", "import scheduler", "policywatch.cli.new imports scheduler"),
        ("storage/runs.py", "from tests.storage import builders", "storage.runs imports tests.storage"),
        *(
            ("tracking/dates.py", f"import {name}", f"tracking.dates is pure and imports {name}")
            for name in ("os", "io", "sys", "pathlib", "socket", "sqlite3", "sqlalchemy", "scrapy", "twisted")
        ),
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
    (tmp_path / "crawler" / "spiders").mkdir(parents=True)
    (tmp_path / "crawler" / "page.py").touch()
    (tmp_path / "crawler" / "pipelines.py").write_text("from storage.archive import record\nimport scrapy")
    (tmp_path / "crawler" / "spiders" / "cs.py").write_text(
        "import re\nfrom crawler import page\nfrom crawler.portal import Portal\nfrom tracking.text import clean"
    )
    assert violations(tmp_path) == []


def test_the_packages_themselves_are_empty() -> None:
    """Nothing is loaded by importing a package; the command line's is where people start."""
    for path in ROOT.glob("*/**/__init__.py"):
        if path.relative_to(ROOT).parts[0] in PACKAGES and path.parent.name != "cli":
            assert [type(node) for node in ast.parse(path.read_text("utf-8")).body] == [ast.Expr], path


def test_looking_for_what_is_new_loads_nothing_slow() -> None:
    slow = "scrapy twisted lxml nh3 rich alembic sqlalchemy.orm opencc ahocorasick selectolax apscheduler zstandard"
    program = f"import sys, policywatch.cli.new; print(*[name for name in {slow.split()} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

"""What the outputs may import, and what the quick commands must not wait for."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

OUTPUTS = Path(__file__).parents[2] / "outputs"
SLOW = {"lxml", "nh3", "rich", "selectolax", "opencc", "ahocorasick", "sqlalchemy", "scrapy", "w3lib"}
IMPURE = {
    "os",
    "io",
    "pathlib",
    "socket",
    "subprocess",
    "urllib",
    "random",
    "time",
    "storage",
    "crawler",
    "policywatch",
}


@pytest.mark.parametrize("module", ["text", "markdown", "jsonlines"])
def test_what_new_prints_with_imports_nothing_slow(module: str) -> None:
    program = f"import sys, outputs.{module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=OUTPUTS.parent, capture_output=True, text=True, check=True
    )
    assert not SLOW & set(done.stdout.split())


@pytest.mark.parametrize("path", sorted(OUTPUTS.glob("*.py")), ids=lambda path: path.stem)
def test_the_outputs_are_pure(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not IMPURE & {name.partition(".")[0] for name in imported}
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & {"now", "utcnow", "today", "open", "environ"}

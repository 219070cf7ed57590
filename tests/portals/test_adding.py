"""A portal more is one file and one folder: the tour of CONTRIBUTING adds one to a copy of this checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "add_a_portal.py"


def tour(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), str(folder)], capture_output=True, text=True, timeout=110)


def pytest_in(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "tests/portals/test_fixtures.py", "-k", "example or match"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=110)


@pytest.mark.slow
def test_a_portal_more_touches_one_new_file_and_one_new_folder(tmp_path: Path) -> None:
    tmp_path = tmp_path / "copy"
    played = tour(tmp_path)
    assert played.returncode == 0, played.stdout + played.stderr
    _, _, change = played.stdout.rpartition("All of the change:")
    assert change.split() == ["portals/sites/example.py", "tests/portals/example/"]
    assert {path.name for path in (tmp_path / "tests/portals/example").iterdir()} == {"article", "block_page", "list"}
    # The copy's tests can fail: a rule that is wrong, and a folder without its portal.
    module = tmp_path / "portals/sites/example.py"
    module.write_text(module.read_text("utf-8").replace('drop=(".share",), ', ""), "utf-8")
    assert "example/article reads differently" in pytest_in(tmp_path).stdout
    module.unlink()
    assert pytest_in(tmp_path).returncode != 0

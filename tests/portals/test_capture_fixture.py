"""The script that makes fixtures writes what the generic test reads."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest
from portal_fixtures import EXPECTED, FOLDER, META, fixture, fixtures

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "capture_fixture.py"
SAVED = FOLDER / "sina" / "article" / "page.html"
ADDRESS = "https://finance.sina.com.cn/china/2026-11-20/doc-inxyzabc0000001.shtml"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script as a module that writes its fixtures elsewhere."""
    spec = importlib.util.spec_from_file_location("capture_fixture", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(sys, "path", list(sys.path))
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    return module


def run(script: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["capture_fixture.py", *arguments])
    script.main()


def test_a_saved_page_becomes_a_fixture(script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run(script, monkeypatch, ADDRESS, "--portal", "sina", "--case", "new", "--file", str(SAVED))
    folder = tmp_path / "sina" / "new"
    meta = json.loads((folder / META).read_text("utf-8"))
    assert (meta["address"], meta["kind"]) == (ADDRESS, "article")
    assert (folder / "page.html").read_bytes() == SAVED.read_bytes()
    expected = json.loads((folder / EXPECTED).read_text("utf-8"))
    assert expected["title"] == "北京发布数字经济年度清单 “一港三区”开工"


def test_a_fixture_is_never_written_over(script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sina" / "new").mkdir(parents=True)
    with pytest.raises(SystemExit, match="exists"):
        run(script, monkeypatch, ADDRESS, "--portal", "sina", "--case", "new", "--file", str(SAVED))


@pytest.mark.parametrize("arguments", [(), (ADDRESS,), (ADDRESS, "--portal", "sinna", "--case", "a")])
def test_it_says_what_it_needs(script: ModuleType, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit, match=r"needs ADDRESS, --case, and --portal with one of .*cs.*, sina"):
        run(script, monkeypatch, *arguments)


def test_redoing_an_expectation_that_still_holds_changes_no_byte(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (case,) = fixtures("sina", "article")
    # A copy: where the rules have changed, this test must not change what it is checked by.
    copy = fixture(shutil.copytree(case.folder, tmp_path / "sina" / "article"))
    monkeypatch.setattr(script, "fixtures", lambda portal, case: [copy])
    run(script, monkeypatch, "--redo", "--portal", "sina", "--case", "article")
    assert (copy.folder / EXPECTED).read_bytes() == (case.folder / EXPECTED).read_bytes()
    assert capsys.readouterr().out == "sina/article: as before\n"

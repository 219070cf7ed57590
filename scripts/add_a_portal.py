"""The tour of adding a portal: in a copy of this checkout a portal is written, fixtures are captured, its tests run.

    python scripts/add_a_portal.py [FOLDER]     the copy is made in FOLDER; by default in a temporary one

The site is invented, and served on this machine. Adding a portal changes nothing but one file and one folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from policywatch.demo.pages import Answer, Pages  # noqa: E402
from policywatch.demo.server import Site  # noqa: E402

NAME = "example"
MODULE = Path("portals/sites") / f"{NAME}.py"
FIXTURES = Path("tests/portals") / NAME
TEMPLATE = ROOT / "scripts" / "tour" / "example.py.txt"
# What a copy needs; no caches, no databases, no history.
_COPIED = (
    *("crawler", "migrations", "outputs", "policywatch", "portals", "programmes", "scripts", "storage", "tests"),
    "tracking",
)

_ARTICLE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>数字贸易港一期建成_示例网</title></head><body>
<ul class="nav"><li>首页</li><li>要闻</li></ul>
<h1>数字贸易港一期建成</h1><p><span class="time">2026年11月20日 08:05</span> <span class="source">示例社</span></p>
<div id="content"><p>　　数字贸易港一期20日建成，首批30家企业入驻。</p><div class="share">分享</div>
<p>　　下一步将推进二期建设。</p><p>（责任编辑：某某）</p></div>
<div class="footer">示例网版权所有</div></body></html>"""
_GONE = "<!DOCTYPE html><html><body><h1>访问验证</h1><p>请完成安全验证后继续访问。</p></body></html>"
_ROWS = [
    {"url": "/article/1001.html", "title": "数字贸易港一期建成", "time": "11-20 08:05"},
    {"url": "/topic/7.html", "title": "专题：数字经济", "time": "11-20 07:00"},
    {"url": "/article/1000.html", "title": "数字人民币试点扩围", "time": "11-19 21:30"},
]


def main() -> int:
    """Play the tour; the exit code of the portal's tests."""
    with _folder(sys.argv[1:]) as folder, Site() as site:
        site.publish(_pages())
        _say(f"A copy of this checkout is in {folder}, a small site at http://{site.host}.")
        _copy(folder)
        _say(f"1. One file, {MODULE}: the facts of the portal, and how a row and an article are read.")
        print(_write_module(folder, site.host))
        _say("2. Fixtures: a list, an article, and a page that must never become an article.")
        for case, path in (("list", "list/1.json"), ("article", "article/1001.html"), ("block_page", "article/9.html")):
            _run(folder, site.host, "scripts/capture_fixture.py", f"http://{site.host}/{path}", "--case", case)
        _say("What was read from the article, for a person to judge:")
        print((folder / FIXTURES / "article" / "expected.json").read_text("utf-8"))
        _say("3. The tests of all portals, the new one among them:")
        code = _tested(folder, site.host)
        _say("All of the change:" if code == 0 else "The tests fail. The change:")
        print(*(f"  {line}\n" for line in changed(folder)), sep="", end="")
    return code


@contextmanager
def _folder(arguments: list[str]) -> Iterator[Path]:
    if arguments:
        folder = Path(arguments[0])
        folder.mkdir(parents=True)
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="policywatch-tour-") as temporary:
        yield Path(temporary)


def _copy(folder: Path) -> None:
    unwanted = shutil.ignore_patterns("__pycache__", "*.sqlite*", ".*")
    for name in _COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in ("pyproject.toml", "scheduler.py"):
        shutil.copy2(ROOT / name, folder / name)


def _write_module(folder: Path, host: str) -> str:
    text = TEMPLATE.read_text("utf-8").replace("HOST_PATTERN", re.escape(host)).replace("HOST", host)
    (folder / MODULE).write_text(text, "utf-8")
    return text


def _pages() -> Pages:
    article, rows = (
        Answer(_ARTICLE.encode(), "text/html; charset=utf-8"),
        json.dumps({"rows": _ROWS}, ensure_ascii=False),
    )
    return Pages(
        {
            "/list/1.json": Answer(rows.encode(), "application/json; charset=utf-8"),
            "/article/1001.html": article,
            "/article/9.html": Answer(_GONE.encode(), "text/html; charset=utf-8"),
        },
        Answer(b"", "text/plain", 404),
    )


def _run(folder: Path, host: str, script: str, address: str, *rest: str) -> None:
    command = [sys.executable, script, address, "--portal", NAME, *rest]
    print(f"  $ python {' '.join(command[1:])}", flush=True)
    subprocess.run(command, cwd=folder, env=_environment(folder, host), check=True)


def _tested(folder: Path, host: str) -> int:
    tests = ["tests/portals/test_fixtures.py", "tests/portals/test_addresses.py"]
    command = [sys.executable, "-m", "pytest", *tests]
    return subprocess.run(command, cwd=folder, env=_environment(folder, host), check=False).returncode


def _environment(folder: Path, host: str) -> dict[str, str]:
    without_proxy = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    allowed = {"POLICYWATCH_CRAWLER__ALLOW_HOSTS": host, "POLICYWATCH_CRAWLER__DELAY": "0"}
    return without_proxy | allowed | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}


def changed(folder: Path) -> list[str]:
    """What is new or different in the copy: the names of files, and of new folders without the files in them."""
    there = {
        path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    other = {path for path in there if not _same(ROOT / path, folder / path)}
    return sorted({_outermost_new(path) for path in other})


def _same(left: Path, right: Path) -> bool:
    return left.is_file() and left.read_bytes() == right.read_bytes()


def _outermost_new(path: Path) -> str:
    new = [parent for parent in path.parents if not (ROOT / parent).exists()]
    return f"{new[-1]}/" if new else str(path)


def _say(text: str) -> None:
    print(f"\n{text}\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())

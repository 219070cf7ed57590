"""A crawl in a process of its own: what it writes, and how it ends."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

from policywatch.service import process
from tests.policywatch.service_builders import ROOT, python


def lines_of(code: str) -> tuple[int, list[str]]:
    """The exit code of a process, and its lines as they are handed on."""
    lines: list[str] = []

    async def work() -> int:
        child = await process.start(python(code), lines.append)
        return await child.ended()

    return asyncio.run(work()), lines


def test_what_a_crawl_writes_comes_line_by_line_without_what_a_terminal_obeys() -> None:
    code = r"os.write(1, b'one\x1b[2Jtwo\r\n\n\xe6\x95\xb0\xff\xe2\x80\xae\n'); os.write(2, b'last'); sys.exit(7)"
    assert lines_of(f"import os, sys; {code}") == (7, ["one[2Jtwo", "数\ufffd", "last"])


def test_a_line_without_end_is_handed_on_in_parts_and_does_not_stop_the_rest() -> None:
    _, lines = lines_of("print('x' * 3_000_000); print('after')")
    assert lines[-1] == "after"
    assert max(map(len, lines)) == 1000
    assert len(lines) > 10


def test_a_crawl_finds_this_program_wherever_it_is_started(tmp_path: Path) -> None:
    code = "import policywatch; print(policywatch.__file__)"
    done = subprocess.run(
        python(code), cwd=tmp_path, env=process.environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(ROOT / "policywatch" / "__init__.py")

"""Many at once at a database that is not there yet: SQLite does not wait while it switches to its log."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

from storage.database import DatabaseProblem, open_database


def _open(address: str) -> str | None:
    try:
        open_database(address).close()
    except DatabaseProblem as problem:
        return str(problem)
    return None


def test_six_that_open_a_new_database_at_the_same_moment_all_get_it(tmp_path: Path) -> None:
    addresses = [f"sqlite:///{tmp_path}/{number}.sqlite" for number in range(30) for _ in range(6)]
    with multiprocessing.get_context("spawn").Pool(6) as pool:
        assert [problem for problem in pool.map(_open, addresses, chunksize=1) if problem] == []

"""Many at once at a database that is not there yet: SQLite does not wait while it switches to its log."""

from __future__ import annotations

import multiprocessing
from multiprocessing.synchronize import Barrier
from pathlib import Path

from storage.database import DatabaseProblem, open_database

PROCESSES, DATABASES = 6, 40


def _open_all(folder: str, together: Barrier, said: multiprocessing.Queue[str]) -> None:
    problems = []
    for number in range(DATABASES):
        together.wait(60)
        try:
            open_database(f"sqlite:///{folder}/{number}.sqlite").close()
        except DatabaseProblem as problem:
            problems.append(str(problem))
    said.put("\n".join(problems))


def test_processes_that_open_a_new_database_at_the_same_moment_all_get_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    together, said = context.Barrier(PROCESSES), context.Queue()
    processes = [context.Process(target=_open_all, args=(str(tmp_path), together, said)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    assert [said.get(timeout=60) for _ in processes] == [""] * PROCESSES
    for process in processes:
        process.join()

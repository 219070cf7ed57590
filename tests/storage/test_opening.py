"""Many at once at a database that is not there yet: SQLite does not wait while it switches to its log."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
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


def test_migrations_of_somebody_else_in_the_working_directory_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "env.py").write_text("raise SystemExit('not yours')", "utf-8")
    command = [sys.executable, "-m", "policywatch", "db", "upgrade"]
    environment = os.environ | {"POLICYWATCH_DATABASE_URL": "sqlite:///here.sqlite"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")

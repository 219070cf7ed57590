"""Many at once at a database that is not there yet: SQLite does not wait while it switches to its log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from storage.database import open_database


def test_eight_that_open_a_new_database_at_the_same_moment_all_get_it(tmp_path: Path) -> None:
    addresses = [f"sqlite:///{tmp_path}/{number}.sqlite" for number in range(25) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for database in pool.map(open_database, addresses):
            database.close()

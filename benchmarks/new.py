"""The time of `policywatch new` on a ledger of a million events against `python -c "import click, sqlalchemy"`.

    python benchmarks/new.py [EVENTS] [ROUNDS]

It is measured for three readers: one that has read all events, one that has ten events to read, and one that has read
none. Each measurement is a process of its own, and they alternate: compare the ratios, not the milliseconds.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

MAX_RATIO = 1.5
_AT = datetime(2026, 11, 20, tzinfo=UTC)
_IMPORTS = (sys.executable, "-c", "import click, sqlalchemy")


def fill(address: str, events: int) -> None:
    """A ledger of this many untracked events, the last ten tracked."""
    from sqlalchemy import insert

    from storage import ledger, tables
    from storage.database import open_database

    database = open_database(address)
    rows = [
        {"seq": n, "kind": "article.new", "at": _AT, "portal": "sina", "tracked": n > events - 10}
        for n in range(1, events + 1)
    ]
    with database.write() as connection:
        for first in range(0, events, 50_000):
            connection.execute(insert(tables.events), rows[first : first + 50_000])
        ledger.move(connection, "up-to-date", events, _AT)
        ledger.move(connection, "ten-behind", events - 10, _AT)
    database.close()


def seconds(command: Sequence[str], environment: dict[str, str]) -> float:
    """How long a command takes, as a whole process."""
    begin = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main(events: int, rounds: int) -> None:
    """Print the ratio of the medians for each reader."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/ledger.sqlite"
        fill(address, events)
        environment = os.environ | {"POLICYWATCH_DATABASE_URL": address}
        program = str(Path(sys.executable).parent / "policywatch")
        commands = {
            reader: (program, "new", "--peek", "--as", reader) for reader in ("up-to-date", "ten-behind", "never")
        }
        times: dict[str, list[float]] = {name: [] for name in ("imports", *commands)}
        for _ in range(rounds + 1):
            times["imports"].append(seconds(_IMPORTS, environment))
            for reader, command in commands.items():
                times[reader].append(seconds(command, environment))
    base = statistics.median(times["imports"][1:])
    print(f"imports {base * 1000:.0f} ms")
    for reader in commands:
        median = statistics.median(times[reader][1:])
        print(f"new, {reader}: {median * 1000:.0f} ms, ratio {median / base:.2f} (bar {MAX_RATIO}), {events} events")


if __name__ == "__main__":
    main(*(int(number) for number in (*sys.argv[1:], *("1000000", "9")[len(sys.argv) - 1 :])))

"""The files that the tour writes: a database and a feed, in a folder that may hold other files as well."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tracking.errors import PolicywatchError

FEED_TITLE = "policywatch demo"

# A SQLite file can hold the number of the application that made it; by ours, the database of an earlier tour is
# recognized.
_MARK = b"pwDM"
# The position of that number in a SQLite file, and how many bytes of a file are read to recognize it.
_MARK_AT, _HEAD = 68, 2000


class DemoError(PolicywatchError):
    """The tour cannot be played here; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class Output:
    """The files of the tour."""

    #: The SQLite file.
    database: Path
    #: The RSS file.
    feed: Path
    #: The folder that the tour suggests for exported articles; the tour does not create it.
    articles: Path

    @property
    def address(self) -> str:
        """The database as POLICYWATCH_DATABASE_URL names it."""
        return f"sqlite:///{quote(str(self.database))}"


def prepare(folder: Path) -> Output:
    """Create the folder, and delete the files of an earlier tour; DemoError when other files have their names."""
    output = Output(folder / "demo.sqlite", folder / "demo.rss", folder / "articles")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in (output.database, output.feed):
            if path.exists() and not _is_ours(path):
                raise DemoError(
                    f"{path}: not made by this tour, so it is not replaced; name another folder with --folder"
                )
        _clear(output)
        _mark_as_ours(output.database)
    except FileExistsError:
        raise DemoError(f"{folder}: not a folder") from None
    except OSError as error:
        raise DemoError(f"{folder}: {error.strerror}") from error
    except sqlite3.Error as error:
        raise DemoError(f"{folder}: {error}") from error
    return output


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return head[_MARK_AT : _MARK_AT + len(_MARK)] == _MARK or f"<title>{FEED_TITLE}</title>".encode() in head


def _clear(output: Output) -> None:
    beside = [output.database.with_name(output.database.name + end) for end in ("-wal", "-shm", "-journal")]
    # SQLite's own files beside a database belong to the tour when the database does.
    for path in (*beside, output.database) if output.database.exists() else ():
        path.unlink(missing_ok=True)
    output.feed.unlink(missing_ok=True)


def _mark_as_ours(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"PRAGMA application_id={int.from_bytes(_MARK, 'big')}")

"""What the tour leaves behind: a database and a feed, in a folder that may hold other things too."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tracking.errors import PolicywatchError

FEED_TITLE = "policywatch demo"

# SQLite files have a number for the application that made them; by ours the database of an earlier tour is known.
_MARK = b"pwDM"
# The byte of a SQLite file at which that number stands, and the bytes of a file that are looked at.
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
    #: The folder into which the user may export articles; the tour does not make it.
    articles: Path

    @property
    def address(self) -> str:
        """The database as POLICYWATCH_DATABASE_URL names it."""
        return f"sqlite:///{quote(str(self.database))}"


def prepare(folder: Path) -> Output:
    """The place for the files, made empty of an earlier tour; DemoError when something else is there."""
    output = Output(folder / "demo.sqlite", folder / "demo.rss", folder / "articles")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in (output.database, output.feed):
            if path.exists() and not _is_ours(path):
                raise DemoError(f"{path}: not made by this tour, and left alone; name another folder with --folder")
        _clear(output)
        _sign(output.database)
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
    # What SQLite keeps beside a database is ours if the database is.
    for path in (*beside, output.database) if output.database.exists() else ():
        path.unlink(missing_ok=True)
    output.feed.unlink(missing_ok=True)


def _sign(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"PRAGMA application_id={int.from_bytes(_MARK, 'big')}")

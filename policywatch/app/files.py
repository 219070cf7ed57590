"""Writing files atomically: after a crash there is the old file or the new one, never a part of it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file with these bytes, and create missing folders; OSError when that cannot be done.

    An existing file or link at `path` is replaced. The new file has the usual permissions of new files.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, data, lambda handle: os.fchmod(handle, 0o666 & ~_umask()))


def replace_atomically(path: Path, data: bytes) -> None:
    """Replace the bytes of the file at `path`; OSError when that cannot be done.

    Its owner and permissions stay as they are, and nobody can read the new file who could not read the old one.
    """
    old = path.stat()

    def like_old(handle: int) -> None:
        with contextlib.suppress(OSError):  # only root may give a file away
            os.fchown(handle, old.st_uid, old.st_gid)
        os.fchmod(handle, old.st_mode & 0o7777)

    _replace(path, data, like_old)


def _replace(path: Path, data: bytes, prepare: Callable[[int], None]) -> None:
    """Write a temporary file beside `path`, let `prepare` set its permissions, and rename it to `path`."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".policywatch-")
    try:
        with os.fdopen(handle, "wb") as file:
            prepare(file.fileno())
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

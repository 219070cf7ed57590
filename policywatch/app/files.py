"""Writing files so that a crash leaves the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Put a file with these bytes at `path`, and make the folders that are missing; OSError when that cannot be done.

    A file that stands there is replaced, and so is a link. The new file has the permissions that new files have.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _put(path, data, lambda handle: os.fchmod(handle, 0o666 & ~_umask()))


def rewrite_whole(path: Path, data: bytes) -> None:
    """Replace the bytes of the file at `path`; OSError when that cannot be done.

    Its owner and its permissions stay as they are: at no moment more people may read the new file than the old one.
    """
    old = path.stat()

    def like_old(handle: int) -> None:
        with contextlib.suppress(OSError):  # only root may give a file away
            os.fchown(handle, old.st_uid, old.st_gid)
        os.fchmod(handle, old.st_mode & 0o7777)

    _put(path, data, like_old)


def _put(path: Path, data: bytes, prepare: Callable[[int], None]) -> None:
    """Write another file beside `path`, its permissions set by `prepare`, and then give it that name."""
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

"""Writes requirements.txt and requirements-dev.txt: every package that is needed, at one version."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

_BUILD = "# to install the project itself\neditables\nhatchling\n"
_COMMON = ("--quiet", "--no-header", "--no-annotate", "--strip-extras", "--no-emit-index-url", "--no-emit-find-links",
           "--no-emit-trusted-host", "--no-emit-options", "--allow-unsafe")  # fmt: skip
_HEAD = "# Every package at the version that was tested; `make pins` renews this from pyproject.toml.\n"


def main() -> None:
    """Pin the packages that policywatch needs, then those of the tests, at the same versions where both need one."""
    build = Path("requirements-build.in")
    build.write_text(_BUILD)
    try:
        _compile("requirements.txt", "pyproject.toml", str(build))
        _compile(
            "requirements-dev.txt",
            "--extra=dev",
            "--constraint=requirements.txt",
            "pyproject.toml",
            str(build),
        )
    finally:
        build.unlink()


def _compile(target: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "piptools", "compile", *_COMMON, "-o", target, *arguments], check=True)
    pins = re.findall(r"^[A-Za-z0-9][\w.-]*==.*$", Path(target).read_text(), re.MULTILINE)
    Path(target).write_text(_HEAD + "".join(f"{pin}\n" for pin in pins))


if __name__ == "__main__":
    main()

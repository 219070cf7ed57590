"""The catalogue of tracked programmes: from the files that policywatch ships, and from the user's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tracking.programmes import Programme, ProgrammeError, check_tree, load

# Beside this package in a checkout and in an installed wheel alike. Found by its place, not by import: an import would
# find a folder of that name in the working directory as well.
PACKAGED = Path(__file__).resolve().parents[2] / "programmes"


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or folder that cannot be used as it is; as a text, one line that names both."""

    #: The file or folder.
    path: Path
    #: What is wrong, without the path.
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The programmes that can be tracked, and what is wrong with the rest."""

    #: In the order of their keys; every parent that one of them names is among them.
    programmes: tuple[Programme, ...]
    #: In the order in which they were found.
    problems: tuple[Problem, ...]


def load_catalogue(extra: Path | None = None) -> Catalogue:
    """The packaged programmes and those of the folder `extra`; there a file of the same key replaces a packaged one.

    Never raises: a file or a folder that cannot be used is one of the problems.
    """
    found: dict[str, tuple[Path, Programme]] = {}
    problems: list[Problem] = []
    for folder in (PACKAGED,) if extra is None else (PACKAGED, extra):
        for path, programme in _read_folder(folder, problems):
            found[programme.key] = (path, programme)
    return Catalogue(_tree(found, problems), tuple(problems))


def _read_folder(folder: Path, problems: list[Problem]) -> Iterator[tuple[Path, Programme]]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        problems.append(Problem(folder, f"cannot be listed: {error.strerror}"))
        return
    for path in paths:
        try:
            yield path, load(path.read_text("utf-8-sig"), path.stem)
        except (OSError, UnicodeDecodeError, ProgrammeError) as error:
            problems.append(Problem(path, _reason(error)))


def _reason(error: OSError | UnicodeDecodeError | ProgrammeError) -> str:
    if isinstance(error, ProgrammeError):
        return error.reason
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8 (byte {error.start})"
    return f"cannot be read: {error.strerror}"


def _tree(found: dict[str, tuple[Path, Programme]], problems: list[Problem]) -> tuple[Programme, ...]:
    programmes = {key: programme for key, (_, programme) in sorted(found.items())}
    while (error := _fault(programmes)) is not None:
        # A programme whose parent is wrong is still tracked, without a parent.
        problems.append(Problem(found[error.key][0], f"{error.reason}; tracked without a parent"))
        programmes[error.key] = replace(programmes[error.key], parent=None)
    return tuple(programmes.values())


def _fault(programmes: dict[str, Programme]) -> ProgrammeError | None:
    try:
        check_tree(tuple(programmes.values()))
    except ProgrammeError as error:
        return error
    return None

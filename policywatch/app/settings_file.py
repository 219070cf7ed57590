"""Adds portals to policywatch.toml without changing what is there."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from policywatch.app.files import replace_atomically, write_atomically
from policywatch.errors import ConfigProblem
from tracking.urls import canonical

# Characters of a name that is made from a title or an address; with a number appended it still fits PORTAL_NAME.
_LONGEST_STEM = 56
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")

#: The settings of portals: by the name of the portal, each a table of texts.
Sections = Mapping[str, Mapping[str, str]]


def add(path: Path, portals: Sections) -> None:
    """Append a table for each of these portals to the settings file, which is created when it does not exist.

    ConfigProblem when the file cannot be read, or when with the tables appended it would not hold exactly its former
    settings and these portals; it is left unchanged then. OSError when it cannot be written.
    """
    path = path.resolve()  # so that a link is followed, not replaced
    try:
        old = path.read_bytes() if path.exists() else b""
        before, new = _tables(old), old + _appended(old, portals)
    except (OSError, ValueError) as error:
        raise ConfigProblem(f"{path}: {error}") from error
    if not _holds(new, before, portals):
        raise ConfigProblem(
            f"{path}: its settings of portals are written so that none can be appended; please add these by hand"
        )
    if path.exists():
        replace_atomically(path, new)
    else:
        write_atomically(path, new)


def name_for(title: str, address: str, taken: Collection[str]) -> str:
    """A name for a portal that is not among those `taken`: from its title when that is ASCII, else from its address.

    BadAddress when the address is not an address.
    """
    parts = urlsplit(canonical(address))
    host = (parts.hostname or "").removeprefix("www.")
    stems = (title if title.isascii() else "", host, host + parts.path)
    for stem in filter(None, map(_stem, stems)):
        if stem not in taken:
            return stem
    base = _stem(host) or "feed"
    return next(name for number in range(2, len(taken) + 3) if (name := f"{base}-{number}") not in taken)


def _stem(text: str) -> str:
    stem = _NOT_IN_NAMES.sub("-", text.lower()).strip("-")[:_LONGEST_STEM].rstrip("-")
    return stem if len(stem) > 1 else ""


# --- the file ---


def _tables(data: bytes) -> dict[str, Any]:
    return tomllib.loads(data.decode("utf-8-sig"))


def _holds(data: bytes, before: Mapping[str, Any], portals: Sections) -> bool:
    """Whether a file holds the settings that it held before, and those of these portals."""
    known = before.get("portals", {})
    try:
        return isinstance(known, dict) and _tables(data) == {**before, "portals": {**known, **portals}}
    except ValueError:
        return False


def _appended(old: bytes, portals: Sections) -> bytes:
    newline = "\r\n" if b"\r\n" in old else "\n"
    begin = [""] * bool(old) + [""] * (bool(old) and not old.endswith(b"\n"))
    lines = [line for name, settings in portals.items() for line in _table(name, settings)]
    return newline.join([*begin, *lines]).encode()


def _table(name: str, settings: Mapping[str, str]) -> Iterator[str]:
    yield f"[portals.{name}]"
    # A string in JSON is a string in TOML, except that TOML does not allow the character 7F.
    quoted = ((key, json.dumps(value, ensure_ascii=False)) for key, value in settings.items())
    yield from (f"{key} = {value}".replace("\x7f", "\\u007f") for key, value in quoted)
    yield ""

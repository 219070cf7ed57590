"""Every error of the project stands in one tree, which the docstring of policywatch.errors shows as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages

import pytest

import crawler
import outputs
import policywatch
import portals
import storage
import tracking
from policywatch import errors
from tracking.errors import PolicywatchError

PACKAGES = (tracking, portals, crawler, storage, outputs, policywatch)
# They do something when they are imported: one is the program, the other reads the configuration.
NOT_IMPORTED = {"policywatch.__main__", "policywatch.scrapy_project.settings"}
_LINE = re.compile(r"^(?P<indent> +)[*x] (?P<name>\w+) +(?P<text>\S.*(?:\n {30,}\S.*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """One line of the docstring's tree."""

    name: str
    depth: int
    text: str

    @property
    def module(self) -> str:
        place = self.text.partition(";")[0]
        return errors.__name__ if place == "here" else place.removesuffix(".py").replace("/", ".")


@pytest.fixture(scope="module")
def classes() -> dict[str, type[BaseException]]:
    """Every exception class of the project, by name."""
    for package in PACKAGES:
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            if found.name not in NOT_IMPORTED:
                import_module(found.name)
    ours = {package.__name__ for package in PACKAGES}
    return {kind.__name__: kind for kind in _below(BaseException) if kind.__module__.partition(".")[0] in ours}


def _below(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def entries() -> list[Entry]:
    """The lines of the tree, the root at depth 0."""
    assert errors.__doc__ is not None
    found = [(len(match["indent"]), match["name"], match["text"]) for match in _LINE.finditer(errors.__doc__)]
    top = found[0][0]
    return [Entry(name, (indent - top) // 2, " ".join(text.split())) for indent, name, text in found]


def parents() -> dict[str, str]:
    """The error under which each of the docstring's stands."""
    path: list[str] = []
    found: dict[str, str] = {}
    for entry in entries():
        path[entry.depth :] = [entry.name]
        if entry.depth:
            found[entry.name] = path[entry.depth - 1]
    return found


def test_the_tree_of_the_docstring_is_the_tree_of_the_classes(classes: dict[str, type[BaseException]]) -> None:
    real = {
        name: next(base.__name__ for base in kind.__mro__[1:] if issubclass(base, PolicywatchError))
        for name, kind in classes.items()
        if issubclass(kind, PolicywatchError) and kind is not PolicywatchError
    }
    assert parents() == real
    assert entries()[0].name == "PolicywatchError"


def test_every_error_is_where_the_docstring_says_and_is_a_value_error_where_it_says_so(
    classes: dict[str, type[BaseException]],
) -> None:
    above = parents()
    said = {entry.name: "ValueError" in entry.text for entry in entries()}
    for entry in entries():
        assert classes[entry.name].__module__ == entry.module, entry.name
        is_value_error = said[entry.name] or said.get(above.get(entry.name, ""), False)
        assert issubclass(classes[entry.name], ValueError) == is_value_error, entry.name


def test_attributes_that_the_docstring_names_are_there(classes: dict[str, type[BaseException]]) -> None:
    from portals.page import LayoutChanged
    from tracking.hosts import ForbiddenAddress
    from tracking.programmes import ProgrammeError

    made = (
        LayoutChanged("https://x.cn/1", "no title"),
        ForbiddenAddress("x.cn", "10.0.0.1", "private"),
        ProgrammeError("k", "no"),
    )
    texts = {entry.name: entry.text for entry in entries()}
    for error in made:
        named = re.findall(r": ([\w, ]+)", texts[type(error).__name__])
        assert named, type(error).__name__
        assert all(hasattr(error, name.strip()) for name in named[0].split(",")), named


def test_errors_outside_of_the_tree_are_scrapy_s_own_and_named(classes: dict[str, type[BaseException]]) -> None:
    from scrapy.exceptions import IgnoreRequest

    assert errors.__doc__ is not None
    outside = {name: kind for name, kind in classes.items() if not issubclass(kind, PolicywatchError)}
    named = [name for name in outside if not name.startswith("_")]
    assert all(name in errors.__doc__ and issubclass(outside[name], IgnoreRequest) for name in named), named

"""Reads programmes from TOML files, strictly, and checks the examples in them.

A file has a `name`, and optionally `aliases`, a `parent`, tables `[[alias]]` for names with rules, and `[examples]`
that must and must not match.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tracking.article import Content
from tracking.errors import PolicywatchError
from tracking.matching import LONGEST_CONTEXT, Matcher, Mention, Name, Programme
from tracking.text import fold

__all__ = ["Matcher", "Mention", "Name", "Programme", "ProgrammeError", "check_tree", "load"]

# The form of keys, which are used as file names and in addresses.
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class ProgrammeError(PolicywatchError, ValueError):
    """A programme file that breaks a rule; `str()` of it is one line."""

    def __init__(self, key: str, reason: str) -> None:
        """`key` is the programme, `reason` what is wrong with it."""
        super().__init__(f"{key}: {reason}")
        #: The key of the programme.
        self.key = key
        #: What is wrong with it, without the key.
        self.reason = reason


def load(text: str, key: str) -> Programme:
    """The programme with this key, from the text of its TOML file.

    ProgrammeError for a text that breaks a rule, or whose own examples fail.
    """
    table = _Table(key, _parsed(text, key))
    name = table.text("name")
    parent = table.optional_slug("parent")
    names = _names(name, table)
    examples = table.table("examples")
    match, no_match = examples.texts("match"), examples.texts("no_match")
    examples.end()
    table.end()
    programme = Programme(key, name, parent, names)
    _run_examples(programme, match, no_match)
    return programme


def check_tree(programmes: Sequence[Programme]) -> None:
    """ProgrammeError unless every key is unique, every parent exists, and no programme is its own ancestor."""
    for key, count in Counter(programme.key for programme in programmes).items():
        if count > 1:
            raise ProgrammeError(key, f"{count} programmes have this key")
    parents = {programme.key: programme.parent for programme in programmes}
    for programme in programmes:
        _check_ancestors(programme.key, parents)


def _check_ancestors(key: str, parents: dict[str, str | None]) -> None:
    """ProgrammeError when an ancestor of a programme does not exist, or is the programme itself."""
    path = [key]
    while (parent := parents[path[-1]]) is not None:
        if parent not in parents:
            raise ProgrammeError(path[-1], f"its parent {parent!r} is no programme")
        if parent in path:
            circle = " → ".join([*path[path.index(parent) :], parent])
            raise ProgrammeError(parent, f"its parents run in a circle: {circle}")
        path.append(parent)


def _parsed(text: str, key: str) -> dict[str, Any]:
    """The fields of a TOML text; ProgrammeError for an invalid text or key."""
    if not _SLUG.fullmatch(key):
        raise ProgrammeError(key, "a key is made of a-z, 0-9 and single hyphens")
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ProgrammeError(key, f"not TOML: {error}") from error


def _names(name: str, table: _Table) -> tuple[Name, ...]:
    """The names of a programme: its own, its aliases, and those with rules."""
    plain = [Name(text) for text in table.texts("aliases")]
    with_rules = [alias for alias_table in table.tables("alias") for alias in _names_with_rules(alias_table)]
    # The programme's name matches everywhere, unless an [[alias]] with the same text restricts it.
    own = [] if any(fold(alias.text).text == fold(name).text for alias in with_rules) else [Name(name)]
    names = (*own, *plain, *with_rules)
    _check_names(names, table.key)
    return names


def _names_with_rules(alias: _Table) -> list[Name]:
    """The names of one `[[alias]]` table, with the words that must or must not be near them."""
    texts = alias.text_or_texts("text")
    near, not_near = alias.texts("near"), alias.texts("not_near")
    within = alias.optional_count("within")
    alias.end()
    if not near and not not_near:
        raise ProgrammeError(alias.key, f"{texts[0]!r} has neither near nor not_near: it belongs in aliases")
    return [Name(text, near, not_near, within) for text in texts]


def _check_names(names: Iterable[Name], key: str) -> None:
    """ProgrammeError for names that are too short or occur twice."""
    known: dict[str, str] = {}
    for text in (name.text for name in names):
        folded = fold(text).text
        if len(folded) < 2:
            raise ProgrammeError(key, f"{text!r} is too short for a name")
        if folded in known:
            raise ProgrammeError(key, f"{text!r} is there twice, as {known[folded]!r} too")
        known[folded] = text


def _run_examples(programme: Programme, match: Iterable[str], no_match: Iterable[str]) -> None:
    """ProgrammeError for the first example that fails."""
    matcher = Matcher((programme,))
    for example in match:
        if not matcher.mentions(Content("", (example,))):
            raise ProgrammeError(programme.key, f"must match, but does not: {example!r}")
    for example in no_match:
        for mention in matcher.mentions(Content("", (example,))):
            raise ProgrammeError(programme.key, f"must not match, but {mention.quote!r} does: {example!r}")


class _Table:
    """A TOML table whose fields are taken out one by one and checked; a field left at the end is an error."""

    def __init__(self, key: str, fields: dict[str, Any], prefix: str = "") -> None:
        """`key` is that of the programme; error messages put `prefix` before the names of fields."""
        self.key = key
        self._fields = dict(fields)
        self._prefix = prefix

    def end(self) -> None:
        """ProgrammeError for a field that was not taken."""
        for field in self._fields:
            raise self._wrong(field, "is no known field")

    def text(self, field: str) -> str:
        """A required field that is a text."""
        if field not in self._fields:
            raise self._wrong(field, "is missing")
        return self._nonempty(field, self._fields.pop(field))

    def text_or_texts(self, field: str) -> tuple[str, ...]:
        """A required field that is a text or a list of texts."""
        return self.texts(field) if isinstance(self._fields.get(field), list) else (self.text(field),)

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts; () without the field."""
        if field not in self._fields:
            return ()
        listed = self._typed(field, list, "a list of texts")
        if not listed:
            raise self._wrong(field, "is empty")
        return tuple(self._nonempty(field, value) for value in listed)

    def optional_slug(self, field: str) -> str | None:
        """The key of another programme; None without the field."""
        if field not in self._fields:
            return None
        slug: str = self._typed(field, str, "a key")
        if not _SLUG.fullmatch(slug):
            raise self._wrong(field, "must be the key of a programme")
        if slug == self.key:
            raise self._wrong(field, "is the programme itself")
        return slug

    def optional_count(self, field: str) -> int | None:
        """A number of characters; None without the field."""
        if field not in self._fields:
            return None
        count: int = self._typed(field, int, "a number of characters")
        if not 0 < count <= LONGEST_CONTEXT:
            raise self._wrong(field, f"must lie between 1 and {LONGEST_CONTEXT}")
        return count

    def table(self, field: str) -> _Table:
        """A table; an empty one without the field."""
        fields = self._typed(field, dict, "a table") if field in self._fields else {}
        return _Table(self.key, fields, f"{field}.")

    def tables(self, field: str) -> Iterator[_Table]:
        """A list of tables; empty without the field."""
        listed = self._typed(field, list, f"tables, each under [[{field}]]") if field in self._fields else []
        for fields in listed:
            if type(fields) is not dict:
                raise self._wrong(field, f"must be tables, each under [[{field}]]")
            yield _Table(self.key, fields, f"{field}.")

    def _typed(self, field: str, kind: type, wanted: str) -> Any:
        """Take out a field that must be of this type; error messages call the type `wanted`."""
        value = self._fields.pop(field)
        if type(value) is not kind:
            raise self._wrong(field, f"must be {wanted}")
        return value

    def _nonempty(self, field: str, value: object) -> str:
        """A value that must be a text with visible characters."""
        if not isinstance(value, str):
            raise self._wrong(field, "must be text")
        if not fold(value).text:
            raise self._wrong(field, "holds an empty text")
        return value

    def _wrong(self, field: str, what: str) -> ProgrammeError:
        """The error for a field; `what` is wrong with it."""
        return ProgrammeError(self.key, f"{self._prefix}{field} {what}")

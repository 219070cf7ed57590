"""Programmes as their files state them, and the matcher that finds their mentions in an article."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import ahocorasick

from tracking.article import Content
from tracking.text import fold

_MOST_MENTIONS = 50  # of one programme in one article
_MOST_PLACES = 5000  # of one name that are looked at: a page that repeats it more often is no article
_MOST_SHORT_FORMS = 20
_REACH = 300  # characters of a sentence on either side of a hit
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class ProgrammeError(ValueError):
    """A programme that cannot be used; `key` and `reason` make its one line."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}")
        self.key = key
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Name:
    """What a programme is called, and which words must or must not stand near.

    Near is the same sentence, or `within` so many characters on either side (white space not counted).
    """

    text: str
    near: tuple[str, ...] = ()
    not_near: tuple[str, ...] = ()
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """A tracked policy programme; `parent` is the key of the plan that it belongs to."""

    key: str
    name: str
    parent: str | None
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a programme stands: paragraph 0 is the title, `quote` is its text[start:end], as printed."""

    programme: str
    paragraph: int
    start: int
    end: int
    quote: str
    sentence: str


# --- reading ---------------------------------------------------------------------------------------------


def load(text: str, key: str) -> Programme:
    """The programme of one TOML text whose own examples hold; ProgrammeError with the reason otherwise."""
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
    """Nothing when every key is unique, every parent known and none its own ancestor; else ProgrammeError."""
    for key, count in Counter(programme.key for programme in programmes).items():
        if count > 1:
            raise ProgrammeError(key, f"{count} programmes have this key")
    parents = {programme.key: programme.parent for programme in programmes}
    for programme in programmes:
        _check_line(programme.key, parents)


def _check_line(key: str, parents: dict[str, str | None]) -> None:
    line = [key]
    while (parent := parents[line[-1]]) is not None:
        if parent not in parents:
            raise ProgrammeError(line[-1], f"its parent {parent!r} is no programme")
        if parent in line:
            raise ProgrammeError(key, "its parents run in a circle: " + " → ".join([*line, parent]))
        line.append(parent)


def _parsed(text: str, key: str) -> dict[str, Any]:
    if not _SLUG.fullmatch(key):
        raise ProgrammeError(key, "a key is made of a-z, 0-9 and single hyphens")
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ProgrammeError(key, f"not TOML: {error}") from error


def _names(name: str, table: _Table) -> tuple[Name, ...]:
    plain = [Name(text) for text in table.texts("aliases")]
    ruled = [_ruled(alias) for alias in table.tables("alias")]
    # The name counts as it stands, unless an [[alias]] of the same text says where.
    own = [] if any(fold(alias.text).text == fold(name).text for alias in ruled) else [Name(name)]
    names = (*own, *plain, *ruled)
    first: dict[str, str] = {}
    for one in names:
        folded = fold(one.text).text
        if len(folded) < 2:
            raise ProgrammeError(table.key, f"{one.text!r} is too short for a name")
        if folded in first:
            raise ProgrammeError(table.key, f"{one.text!r} is already there as {first[folded]!r}")
        first[folded] = one.text
    return names


def _ruled(alias: _Table) -> Name:
    name = Name(
        alias.text("text"), alias.texts("near"), alias.texts("not_near"), alias.optional_count("within")
    )
    alias.end()
    if not name.near and not name.not_near:
        reason = f"{name.text!r} has neither near nor not_near: it belongs in aliases"
        raise ProgrammeError(alias.key, reason)
    return name


def _run_examples(programme: Programme, match: Iterable[str], no_match: Iterable[str]) -> None:
    matcher = Matcher((programme,))
    for example in match:
        if not matcher.mentions(Content("", (example,))):
            raise ProgrammeError(programme.key, f"must match, but does not: {example!r}")
    for example in no_match:
        for mention in matcher.mentions(Content("", (example,))):
            raise ProgrammeError(programme.key, f"must not match, but {mention.quote!r} does: {example!r}")


class _Table:
    """A TOML table whose fields are taken one by one, each of one type; what is left at the end is unknown."""

    def __init__(self, key: str, fields: dict[str, Any], prefix: str = "") -> None:
        self.key = key
        self._fields = dict(fields)
        self._prefix = prefix

    def end(self) -> None:
        for field in self._fields:
            raise self._wrong(field, "is no known field")

    def text(self, field: str) -> str:
        if field not in self._fields:
            raise self._wrong(field, "is missing")
        return self._spoken(field, self._fields.pop(field))

    def texts(self, field: str) -> tuple[str, ...]:
        if field not in self._fields:
            return ()
        listed = self._typed(field, list, "a list of texts")
        if not listed:
            raise self._wrong(field, "is empty")
        return tuple(self._spoken(field, value) for value in listed)

    def optional_slug(self, field: str) -> str | None:
        if field not in self._fields:
            return None
        slug: str = self._typed(field, str, "a key")
        if not _SLUG.fullmatch(slug):
            raise self._wrong(field, "must be the key of a programme")
        if slug == self.key:
            raise self._wrong(field, "is the programme itself")
        return slug

    def optional_count(self, field: str) -> int | None:
        if field not in self._fields:
            return None
        count: int = self._typed(field, int, "a number of characters")
        if not 0 < count <= _REACH:
            raise self._wrong(field, f"must lie between 1 and {_REACH}")
        return count

    def table(self, field: str) -> _Table:
        fields = self._typed(field, dict, "a table") if field in self._fields else {}
        return _Table(self.key, fields, f"{field}.")

    def tables(self, field: str) -> Iterator[_Table]:
        listed = self._typed(field, list, f"tables, each under [[{field}]]") if field in self._fields else []
        for fields in listed:
            if type(fields) is not dict:
                raise self._wrong(field, f"must be tables, each under [[{field}]]")
            yield _Table(self.key, fields, f"{field}.")

    def _typed(self, field: str, kind: type, wanted: str) -> Any:
        value = self._fields.pop(field)
        if type(value) is not kind:
            raise self._wrong(field, f"must be {wanted}")
        return value

    def _spoken(self, field: str, value: object) -> str:
        if not isinstance(value, str):
            raise self._wrong(field, "must be text")
        if not fold(value).text:
            raise self._wrong(field, "holds an empty text")
        return value

    def _wrong(self, field: str, what: str) -> ProgrammeError:
        return ProgrammeError(self.key, f"{self._prefix}{field} {what}")


# --- matching --------------------------------------------------------------------------------------------

_Hit = tuple[int, int]  # start and end in the folded text of an article
_Places = dict[str, list[int]]  # where each word of the automaton starts, in order
_Hits = dict[str, list[_Hit]]  # by programme


class Matcher:
    """Finds all programmes in an article at once; built once, used for many."""

    def __init__(self, programmes: Iterable[Programme]) -> None:
        self._names: dict[str, list[tuple[str, Name]]] = defaultdict(list)
        for programme in programmes:
            for name in map(_folded, programme.names):
                self._names[name.text].append((programme.key, name))
        self._automaton = _automaton(name for names in self._names.values() for _, name in names)

    def mentions(self, content: Content) -> tuple[Mention, ...]:
        """Every mention in reading order; of one programme the first 50, and never one inside another."""
        text = _Text(content)
        hits = self._hits(text)
        if not hits:
            return ()
        _add_short_forms(text, hits)
        chosen = [(hit, key) for key, places in hits.items() for hit in _longest(places)[:_MOST_MENTIONS]]
        return tuple(text.mention(key, hit) for hit, key in sorted(chosen))

    def _hits(self, text: _Text) -> _Hits:
        places = self._places(text.folded)
        hits: _Hits = defaultdict(list)
        for word in places.keys() & self._names.keys():
            alone = [hit for hit in _spans(word, places[word]) if text.stands_alone(hit)]
            for key, name in self._names[word]:
                hits[key] += [hit for hit in alone if _rules_hold(text, name, hit, places)]
        return {key: found for key, found in hits.items() if found}

    def _places(self, folded: str) -> _Places:
        places: _Places = defaultdict(list)
        if self._automaton is None:
            return places
        for last, word in self._automaton.iter(folded):
            starts = places[word]
            if len(starts) < _MOST_PLACES:
                starts.append(last - len(word) + 1)
        return places


def _folded(name: Name) -> Name:
    near, not_near = (tuple(fold(word).text for word in words) for words in (name.near, name.not_near))
    return Name(fold(name.text).text, near, not_near, name.within)


def _automaton(names: Iterable[Name]) -> Any:
    words = {word for name in names for word in (name.text, *name.near, *name.not_near)}
    if not words:
        return None
    automaton = ahocorasick.Automaton()
    for word in words:
        automaton.add_word(word, word)
    automaton.make_automaton()
    return automaton


class _Text:
    """An article folded into one line, with a line end, which folding removes, between its paragraphs."""

    def __init__(self, content: Content) -> None:
        self._paragraphs = [fold(text) for text in (content.title, *content.paragraphs)]
        self.folded = "\n".join(paragraph.text for paragraph in self._paragraphs)
        self._starts = [0, *accumulate(len(paragraph.text) + 1 for paragraph in self._paragraphs)]

    def stands_alone(self, hit: _Hit) -> bool:
        """Whether no ASCII letter or digit of the hit goes on in one outside, white space being an end."""
        return not any(self._meet(at) for at in hit)

    def mention(self, programme: str, hit: _Hit) -> Mention:
        number, start, end = self._place(hit)
        text = self._paragraphs[number].original
        first, last = _sentence(text, (start, end))
        return Mention(programme, number, start, end, text[start:end], text[first:last].strip())

    def _meet(self, at: int) -> bool:
        pair = self.folded[max(at - 1, 0) : at + 1]
        if len(pair) < 2 or not pair.isascii() or not pair.isalnum():
            return False
        number, start, end = self._place((at - 1, at + 1))
        return not any(map(str.isspace, self._paragraphs[number].original[start:end]))

    def _place(self, hit: _Hit) -> tuple[int, int, int]:
        number = bisect_right(self._starts, hit[0]) - 1
        offset = self._starts[number]
        return number, *self._paragraphs[number].span(hit[0] - offset, hit[1] - offset)


def _spans(word: str, starts: Iterable[int]) -> Iterator[_Hit]:
    return ((start, start + len(word)) for start in starts)


def _rules_hold(text: _Text, name: Name, hit: _Hit, places: _Places) -> bool:
    if not name.near and not name.not_near:
        return True
    first, last = _neighbourhood(text.folded, hit, name.within)
    wanted, unwanted = (
        any(_stands(word, places, first, last) for word in words) for words in (name.near, name.not_near)
    )
    return not unwanted and (wanted or not name.near)


def _neighbourhood(folded: str, hit: _Hit, within: int | None) -> _Hit:
    if within is None:
        return _sentence(folded, hit)
    # A paragraph ends what is near, however many characters are left.
    first = folded.rfind("\n", max(hit[0] - within, 0), hit[0]) + 1
    last = folded.find("\n", hit[1], hit[1] + within)
    return max(first, hit[0] - within, 0), hit[1] + within if last < 0 else last


def _stands(word: str, places: _Places, first: int, last: int) -> bool:
    starts = places.get(word, [])
    following = bisect_left(starts, first)
    return following < len(starts) and starts[following] + len(word) <= last


def _longest(hits: Iterable[_Hit]) -> list[_Hit]:
    taken: set[int] = set()
    chosen = []
    for start, end in sorted(hits, key=lambda hit: (hit[0] - hit[1], hit[0])):
        # Whatever was taken before is at least as long, so that it covers an end of this one or misses it.
        if start not in taken and end - 1 not in taken:
            taken.update(range(start, end))
            chosen.append((start, end))
    return sorted(chosen)


_STOPS = "。！？!?；;｡\n"
_CLOSING = "”’」』）)》〉】]］"
_EITHER = "\"'"


def _sentence(text: str, hit: _Hit) -> _Hit:
    """Where the sentence around a hit stands, closing quotation marks with it; cut far from the hit."""
    floor, ceiling = max(hit[0] - _REACH, 0), min(hit[1] + _REACH, len(text))
    first = max(floor, *(text.rfind(stop, floor, hit[0]) + 1 for stop in _STOPS))
    while first < hit[0] and _closes(text, first):
        first += 1
    last = min((at + 1 for stop in _STOPS if (at := text.find(stop, hit[1], ceiling)) >= 0), default=ceiling)
    while last < ceiling and (text[last] in _STOPS or _closes(text, last)):
        last += 1
    return first, last


def _closes(text: str, at: int) -> bool:
    mark = text[at]
    return mark in _CLOSING or (mark in _EITHER and text.count(mark, 0, at) % 2 == 1)


# --- short forms that an article defines: NAME（以下简称“X”） ----------------------------------------------

_DEFINITION = re.compile(r"\([^()\n]{0,60}?(?:以下简称|以下统称|以下称|下称|简称)[为作]?:?([^()\n]{2,60})\)")
_QUOTED = re.compile(r'"([^"]+)"')
_BARE = re.compile(r"[^,;、。\"]+")
_TITLE = 200  # characters of the longest title of a document
# After these a word begins: 根据方案, but not 解决方案.
_LEADING = "据照按该本在从由对将"


@dataclass(frozen=True, slots=True)
class _Antecedent:
    """What stands before the bracket: a title from `first` on, or else a name that ends at `end` or later."""

    first: int
    end: int
    last: int
    is_title: bool

    def is_named_by(self, hit: _Hit) -> bool:
        return self.first <= hit[0] and self.end <= hit[1] <= self.last


def _add_short_forms(text: _Text, hits: _Hits) -> None:
    defined: list[tuple[str, _Hit]] = []
    for number, definition in enumerate(_DEFINITION.finditer(text.folded)):
        if number == _MOST_SHORT_FORMS:
            break
        antecedent = _antecedent(text.folded, definition.start())
        keys = [key for key, found in hits.items() if any(map(antecedent.is_named_by, found))]
        if keys:
            occurrences = list(_occurrences(text, definition, antecedent))
            defined += [(key, hit) for key in keys for hit in occurrences]
    for key, hit in defined:
        hits[key].append(hit)


def _antecedent(folded: str, bracket: int) -> _Antecedent:
    last = bracket
    if folded[last - 1 : last] == ")":  # 《…》（征求意见稿）（以下简称…）
        last = max(folded.rfind("(", max(last - 24, 0), last), 0)
    end = last
    while folded[end - 1 : end] in ('"', "”"):
        end -= 1
    if folded[end - 1 : end] == "》":
        return _Antecedent(_title_start(folded, end), 0, last, True)
    return _Antecedent(0, end, last, False)


def _title_start(folded: str, end: int) -> int:
    depth = 0
    for at in range(end - 1, max(end - _TITLE, 0) - 1, -1):
        depth += (folded[at] == "》") - (folded[at] == "《")
        if depth == 0:
            return at
    return end


def _occurrences(text: _Text, definition: re.Match[str], antecedent: _Antecedent) -> Iterator[_Hit]:
    for word in _short_forms(definition.group(1)):
        # The short form of a document's title is an everyday word: it must begin where a word begins.
        everyday = antecedent.is_title and not word.startswith("《")
        for hit in _spans(word, _finds(text.folded, word, definition.end())):
            if text.stands_alone(hit) and not (everyday and _continues(text.folded, hit[0])):
                yield hit


def _short_forms(said: str) -> list[str]:
    words = _QUOTED.findall(said) or _BARE.findall(said)[:1]
    return [word for word in words if 2 <= len(word.strip("《》")) <= 30]


def _finds(folded: str, word: str, start: int) -> Iterator[int]:
    for _ in range(_MOST_PLACES):
        start = folded.find(word, start)
        if start < 0:
            return
        yield start
        start += len(word)


def _continues(folded: str, at: int) -> bool:
    before = folded[at - 1]
    return before.isalnum() and before not in _LEADING

"""What a page says of itself, to machines: its title element, its metas and its linked data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborNode

from tracking.text import clean, clean_title

# Scripts with linked data that are read, and the characters of one.
_MOST_SCRIPTS, _LONGEST_SCRIPT = 8, 100_000


class Claims:
    """The claims of a page; none of them is sure."""

    def __init__(self, whole: LexborNode) -> None:
        self.titles = [clean_title(node.text()) for node in whole.css("title")]
        self._metas = _metas(whole)
        scripts = whole.css('script[type="application/ld+json"]')[:_MOST_SCRIPTS]
        self._objects = [found for script in scripts for found in _objects_in(script.text())]

    def metas(self, *names: str) -> tuple[str, ...]:
        """What the metas of these names say, in the order of the names."""
        return tuple(value for name in names for value in self._metas.get(name, ()))

    def linked(self, *names: str) -> tuple[str, ...]:
        """The texts that linked data has under these names, in the order of the names."""
        return tuple(text for name in names for found in self._objects for text in _texts_in(found.get(name)))


def _metas(whole: LexborNode) -> dict[str, list[str]]:
    """By name, in small letters and without blanks: portals write "og: time " as well."""
    found: dict[str, list[str]] = {}
    for meta in whole.css("meta[content]"):
        attributes = meta.attributes
        content = attributes["content"]
        names = {attributes.get(kind) for kind in ("name", "property", "itemprop")}
        if content and (value := clean(content)):
            for name in filter(None, names):
                found.setdefault("".join(name.split()).lower(), []).append(value)
    return found


def _objects_in(script: str) -> list[dict[str, Any]]:
    """The objects of linked data in a script; none where it is broken."""
    try:
        data = json.loads(script[:_LONGEST_SCRIPT], strict=False)
    except (ValueError, RecursionError):
        return []
    graph = data.get("@graph") if isinstance(data, dict) else None
    return [found for found in (*_listed(data), *_listed(graph)) if isinstance(found, dict)]


def _texts_in(value: Any) -> Iterator[str]:
    """The texts of a value of linked data: a person is an object with a name, and there may be several."""
    for one in _listed(value):
        text = one.get("name") if isinstance(one, dict) else one
        if isinstance(text, str) and text:
            yield text


def _listed(value: Any) -> list[Any]:
    """A value as a list: linked data writes one thing alone."""
    return value if isinstance(value, list) else [value]

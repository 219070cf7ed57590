"""The metadata of a page: its title element, meta elements and linked data (JSON-LD)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborNode

from tracking.text import clean, clean_title

# Scripts with linked data that are read, and characters of one.
_MAX_SCRIPTS, _LONGEST_SCRIPT = 8, 100_000


class Metadata:
    """The metadata of a page, which may be wrong."""

    def __init__(self, root: LexborNode) -> None:
        #: The texts of the title elements.
        self.titles = [clean_title(node.text()) for node in root.css("title")]
        self._metas = _metas(root)
        scripts = root.css('script[type="application/ld+json"]')[:_MAX_SCRIPTS]
        self._objects = [object_ for script in scripts for object_ in _objects_in(script.text())]

    def metas(self, *names: str) -> tuple[str, ...]:
        """The contents of the meta elements with these names, in the order of the names."""
        return tuple(value for name in names for value in self._metas.get(name, ()))

    def linked_data(self, *names: str) -> tuple[str, ...]:
        """The texts of these fields of linked data, in the order of the names."""
        return tuple(text for name in names for object_ in self._objects for text in _texts_in(object_.get(name)))


def _metas(root: LexborNode) -> dict[str, list[str]]:
    """The contents of meta elements by name, in lower case and without blanks: some sites write "og: time "."""
    contents: dict[str, list[str]] = {}
    for meta in root.css("meta[content]"):
        attributes = meta.attributes
        content = attributes["content"]
        names = {attributes.get(kind) for kind in ("name", "property", "itemprop")}
        if content and (value := clean(content)):
            for name in filter(None, names):
                contents.setdefault("".join(name.split()).lower(), []).append(value)
    return contents


def _objects_in(script: str) -> list[dict[str, Any]]:
    """The objects of linked data in a script; [] for invalid JSON."""
    try:
        data = json.loads(script[:_LONGEST_SCRIPT], strict=False)
    except (ValueError, RecursionError):
        return []
    graph = data.get("@graph") if isinstance(data, dict) else None
    return [item for item in (*_as_list(data), *_as_list(graph)) if isinstance(item, dict)]


def _texts_in(value: Any) -> Iterator[str]:
    """The texts of a value of linked data: of each text or object with a name, such as a person."""
    for item in _as_list(value):
        text = item.get("name") if isinstance(item, dict) else item
        if isinstance(text, str) and text:
            yield text


def _as_list(value: Any) -> list[Any]:
    """A value as a list: linked data writes a list of one item as the item."""
    return value if isinstance(value, list) else [value]

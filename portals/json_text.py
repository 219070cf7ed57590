"""Reads JSON values: of JSON texts, of JSONP, and assigned to a variable in a script."""

from __future__ import annotations

import json
import re
from typing import Any

_CALL = re.compile(r"\s*(?:/\*.*?\*/\s*)?(?:try\s*\{\s*)?[\w$.]+\s*\(\s*", re.DOTALL | re.ASCII)
_CALL_END = re.compile(r"\s*\)\s*;?\s*(?:\}\s*catch\s*\(\s*\w+\s*\)\s*\{\s*\}\s*;?\s*)?", re.ASCII)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(text: str) -> Any:
    """The value of a JSON or JSONP text; ValueError or RecursionError for anything else."""
    call = _CALL.match(text)
    if call is None:
        return _without_surrogates(_decoder.decode(text), text)
    value, end = _decoder.raw_decode(text, call.end())
    if _CALL_END.fullmatch(text, end) is None:
        raise ValueError(f"the call {call.group()[:40]!r} does not end after its value")
    return _without_surrogates(value, text)


def assigned_in(text: str, name: str) -> Any:
    """The value that a script assigns to `name`; ValueError without one, RecursionError for extreme nesting."""
    # The name comes first: a pattern that begins with a look-behind would be tried at every character.
    matches = re.finditer(
        rf"{re.escape(name)}(?<![\w$]{re.escape(name)})\s{{0,99}}=\s{{0,99}}(?=[\[{{])", text, re.ASCII
    )
    begin = next((match for match in matches if _is_variable(text, match.start())), None)
    if begin is None:
        raise ValueError(f"nothing is assigned to {name}")
    value, _ = _decoder.raw_decode(text, begin.end())
    return _without_surrogates(value, text)


def _is_variable(text: str, at: int) -> bool:
    """Whether the name at an offset is a variable, and not a field of another object than `window`."""
    return not text.endswith(".", 0, at) or text.endswith("window.", 0, at)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_no_constant)


def _without_surrogates(value: Any, text: str) -> Any:
    """A value with ? for lone surrogates, which JSON allows, but which no database accepts."""
    if _SURROGATE.search(text) is None:
        return value
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))

"""Values in JSON, in JSONP and in scripts that assign one."""

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
        return _whole(_decoder.decode(text), text)
    value, end = _decoder.raw_decode(text, call.end())
    if _CALL_END.fullmatch(text, end) is None:
        raise ValueError(f"the call {call.group()[:40]!r} does not end after its value")
    return _whole(value, text)


def assigned_in(text: str, name: str) -> Any:
    """The value that a script assigns to `name`; ValueError when there is none, RecursionError for a bomb."""
    # The name first: a pattern that begins with a look behind tries at every character.
    found = re.finditer(rf"{re.escape(name)}(?<![\w$]{re.escape(name)})\s{{0,99}}=\s{{0,99}}(?=[\[{{])", text, re.ASCII)
    begin = next((match for match in found if _is_variable(text, match.start())), None)
    if begin is None:
        raise ValueError(f"nothing is assigned to {name}")
    value, _ = _decoder.raw_decode(text, begin.end())
    return _whole(value, text)


def _is_variable(text: str, at: int) -> bool:
    """Whether what stands at `at` is a variable, and not a field of something else."""
    return not text.endswith(".", 0, at) or text.endswith("window.", 0, at)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_no_constant)


def _whole(value: Any, text: str) -> Any:
    """A value without halves of characters, which neither a database nor a terminal takes."""
    # "\ud800" alone is legal JSON and no text: neither a database nor a terminal takes half a character.
    if _SURROGATE.search(text) is None:
        return value
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))

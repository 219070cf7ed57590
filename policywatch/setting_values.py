"""Converts and checks the values of settings, from the file or from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_origin

from policywatch.errors import ConfigProblem

#: The smallest value of each number, by the name of its setting, in the unit of the setting (see config.py).
MINIMUM = {
    "delay": 0,
    "concurrency": 1,
    "timeout": 1,
    "time_limit": 1,
    "max_bytes": 1000,
    "first_pages": 1,
    "max_pages": 1,
    "rechecks": 0,
    "broken_after": 1,
    "withdrawn_checks": 1,
    "withdrawn_hours": 0,
    "interval": 0.01,
    "jitter": 0,
    "grace": 0,
    "at_once": 1,
    "items": 1,
}

# Larger numbers of seconds, bytes or pages are mistakes, and would overflow times.
_TOO_LARGE = 1e12
_NAMES_OF_NUMBERS = {int: "whole number", float: "number"}
# Characters of a wrong value that are shown.
_SHOWN = 40


def setting_value(value: Any, wanted: Any, name: str, where: str) -> Any:
    """The value of the setting `name`, converted to the type `wanted`; ConfigProblem when it cannot be.

    `value` comes from a TOML file, or is a text from the environment; `where` names its place to the user.
    """
    if wanted is str:
        return _text(value, where)
    if wanted is bool:
        return _bool(value, where)
    if wanted == float | None:
        wanted = float
    if wanted in (int, float):
        return _number(value, wanted, name, where)
    if get_origin(wanted) is Mapping:
        return _minutes(value, where)
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ConfigProblem(f"{where}: must be a list of texts")
    texts = (_text(item, where).strip() for item in items)
    return tuple(text for text in texts if text)


def _minutes(value: Any, where: str) -> dict[str, float]:
    """Portals and their intervals: a table, or text of the form sina=15,cs=60."""
    if isinstance(value, str):
        pairs = [item.partition("=")[::2] for item in value.split(",") if item.strip()]
        value = {portal.strip(): minutes for portal, minutes in pairs}
    if not isinstance(value, dict):
        raise ConfigProblem(f"{where}: must be portals with their minutes, such as sina = 15")
    return {
        portal: float(_number(minutes, float, "interval", f"{where}.{portal}")) for portal, minutes in value.items()
    }


def _bool(value: Any, where: str) -> bool:
    if isinstance(value, bool):
        return value
    if value not in ("true", "false"):
        raise ConfigProblem(f"{where}: must be true or false")
    return bool(value == "true")


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise ConfigProblem(f"{where}: must be a text")
    return value


def _number(value: Any, wanted: type[int] | type[float], name: str, where: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ConfigProblem(f"{where}: must be a number")
    try:
        number = wanted(value)
    except (ValueError, OverflowError):
        raise ConfigProblem(f"{where}: {_short(value)} is not a {_NAMES_OF_NUMBERS[wanted]}") from None
    if not MINIMUM[name] <= number < _TOO_LARGE:
        raise ConfigProblem(f"{where}: {_short(value)} is out of range, at least {MINIMUM[name]}")
    if number != float(value):
        raise ConfigProblem(f"{where}: {_short(value)} is not a {_NAMES_OF_NUMBERS[wanted]}")
    return number


def _short(value: Any) -> str:
    return repr(str(value)[:_SHOWN])

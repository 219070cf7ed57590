"""The only reader of the environment and of policywatch.toml: one frozen Config, or one clear line."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar, get_origin, get_type_hints

_PREFIX = "POLICYWATCH_"
_FILE = "policywatch.toml"
_PORTALS = "portals"
_PORTAL = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_Table = TypeVar("_Table")


class ConfigProblem(Exception):
    """A setting that cannot be used; the message is one line that names where it stands and why."""


@dataclass(frozen=True)
class DatabaseConfig:
    # Not shown where a configuration is printed: it may hold a password.
    url: str = field(default="sqlite:///policywatch.sqlite", repr=False)


@dataclass(frozen=True)
class CrawlerConfig:
    """Seconds and bytes; `allow_hosts` are hosts on private addresses that may be fetched."""

    delay: float = 2.0
    concurrency: int = 2
    timeout: float = 20.0
    time_limit: float = 1800.0
    max_bytes: int = 10_000_000
    contact: str = ""
    allow_hosts: tuple[str, ...] = ()
    first_pages: int = 5
    max_pages: int = 50
    rechecks: int = 500
    broken_after: int = 2
    withdrawn_checks: int = 3
    withdrawn_hours: float = 24.0


@dataclass(frozen=True)
class ServiceConfig:
    """Minutes, `grace` in seconds; `portals` empty means all of them; `intervals` are those of single portals."""

    interval: float = 30.0
    intervals: Mapping[str, float] = field(default_factory=dict)
    jitter: float = 5.0
    grace: float = 20.0
    at_once: int = 4
    portals: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProgrammesConfig:
    folder: str = ""


@dataclass(frozen=True)
class FeedConfig:
    title: str = "policywatch"
    link: str = "https://localhost/policywatch"
    items: int = 100


@dataclass(frozen=True)
class PortalConfig:
    """What a user decides about one portal: a shipped one, or one of their own that is a feed or a sitemap.

    `site`, `section` and `channel` are how it is named in exported articles; `hosts` are where its pages may lie, all
    public ones when empty.
    """

    feed: str = ""
    sitemap: str = ""
    site: str = ""
    section: str = ""
    channel: str = ""
    hosts: tuple[str, ...] = ()
    obey_robots: bool = True
    delay: float | None = None


@dataclass(frozen=True)
class Config:
    """Every setting, with its default; see README, Configuration."""

    database: DatabaseConfig = field(default_factory=DatabaseConfig)
    crawler: CrawlerConfig = field(default_factory=CrawlerConfig)
    service: ServiceConfig = field(default_factory=ServiceConfig)
    programmes: ProgrammesConfig = field(default_factory=ProgrammesConfig)
    feed: FeedConfig = field(default_factory=FeedConfig)
    portals: Mapping[str, PortalConfig] = field(default_factory=dict)


# Below these a setting makes no sense, and some would be harmful: no time limit, no size limit.
_LEAST = {
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

_NUMBERS = {int: "whole number", float: "number"}


def settings_file(folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Path:
    """Where the settings stand, or would: the file that POLICYWATCH_CONFIG names, or policywatch.toml in `folder`."""
    variables = os.environ if environment is None else environment
    return Path(variables.get(_PREFIX + "CONFIG", (folder or Path()) / _FILE))


def load(folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Config:
    """The settings of policywatch.toml in `folder`, and over them those of the environment; or ConfigProblem."""
    variables = os.environ if environment is None else environment
    path = settings_file(folder, variables)
    config = _with_file(Config(), path, required=_PREFIX + "CONFIG" in variables)
    return _with_environment(config, variables)


def _with_file(config: Config, path: Path, *, required: bool) -> Config:
    try:
        tables = _tables(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        if required:
            raise ConfigProblem(f"{path}: no such file") from None
        return config
    except (OSError, ValueError) as error:
        raise ConfigProblem(f"{path}: {error}") from error
    for section, table in tables.items():
        for name, value in _settings(table, f"{path}: {section}", "[crawler]").items():
            where = f"{path}: {section}.{name}"
            if section != _PORTALS:
                config = _with(config, (section, name), value, where)
                continue
            for setting, inner in _settings(value, where, "[portals.NAME]").items():
                config = _with_portal(config, (name, setting), inner, f"{where}.{setting}")
    return config


def _settings(table: Any, where: str, such_as: str) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise ConfigProblem(f"{where}: settings stand in sections, such as {such_as}")
    return table


def _tables(text: str) -> dict[str, Any]:
    # Imported for those who have a file: `new` counts milliseconds.
    import tomllib

    return tomllib.loads(text)


def _with_environment(config: Config, variables: Mapping[str, str]) -> Config:
    for variable, text in variables.items():
        if variable == _PREFIX + "DATABASE_URL":
            config = _with(config, ("database", "url"), text, variable)
        elif variable.startswith(_PREFIX) and "__" in variable:
            section, _, name = variable.removeprefix(_PREFIX).lower().partition("__")
            if section == _PORTALS:
                portal, _, setting = name.rpartition("__")
                config = _with_portal(config, (portal, setting), text, variable)
            else:
                config = _with(config, (section, name), text, variable)
    return config


def _with_portal(config: Config, place: tuple[str, str], value: Any, where: str) -> Config:
    """The configuration with one setting of one portal changed."""
    portal, name = place
    if not _PORTAL.fullmatch(portal):
        raise ConfigProblem(f"{where}: a portal is named by a-z, 0-9, - and _, 64 characters at most")
    changed = _changed(config.portals.get(portal, PortalConfig()), name, value, where)
    return replace(config, portals={**config.portals, portal: changed})


def _with(config: Config, place: tuple[str, str], value: Any, where: str) -> Config:
    """The configuration with one setting changed."""
    section, name = place
    known = {f.name for f in fields(config)}
    if section not in known:
        raise ConfigProblem(f"{where}: no such section; there are {', '.join(sorted(known))}")
    changed = _changed(getattr(config, section), name, value, where)
    return replace(config, **{section: changed})


def _changed(table: _Table, name: str, value: Any, where: str) -> _Table:
    """A section with one setting changed."""
    types = get_type_hints(type(table))
    if name not in types:
        raise ConfigProblem(f"{where}: no such setting; there are {', '.join(sorted(types))}")
    return replace(table, **{name: _typed(value, types[name], name, where)})  # type: ignore[type-var]


def _typed(value: Any, wanted: Any, name: str, where: str) -> Any:
    if wanted is str:
        return _text(value, where)
    if wanted is bool:
        return _truth(value, where)
    if wanted == float | None:
        wanted = float
    if wanted in (int, float):
        return _number(value, wanted, name, where)
    if get_origin(wanted) is Mapping:
        return _minutes(value, where)
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ConfigProblem(f"{where}: wants a list of texts")
    texts = (_text(item, where).strip() for item in items)
    return tuple(text for text in texts if text)


def _minutes(value: Any, where: str) -> dict[str, float]:
    """Portals and their intervals: a table, or text of the form sina=15,cs=60."""
    if isinstance(value, str):
        pairs = [item.partition("=")[::2] for item in value.split(",") if item.strip()]
        value = {portal.strip(): minutes for portal, minutes in pairs}
    if not isinstance(value, dict):
        raise ConfigProblem(f"{where}: wants portals with their minutes, such as sina = 15")
    return {
        portal: float(_number(minutes, float, "interval", f"{where}.{portal}")) for portal, minutes in value.items()
    }


def _truth(value: Any, where: str) -> bool:
    if isinstance(value, bool):
        return value
    if value not in ("true", "false"):
        raise ConfigProblem(f"{where}: wants true or false")
    return bool(value == "true")


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise ConfigProblem(f"{where}: wants a text")
    return value


def _number(value: Any, wanted: type[int] | type[float], name: str, where: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ConfigProblem(f"{where}: wants a number")
    try:
        number = wanted(value)
    except (ValueError, OverflowError):
        raise ConfigProblem(f"{where}: {_short(value)} is not a {_NUMBERS[wanted]}") from None
    if not _LEAST[name] <= number < 1e12:
        raise ConfigProblem(f"{where}: {_short(value)} is out of range, at least {_LEAST[name]}")
    if number != float(value):
        raise ConfigProblem(f"{where}: {_short(value)} is not a {_NUMBERS[wanted]}")
    return number


def _short(value: Any) -> str:
    return repr(str(value)[:40])

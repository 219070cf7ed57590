"""The only reader of the environment and of policywatch.toml: one frozen Config, or one clear line."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from policywatch.errors import ConfigProblem
from policywatch.setting_values import setting_value

_PREFIX = "POLICYWATCH_"
_FILE = "policywatch.toml"
_PORTALS = "portals"
#: What a portal may be named; the name stands in addresses, folders and the database.
PORTAL_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_Table = TypeVar("_Table")


@dataclass(frozen=True)
class DatabaseConfig:
    """Where everything is kept."""

    #: sqlite:///FILE or postgresql://HOST/NAME; not shown where a configuration is printed, for it may hold a password.
    url: str = field(default="sqlite:///policywatch.sqlite", repr=False)


@dataclass(frozen=True)
class CrawlerConfig:
    """How portals are crawled."""

    #: Seconds between two requests to one host.
    delay: float = 2.0
    #: Requests to one host at a time.
    concurrency: int = 2
    #: Seconds for one response.
    timeout: float = 20.0
    #: Seconds for one crawl of a portal.
    time_limit: float = 1800.0
    #: Bytes of one response, unpacked.
    max_bytes: int = 10_000_000
    #: An address for the owners of portals, part of the User-Agent; "" without one.
    contact: str = ""
    #: Hosts on private addresses that may be fetched, as `host` or `host:port`.
    allow_hosts: tuple[str, ...] = ()
    #: Pages of a list that are read at most when it was never read through.
    first_pages: int = 5
    #: Pages of a list that are read at most later.
    max_pages: int = 50
    #: Stored articles that one crawl looks at again at most.
    rechecks: int = 500
    #: Crawls that fail in a row until a portal counts as broken.
    broken_after: int = 2
    #: Checks in a row that do not find a page until it counts as taken down,
    withdrawn_checks: int = 3
    #: and hours over which they extend at least.
    withdrawn_hours: float = 24.0


@dataclass(frozen=True)
class ServiceConfig:
    """When the service crawls which portals."""

    #: Minutes between two crawls of a portal.
    interval: float = 30.0
    #: Other intervals of single portals, in minutes, by name.
    intervals: Mapping[str, float] = field(default_factory=dict)
    #: Minutes by which an interval varies at most.
    jitter: float = 5.0
    #: Seconds in which a crawl that is asked to stop may end by itself.
    grace: float = 20.0
    #: Portals that are crawled at a time.
    at_once: int = 4
    #: The names of the portals that are crawled; () means all of them.
    portals: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProgrammesConfig:
    """Which programmes are tracked beside the packaged ones."""

    #: A folder of the user's own programme files; "" without one.
    folder: str = ""

    @property
    def path(self) -> Path | None:
        """The folder of the user's own programme files; None without one."""
        return Path(self.folder) if self.folder else None


@dataclass(frozen=True)
class FeedConfig:
    """What the feed of `policywatch feed` says of itself."""

    title: str = "policywatch"
    #: The address that it gives as its own site.
    link: str = "https://localhost/policywatch"
    #: Articles in it at most.
    items: int = 100


@dataclass(frozen=True)
class PortalConfig:
    """What a user decides about one portal: a shipped one, or one of their own that is a feed or a sitemap."""

    #: The address of the feed that this portal is; "" for any other portal.
    feed: str = ""
    #: The address of the sitemap that this portal is; "" for any other portal.
    sitemap: str = ""
    #: How it is named in exported articles; "" for the default.
    site: str = ""
    section: str = ""
    channel: str = ""
    #: Where its pages may lie, as `host`, `host:port` or `*.host`; () means on all public hosts.
    hosts: tuple[str, ...] = ()
    #: Whether its robots.txt decides what may be fetched.
    obey_robots: bool = True
    #: Seconds between two requests to one host; None means as for all portals.
    delay: float | None = None


@dataclass(frozen=True)
class Config:
    """Every setting, with its default."""

    database: DatabaseConfig = field(default_factory=DatabaseConfig)
    crawler: CrawlerConfig = field(default_factory=CrawlerConfig)
    service: ServiceConfig = field(default_factory=ServiceConfig)
    programmes: ProgrammesConfig = field(default_factory=ProgrammesConfig)
    feed: FeedConfig = field(default_factory=FeedConfig)
    #: By the name of the portal.
    portals: Mapping[str, PortalConfig] = field(default_factory=dict)


def settings_file(folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Path:
    """Where the settings stand, or would: the file that POLICYWATCH_CONFIG names, or policywatch.toml in `folder`.

    The working directory and the process's environment are taken where none is named.
    """
    variables = os.environ if environment is None else environment
    return Path(variables.get(_PREFIX + "CONFIG", (folder or Path()) / _FILE))


def load(folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Config:
    """The settings of policywatch.toml in `folder`, and over them those of the environment.

    ConfigProblem names the first setting that cannot be used.
    """
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
    if not PORTAL_NAME.fullmatch(portal):
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
    return replace(table, **{name: setting_value(value, types[name], name, where)})  # type: ignore[type-var]

"""The settings of policywatch.toml and of the environment, as one frozen Config; no other module reads them."""

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
#: The form of a portal's name, which is used in the database and in names of variables.
PORTAL_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_Table = TypeVar("_Table")


@dataclass(frozen=True)
class DatabaseConfig:
    """Where everything is stored."""

    #: sqlite:///FILE or postgresql://HOST/NAME; left out of the repr, because it may hold a password.
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
    #: Stored articles that one crawl fetches again at most.
    rechecks: int = 500
    #: Crawls that fail in a row until a portal counts as broken.
    broken_after: int = 2
    #: Checks in a row in which a page is not found until it counts as taken down.
    withdrawn_checks: int = 3
    #: Hours from the first of these checks to the last one, at least.
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
    #: Seconds that a crawl has to end by itself when it is asked to stop.
    grace: float = 20.0
    #: Portals that are crawled at the same time, at most.
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
    """The head of the feed that `policywatch feed` writes."""

    #: Its title.
    title: str = "policywatch"
    #: The address of the site that it belongs to.
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
    #: The name of its site, the second of its categories in exported articles; "" for the default.
    site: str = ""
    #: The first of its categories in exported articles; "" for the default.
    section: str = ""
    #: The last of its categories in exported articles; "" for the default.
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

    #: The section [database].
    database: DatabaseConfig = field(default_factory=DatabaseConfig)
    #: The section [crawler].
    crawler: CrawlerConfig = field(default_factory=CrawlerConfig)
    #: The section [service].
    service: ServiceConfig = field(default_factory=ServiceConfig)
    #: The section [programmes].
    programmes: ProgrammesConfig = field(default_factory=ProgrammesConfig)
    #: The section [feed].
    feed: FeedConfig = field(default_factory=FeedConfig)
    #: The sections [portals.NAME], by name.
    portals: Mapping[str, PortalConfig] = field(default_factory=dict)


def settings_file(folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Path:
    """The settings file, which may not exist: the one that POLICYWATCH_CONFIG names, or policywatch.toml in `folder`.

    None means the working directory, and the environment of this process.
    """
    variables = os.environ if environment is None else environment
    return Path(variables.get(_PREFIX + "CONFIG", (folder or Path()) / _FILE))


def load(folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Config:
    """The settings of policywatch.toml in `folder`, overridden by those of the environment.

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
        raise ConfigProblem(f"{where}: settings belong in sections, such as {such_as}")
    return table


def _tables(text: str) -> dict[str, Any]:
    # Imported only when there is a file: `policywatch new` has to start fast.
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
        raise ConfigProblem(f"{where}: the name of a portal consists of a-z, 0-9, - and _, 64 characters at most")
    changed = _changed(config.portals.get(portal, PortalConfig()), name, value, where)
    return replace(config, portals={**config.portals, portal: changed})


def _with(config: Config, place: tuple[str, str], value: Any, where: str) -> Config:
    """The configuration with one setting changed."""
    section, name = place
    known = {f.name for f in fields(config)}
    if section not in known:
        raise ConfigProblem(f"{where}: no such section; the sections are {', '.join(sorted(known))}")
    changed = _changed(getattr(config, section), name, value, where)
    return replace(config, **{section: changed})


def _changed(table: _Table, name: str, value: Any, where: str) -> _Table:
    """A section with one setting changed."""
    types = get_type_hints(type(table))
    if name not in types:
        raise ConfigProblem(f"{where}: no such setting; the settings are {', '.join(sorted(types))}")
    return replace(table, **{name: setting_value(value, types[name], name, where)})  # type: ignore[type-var]

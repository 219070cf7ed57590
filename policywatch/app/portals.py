"""Which portals there are: every module in portals/sites, and the feeds and sitemaps that a user configured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType

import portals.sites
from policywatch.config import PortalConfig
from policywatch.errors import ConfigProblem
from portals.portal import Portal

_NONE: Mapping[str, PortalConfig] = MappingProxyType({})


def all_portals(configured: Mapping[str, PortalConfig] = _NONE) -> dict[str, Portal]:
    """The portals by name; first the shipped ones, then those of the user.

    ConfigProblem when the settings of one contradict each other.
    """
    modules = [import_module(f"portals.sites.{found.name}") for found in iter_modules(portals.sites.__path__)]
    known = {portal.name: portal for module in modules for portal in _portals_in(module)}
    shipped = tuple(known.values())
    own = {name: config for name, config in configured.items() if _makes_a_portal(name, config, known)}
    return known | {name: _configured(name, config, shipped) for name, config in own.items()}


def portal_of(url: str, known: Mapping[str, Portal]) -> Portal | None:
    """The portal that the address of an article belongs to; None when it belongs to none."""
    return next((portal for portal in known.values() if portal.key_of(url) is not None), None)


def _portals_in(module: ModuleType) -> Iterator[Portal]:
    classes = (value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Portal))
    for found in classes:
        # Imported classes belong to other modules, and base classes that portals share have no name.
        if found.__module__ == module.__name__ and "name" in vars(found):
            yield found()


def _makes_a_portal(name: str, config: PortalConfig, known: Mapping[str, Portal]) -> bool:
    """Whether a section of the settings defines a portal; False when it only changes a shipped one."""
    addresses = [setting for setting in (config.feed, config.sitemap) if setting]
    if name in known and addresses:
        raise ConfigProblem(
            f"portals.{name}: there is a shipped portal of that name; a feed or sitemap needs another name"
        )
    if name not in known and len(addresses) != 1:
        raise ConfigProblem(
            f"portals.{name}: needs either a feed or a sitemap, because there is no shipped portal of that name"
        )
    return bool(addresses)


def _configured(name: str, config: PortalConfig, shipped: tuple[Portal, ...]) -> Portal:
    # Imported here because it is slow, and most users have no feeds.
    from portals.feeds.feed_portal import Origin, feed_portal, sitemap_portal

    titles = (config.section, config.site, config.channel)
    try:
        origin = Origin(name, config.feed or config.sitemap, config.hosts, titles)
        return feed_portal(origin, shipped) if config.feed else sitemap_portal(origin, shipped)
    except ValueError as error:
        raise ConfigProblem(f"portals.{name}: {error}") from error

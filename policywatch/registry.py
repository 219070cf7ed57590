"""Which portals there are: every module in crawler/spiders, and the feeds and sitemaps that a user named."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType

import crawler.spiders
from crawler.portal import Portal
from policywatch.config import ConfigProblem, PortalConfig

_NONE: Mapping[str, PortalConfig] = MappingProxyType({})


def portals(own: Mapping[str, PortalConfig] = _NONE) -> dict[str, type[Portal]]:
    """The portals by name; those of the user after ours. ConfigProblem when the settings of one make no sense."""
    modules = [import_module(f"crawler.spiders.{found.name}") for found in iter_modules(crawler.spiders.__path__)]
    known = {portal.name: portal for module in modules for portal in _portals_in(module)}
    shipped = tuple(known.values())
    return known | {name: _own(name, config, shipped) for name, config in own.items() if _is_own(name, config, known)}


def portal_of(url: str, known: Mapping[str, type[Portal]]) -> type[Portal] | None:
    """The portal that an article's address belongs to; None when it is of none."""
    return next((portal for portal in known.values() if portal.key_of(url) is not None), None)


def _portals_in(module: ModuleType) -> list[type[Portal]]:
    classes = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Portal)]
    return [found for found in classes if found.__module__ == module.__name__ and "name" in vars(found)]


def _is_own(name: str, config: PortalConfig, known: Mapping[str, type[Portal]]) -> bool:
    """Whether a section of the settings makes a portal, and does not only change a shipped one."""
    made = [setting for setting in (config.feed, config.sitemap) if setting]
    if name in known and made:
        raise ConfigProblem(f"portals.{name}: there is a portal of that name; a feed or sitemap needs another")
    if name not in known and len(made) != 1:
        raise ConfigProblem(f"portals.{name}: wants a feed or a sitemap; there is no shipped portal of that name")
    return bool(made)


def _own(name: str, config: PortalConfig, shipped: tuple[type[Portal], ...]) -> type[Portal]:
    # Their parsers take a while to load, and most have no feeds.
    from crawler.feeds.portals import Origin, feed_portal, sitemap_portal

    titles = (config.section, config.site, config.channel)
    try:
        origin = Origin(name, config.feed or config.sitemap, config.hosts, titles)
        return feed_portal(origin, shipped) if config.feed else sitemap_portal(origin, shipped)
    except ValueError as error:
        raise ConfigProblem(f"portals.{name}: {error}") from error

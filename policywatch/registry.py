"""Which portals there are: every module in crawler/spiders, without a list that each must be added to."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import crawler.spiders
from crawler.portal import Portal


def portals() -> dict[str, type[Portal]]:
    """The portals by name."""
    modules = [import_module(f"crawler.spiders.{found.name}") for found in iter_modules(crawler.spiders.__path__)]
    return {portal.name: portal for module in modules for portal in _portals_in(module)}


def _portals_in(module: ModuleType) -> list[type[Portal]]:
    classes = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Portal)]
    return [found for found in classes if found.__module__ == module.__name__ and "name" in vars(found)]

"""The registry of a process that must go on: plugins that cannot be used are set aside, and told of, and all others work."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import structlog

from core.plugins.hooks import HOOKS, BrokenPlugin
from core.plugins.identity import entries, load
from core.plugins.registry import Registry
from weft import Needs, Permission, Plugin

Log = structlog.get_logger("weft.plugins")
_PLAIN = re.compile(r"[a-z][a-z0-9_]*")
CORE = "core."  # how the names of the platform's own permissions begin


def usable() -> Registry:
    """Return the installed plugins that can be used; `set_aside` of it says why the others cannot."""
    found: list[Plugin] = []
    wrong: dict[str, str] = {}
    for entry in entries():
        try:
            found.append(load(entry))
        except BrokenPlugin as broken:
            wrong[entry.name] = str(broken)
    return usable_of(found, wrong)


def usable_of(plugins: Iterable[Plugin], wrong: Mapping[str, str] = {}) -> Registry:  # it is only read
    """Return those of some plugins that can be used; what needs one that cannot, cannot either."""
    found, aside = list(plugins), dict(wrong)
    while True:
        try:
            registry = Registry(found)
            for check in CHECKS:
                check(registry)
            _refuse_orphans(registry, aside)
        except BrokenPlugin as broken:
            if not any(each.key == broken.plugin for each in found):  # then nobody can be blamed
                raise
            found = [each for each in found if each.key != broken.plugin]
            aside[broken.plugin] = str(broken)
            Log.error("a plugin is set aside", plugin=broken.plugin, why=str(broken))
        else:
            registry.set_aside = aside
            return registry


def _refuse_orphans(registry: Registry, aside: Mapping[str, str]) -> None:
    for key, plugin in registry.plugins.items():
        if missing := next((need for need in plugin.requires if need in aside), None):
            raise BrokenPlugin(f"The plugin “{key}” needs “{missing}”, which cannot be used.", plugin=key)


def refuse_foreign_tables(registry: Registry) -> None:
    """Raise `BrokenPlugin` where a plugin names a table that is not its own by its name: it would take another's."""
    for key in registry.plugins:
        for app in registry.declared("storage", key):
            for table in app.table_classes:
                name = table._meta.tablename
                if registry.owner_of_table(name) != key:
                    sentence = f"The plugin “{key}” has the table “{name}”: its tables must begin with “{key}_”, or they are another's."
                    raise BrokenPlugin(sentence, plugin=key, rule="tables")
        for column in registry.declared("sealed", key):  # whose names stand in SQL of the platform's
            names = (column.table, column.column, column.blind or "x", column.was or "x")
            if registry.owner_of_table(column.table) != key or not all(_PLAIN.fullmatch(name) for name in names):
                sentence = f"The plugin “{key}” seals “{column.name}”: it can seal plainly named columns of its own tables alone."
                raise BrokenPlugin(sentence, plugin=key, rule="sealed")


def refuse_foreign_names(registry: Registry) -> None:
    """Raise `BrokenPlugin` where a plugin declares under another's name what is told apart by its name in the whole installation."""
    for hook, facts in HOOKS.items():
        if facts.names is None or not facts.everywhere:
            continue
        for key in registry.plugins:
            for answer in registry.declared(hook, key):
                name = str(facts.names(answer))
                if not name.startswith(f"{key}."):
                    sentence = f"The plugin “{key}” declares “{name}” in {hook}(): its names must begin with “{key}.”."
                    raise BrokenPlugin(sentence, plugin=key, rule="names")


def refuse_unoffered(registry: Registry) -> None:
    """Raise `BrokenPlugin` where something asks for a permission that no plugin offers: nobody could be let in, or be kept out."""
    offered = {permission.name for permission in registry.permissions()}
    for key in registry.plugins:
        for hook, permission in _asked(registry, key):
            if permission.name not in offered and not permission.name.startswith(CORE):
                sentence = f"The plugin “{key}” asks for the permission “{permission.name}” in {hook}(), which nobody offers."
                raise BrokenPlugin(sentence, plugin=key, rule="offered")


def _asked(registry: Registry, key: str) -> Iterator[tuple[str, Permission]]:
    for hook in HOOKS:
        for answer in registry.declared(hook, key):
            for permission in _permissions_of(answer):
                yield hook, permission


def _permissions_of(answer: Any) -> Iterator[Permission]:
    one, many = getattr(answer, "permission", None), getattr(answer, "permissions", ())
    if isinstance(one, Permission):
        yield one
    if isinstance(many, (list, tuple)):
        yield from (each for each in many if isinstance(each, Permission))
    for guard in getattr(answer, "guards", None) or ():
        if isinstance(guard, Needs):
            yield guard.permission


CHECKS: tuple[Callable[[Registry], None], ...] = (refuse_foreign_tables, refuse_foreign_names, refuse_unoffered)

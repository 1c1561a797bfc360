"""What a person reads before a module is switched on, upgraded or removed."""

from typing import Any, Literal

import msgspec

from core.plugins.registry import Registry
from weft.plugin import Plugin

Change = Literal["enable", "upgrade", "remove"]


class TableImpact(msgspec.Struct, frozen=True):
    """One table that the change makes, changes, moves or writes to; `rows` are those of the business now."""

    name: str
    change: str  # made, changed, moved, written to
    rows: int = 0
    columns: tuple[str, ...] = ()  # those added, or all of a new one
    dropped: tuple[str, ...] = ()
    touched: int = 0  # rows of the copy that were written
    deleted: int = 0  # rows of the copy that are gone, where the table stays or is dropped


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What a change comes to, as it did on the copy; with a `problem` it failed there, and is not offered."""

    module: str
    title: str
    change: Change
    version: str
    version_before: str = ""
    problem: str = ""
    with_it: tuple[str, ...] = ()  # titles of modules that come with it
    tables: tuple[TableImpact, ...] = ()
    parts: tuple[str, ...] = ()  # tables of which only some rows were copied
    pages: tuple[str, ...] = ()
    menus: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    messages: int = 0  # jobs and events that it starts
    seconds: float = 0.0

    @property
    def rows(self) -> int:
        """How many rows the business has in tables that are changed or moved."""
        return sum(each.rows for each in self.tables)

    @property
    def touched(self) -> int:
        """How many rows of the copy were written."""
        return sum(each.touched for each in self.tables)

    @property
    def deleted(self) -> int:
        """How many rows of the copy were deleted."""
        return sum(each.deleted for each in self.tables)


def declared(registry: Registry, plugins: list[Plugin]) -> dict[str, tuple[str, ...]]:
    """Return what modules add beside tables, by the fields of `Sheet`."""

    def every(hook: str) -> list[object]:
        return [each for plugin in plugins for each in registry.declared(hook, plugin.key)]

    def titles(*hooks: str) -> tuple[str, ...]:
        return tuple(str(getattr(each, "title", "")) for hook in hooks for each in every(hook))

    handlers: list[Any] = [each for hook in ("routes", "api", "public") for each in every(hook)]
    return {
        "pages": tuple(sorted({str(each.fn.__name__).replace("_", " ") for each in handlers if hasattr(each, "fn")})),
        "menus": titles("menu"),
        "permissions": titles("permissions"),
        "roles": titles("role_templates"),
        "jobs": titles("jobs"),
        "schedules": tuple(str(getattr(getattr(each, "job", None), "title", "")) for each in every("schedules")),
        "cards": titles("widgets", "panels"),
    }

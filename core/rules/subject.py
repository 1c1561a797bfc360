"""The plugin under review: its source, its templates, its routes, and everything it declares, each with the place where it stands."""

import ast
import inspect
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateSyntaxError

from core.plugins.registry import Registry
from core.rules.mounting import Mounted, mount
from weft import Plugin


@dataclass(frozen=True, slots=True)
class Source:
    """A Python file of a plugin, read; `module` is its dotted name."""

    path: Path
    module: str
    text: str
    tree: ast.Module


@dataclass(frozen=True, slots=True)
class Template:
    """A template of a plugin; `name` is how pages ask for it, `problem` why Jinja cannot read it."""

    name: str
    path: Path
    text: str
    tree: nodes.Template | None
    problem: str = ""

    @property
    def is_fragment(self) -> bool:
        """Whether its name says that it is a piece of a page."""
        return self.path.name.startswith("_")


class Subject:
    """One plugin among the installed ones."""

    def __init__(self, plugin: Plugin, registry: Registry, environment: Environment) -> None:
        self.plugin = plugin
        self.registry = registry
        self.environment = environment
        self.key = plugin.key

    def declared(self, hook: str) -> tuple[Any, ...]:
        """Return what the plugin answers to a hook."""
        return self.registry.declared(hook, self.key)

    @cached_property
    def module(self) -> Any:
        """The module the plugin's class stands in."""
        return sys.modules[type(self.plugin).__module__]

    @cached_property
    def folder(self) -> Path:
        """The folder of the plugin's package."""
        return Path(inspect.getfile(type(self.plugin))).parent

    @cached_property
    def package(self) -> str:
        """The dotted name of the plugin's package."""
        return type(self.plugin).__module__.rpartition(".")[0]

    @cached_property
    def sources(self) -> Sequence[Source]:
        """Every Python file of the package but its tests."""
        return tuple(self._read(path) for path in sorted(self.folder.rglob("*.py")) if not self._is_test(path))

    @cached_property
    def templates(self) -> Sequence[Template]:
        """Every template of the package, those among them that lie where none is looked for."""
        root = self.folder / "templates"
        return tuple(self._template(path, root) for path in sorted(root.rglob("*")) if path.is_file())

    @cached_property
    def mounted(self) -> Mounted:
        """The plugin's routes as the platform would mount them."""
        return mount(self.plugin)

    @cached_property
    def needed(self) -> frozenset[str]:
        """The keys of the plugins it may build on: those it requires, directly or not, and itself."""
        found, left = {self.key}, list(self.plugin.requires)
        while left:
            key = left.pop()
            if key not in found and (plugin := self.registry.get(key)):
                found.add(key)
                left += plugin.requires
        return frozenset(found)

    def place(self, thing: Any) -> str:
        """Return where a class or function stands, as ``folder/file.py:line``."""
        try:
            path, line = Path(inspect.getfile(thing)), inspect.getsourcelines(thing)[1]
        except (OSError, TypeError):
            return f"{self.package}.plugin"
        return f"{self.shown(path)}:{line}"

    def shown(self, path: Path) -> str:
        """Return a path as it is told: from the folder that holds the package."""
        return str(path.relative_to(self.folder.parent)) if path.is_relative_to(self.folder.parent) else str(path)

    @property
    def plugin_place(self) -> str:
        """Where the plugin's class stands."""
        return self.place(type(self.plugin))

    def hook_place(self, hook: str) -> str:
        """Return where the plugin overrides a hook; where it does not, where its class stands."""
        method = getattr(type(self.plugin), hook)
        return self.plugin_place if method is getattr(Plugin, hook) else self.place(method)

    def everything(self) -> Iterator[tuple[str, Any]]:
        """Yield all that the plugin declares, with the hook it came through."""
        for hook in ("records", "menu", "listings", "reports", "widgets", "panels", "actions", "search", "importers", "exporters", "jobs"):
            yield from ((hook, each) for each in self.declared(hook))

    def _is_test(self, path: Path) -> bool:
        parts = path.relative_to(self.folder).parts
        return "tests" in parts[:-1] or parts[-1] == "conftest.py" or parts[-1].startswith("test_")

    def _read(self, path: Path) -> Source:
        text = path.read_text(encoding="utf-8")
        inner = ".".join(path.relative_to(self.folder).with_suffix("").parts).removesuffix("__init__").rstrip(".")
        return Source(path, f"{self.package}.{inner}".rstrip("."), text, ast.parse(text, str(path)))

    def _template(self, path: Path, root: Path) -> Template:
        name, text = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8", errors="replace")
        try:
            return Template(name, path, text, self.environment.parse(text, name, str(path)))
        except TemplateSyntaxError as wrong:
            return Template(name, path, text, None, f"line {wrong.lineno}: {wrong.message}")

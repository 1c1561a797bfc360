"""Rules about a plugin's source: what it may import, and what it must not say to the database."""

import ast
import re
from collections.abc import Iterator

from core.rules.rule import Problem, Rule
from core.rules.subject import Source, Subject

PLATFORM = frozenset({"core", "tenants", "web", "workers", "infra"})
_STAR = re.compile(r"\bselect\s+(?:distinct\s+)?(?:\w+\.)?\*", re.IGNORECASE)


def imports(subject: Subject) -> Iterator[Problem]:
    """A plugin stands on the face and libraries alone."""
    others = {type(plugin).__module__.rpartition(".")[0]: key for key, plugin in subject.registry.plugins.items() if key != subject.key}
    for source in subject.sources:
        for name, line in _imported(source):
            where = f"{subject.shown(source.path)}:{line}"
            first = name.partition(".")[0]
            if first in PLATFORM:
                yield Problem(
                    where, f"It imports {name}, which is the platform's own and may change any day: take what you need from weft."
                )
            elif first == "weft" and name.startswith("weft.testing"):
                yield Problem(where, f"It imports {name}, which is for tests: where the plugin runs, there is no pytest.")
            elif other := next((key for package, key in others.items() if name == package or name.startswith(f"{package}.")), ""):
                yield Problem(where, f"It imports the plugin “{other}”: plugins meet through events, contracts and foreign keys only.")


def _imported(source: Source) -> Iterator[tuple[str, int]]:
    """Yield the absolute name of each module that a file imports, with its line."""
    package = source.module if source.path.name == "__init__.py" else source.module.rpartition(".")[0]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if not node.level:
                yield node.module or "", node.lineno
                continue
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1])
            yield f"{base}.{node.module}" if node.module else base, node.lineno
        elif isinstance(node, ast.Call) and node.args and _names_import(node.func):
            yield from ((name, node.lineno) for name in _literal(node.args[0]) if not name.startswith("."))


def _literal(node: ast.expr) -> list[str]:
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _names_import(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    return name in ("import_module", "__import__")


def statements(subject: Subject) -> Iterator[Problem]:
    """SQL names its columns: during an upgrade half the tenants have one more."""
    for source in subject.sources:
        for node in ast.walk(source.tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and _STAR.search(node.value)
                and not _is_docstring(node, source)
            ):
                yield Problem(f"{subject.shown(source.path)}:{node.lineno}", "SELECT * changes with the table: name the columns it needs.")
    for path in sorted(subject.folder.rglob("*.sql")):
        if _STAR.search(path.read_text(encoding="utf-8")):
            yield Problem(subject.shown(path), "SELECT * changes with the table: name the columns it needs.")


def _is_docstring(node: ast.Constant, source: Source) -> bool:
    return any(
        isinstance(each, ast.Expr) and each.value is node
        for owner in ast.walk(source.tree)
        if isinstance(owner, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        for each in owner.body[:1]
    )


RULES = (
    Rule("imports", "It imports the face (weft) and libraries: nothing of the platform's, and no other plugin", imports),
    Rule("no-select-star", "No SQL says SELECT *", statements),
)

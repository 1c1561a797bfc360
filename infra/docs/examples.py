"""Finds, in plugins that the tests run, where one thing of a kind is made: an example that cannot rot."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
# Those made to be read first.
PLACES = (
    ROOT / "tests" / "vendor" / "acme_loyalty" / "acme_loyalty",
    ROOT / "core" / "plugins" / "scaffold" / "template" / "weft_sample_tasks",
    ROOT / "plugins" / "contacts",
    ROOT / "plugins" / "catalogue",
    ROOT / "plugins" / "retail_pos",
    ROOT / "plugins" / "accounting",
    ROOT / "plugins" / "purchasing",
)
LONGEST = 30  # lines


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of Python, and where it stands below the root of the repository."""

    text: str
    path: Path


def example(name: str, files: Collection[str] = ()) -> Example | None:
    """Return the first statement that calls `name`, as ``Job(…)`` or ``@get(…)`` does, or derives a class from it.

    `files` are the names of those to look in, where not all are meant.
    """
    for path in _files():
        if files and path.name not in files:
            continue
        text = path.read_text(encoding="utf-8")
        for node in _statements(_parsed(path)):
            if _makes(node, name) and (found := _lines(text, node)).count("\n") < LONGEST:
                return Example(found, path.relative_to(ROOT))
    return None


def _files() -> Iterator[Path]:
    for place in PLACES:
        for path in sorted(place.rglob("*.py")):
            if not {"tests", "migrations", "demo"} & set(path.relative_to(place).parts):
                yield path


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield what stands at the top of a file, and the methods of a plugin's class in place of it."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and "Plugin" in map(ast.unparse, node.bases):
            yield from node.body
        else:
            yield node


def _makes(node: ast.stmt, name: str) -> bool:
    if isinstance(node, ast.ClassDef):
        return name in map(ast.unparse, node.bases)
    inside = node.decorator_list if isinstance(node, ast.AsyncFunctionDef) else [node]
    return any(isinstance(each, ast.Call) and ast.unparse(each.func) == name for part in inside for each in ast.walk(part))


def _lines(text: str, node: ast.stmt) -> str:
    """Return a statement as it is written, decorators and comments included."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    return dedent("\n".join(text.splitlines()[first - 1 : node.end_lineno]))

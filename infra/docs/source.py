"""Reads what classes say of themselves: their sentences, their fields with the comment beside each, their methods."""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a class: `default` is empty where one must be given, `remark` is the comment at the end of its line."""

    name: str
    type: str
    default: str
    remark: str


@dataclass(frozen=True, slots=True)
class Method:
    """A method as it is called, and what it says of itself."""

    call: str
    doc: str


def fields(kind: type[Any]) -> list[Field]:
    """Return a class's own fields, in order."""
    text = dedent(inspect.getsource(kind))
    lines = text.splitlines()
    return [
        Field(
            node.target.id,
            shown_type(node.annotation),
            ast.unparse(node.value) if node.value else "",
            lines[(node.end_lineno or 1) - 1].encode()[node.end_col_offset or 0 :].decode().partition("#")[2].strip(),
        )
        for node in _body(text)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]


def methods(kind: type[Any]) -> list[Method]:
    """Return a class's own public methods, in order, but its properties."""
    return [
        Method(_call(node), inspect.cleandoc(ast.get_docstring(node) or ""))
        for node in _body(dedent(inspect.getsource(kind)))
        if isinstance(node, Function) and not node.name.startswith("_") and "property" not in map(ast.unparse, node.decorator_list)
    ]


def _body(text: str) -> list[ast.stmt]:
    [node] = ast.parse(text).body
    assert isinstance(node, ast.ClassDef)
    return node.body


def _call(node: Function) -> str:
    arguments = ast.parse(f"def f({_without_self(node)}): ...").body[0]
    assert isinstance(arguments, ast.FunctionDef)
    returns = f" → {shown_type(node.returns)}" if node.returns and ast.unparse(node.returns) != "None" else ""
    awaits = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
    return f"{awaits}{node.name}({ast.unparse(arguments.args)}){returns}"


def _without_self(node: Function) -> str:
    return re.sub(r"^(self|cls)(, )?", "", ast.unparse(node.args))


def shown_type(annotation: ast.expr) -> str:
    """Return an annotation as a person reads it: without quotes, and without words for the type checker alone."""
    text = str(annotation.value) if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str) else ast.unparse(annotation)
    return re.sub(r"^ClassVar\[(.*)\]$", r"\1", text)


def prose(kind: Any) -> str:
    """Return a docstring as Markdown."""
    return (inspect.getdoc(kind) or "").replace("``", "`")


def groups(kind: type[Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the headings among a class's methods, which stand as comments of their own, each with the methods below it."""
    title, names = "", list[str]()
    for line in inspect.getsource(kind).splitlines():
        if heading := re.fullmatch(r"    # (.+)", line):
            if names:
                yield title, names
            title, names = heading[1], []
        elif method := re.match(r"    (?:async )?def (\w+)", line):
            names.append(method[1])
    yield title, names

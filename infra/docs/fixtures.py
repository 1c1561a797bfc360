"""Writes the reference of fixtures into docs/testing-plugins.md, from the code of the fixtures and of their types."""

import ast
import re
from pathlib import Path

import weft.testing
from infra.docs.examples import ROOT
from infra.docs.source import methods, prose, shown_type

CODE = ROOT / "infra" / "testing.py"
# Fixtures whose type a plugin's tests name by another word than the fixture does itself.
TYPES = {"tenant": "Tenant", "other_tenant": "Tenant", "client": "Client"}
INTERNAL = frozenset({"weft_servers", "site"})  # what other fixtures are made of


def fixtures() -> dict[str, tuple[str, str]]:
    """Return the public fixtures: name → its type, and what it says of itself."""
    tree, found = ast.parse(CODE.read_text(encoding="utf-8")), {}
    for node in tree.body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or node.name.startswith("_") or node.name in INTERNAL:
            continue
        if any("fixture" in ast.unparse(each) for each in node.decorator_list):
            assert node.returns is not None
            kind = re.sub(r"^(?:Async)?Iterator\[(.+)\]$", r"\1", shown_type(node.returns))
            found[node.name] = (TYPES.get(node.name, kind), ast.get_docstring(node) or "")
    return found


def fixtures_part() -> str:
    """Return the tables of fixtures and of what they can do."""
    lines = ["| fixture | type | |", "|---|---|---|"]
    lines += [f"| `{name}` | `{kind}` | {_sentence(doc)} |" for name, (kind, doc) in fixtures().items()]
    parts = ["\n".join(lines)]
    for kind in dict.fromkeys(kind for kind, _ in fixtures().values()):
        named = getattr(weft.testing, kind, None)
        if isinstance(named, type) and kind != "Tenant":
            calls = [f"- `{each.call}`: {_flat(each.doc)}" for each in methods(named)]
            parts += [f"### {kind}", prose(named), "\n".join(calls)]
    return "\n\n".join(parts)


def _sentence(doc: str) -> str:
    text = re.sub(r"^(Return|Yield) ", "", _flat(doc))
    return text[:1].upper() + text[1:]


def _flat(text: str) -> str:
    return " ".join(text.replace("``", "`").split())


def with_part(path: Path, part: str) -> str:
    """Return a page with what stands between its two marks put in again; raises `ValueError` when it has not both."""
    begin, end = "<!-- made by python -m infra.docs -->", "<!-- end -->"
    text = path.read_text(encoding="utf-8")
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"{path} must hold “{begin}” and “{end}” once each.")
    before, rest = text.split(begin)
    return f"{before}{begin}\n\n{part}\n\n{end}{rest.split(end)[1]}"

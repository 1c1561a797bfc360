"""Writes docs/hooks.md: every hook of the contract, what it answers, and an example."""

import ast
import re
from abc import ABC
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache
from typing import Any

import weft
import weft.contracts
import weft.errors
from infra.docs.examples import example
from infra.docs.source import Field, fields, groups, methods, prose, shown_type
from weft import Plugin

# What functions that do the work are handed, told once at the end.
HANDED = ("Tenant", "Scope", "Seals", "Secret", "Ui", "Form", "Files")
# Hooks that answer with what is no class of ours: the word an example is found by, and in which files.
FOREIGN = {
    "storage": ("AppConfig", ()),
    "routes": ("get", ("pages.py", "routes.py")),
    "api": ("get", ("api.py",)),
    "public": ("get", ("public.py",)),
}
HEAD = """\
# The hooks

A plugin is one class, `weft.Plugin`, with an override for each thing it adds. A hook is synchronous and only *declares*: it is asked once,
at start, and returns frozen values. Work is done by the async functions that those values point at, each handed the `Tenant` it works for.

```python
class Loyalty(Plugin):
    key = "loyalty"
    title = "Loyalty"
    version = "1.0"

    @hookimpl
    def jobs(self) -> Sequence[Job[Any]]:
        return [EXPIRE]
```

This page is made from the code (`python -m infra.docs`). A first plugin is in `docs/plugin-in-ten-minutes.md`; `weft plugin rules` tells
what `weft plugin check` asks of one.
"""


def hooks_page() -> str:
    """Return docs/hooks.md."""
    parts = [HEAD, "## What it is", _table(fields(Plugin), "attribute"), _contents()]
    for title, names in groups(Plugin):
        parts.append(f"## {title}")
        for name in names:
            parts += _hook(name)
    parts.append("## What the work is handed")
    for name in HANDED:
        parts += _told_whole(getattr(weft, name))
    parts += ["## Contracts", prose(weft.contracts)]
    for kind in (getattr(weft.contracts, name) for name in weft.contracts.__all__):
        if isinstance(kind, type) and issubclass(kind, ABC):
            parts += _told_whole(kind)
    parts += ["## What can go wrong", prose(weft.errors).replace("::\n", "")]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _told_whole(kind: type[Any]) -> Iterator[str]:
    yield f"### {kind.__name__}"
    yield prose(kind)
    yield _table([each for each in fields(kind) if not each.name.startswith("_")], "attribute")
    yield "\n".join(f"- `{each.call}`: {_flat(each.doc)}" for each in methods(kind))


def _contents() -> str:
    return "\n".join(f"- {title}: " + ", ".join(f"[{name}](#{name})" for name in names) for title, names in groups(Plugin))


def _hook(name: str) -> Iterator[str]:
    answer = _answer(name)
    yield f"### {name}"
    yield f"`{name}() → {answer}`"
    yield prose(getattr(Plugin, name))
    for kind in _told_by(name):
        yield f"**{kind}**: {prose(getattr(weft, kind))}"
        yield _table(fields(getattr(weft, kind)), "field") or _members(getattr(weft, kind))
    word, files = FOREIGN.get(name) or (_named(answer)[0], ())
    if found := example(word, files):
        yield f"From `{found.path.as_posix()}`:"
        yield f"```python\n{found.text}\n```"


def _answer(hook: str) -> str:
    return shown_type(ast.parse(repr(getattr(Plugin, hook).__annotations__["return"]), mode="eval").body)


def _named(text: str) -> list[str]:
    """Return the classes of the face that a type names."""
    return [word for word in re.findall(r"\w+", text) if word in weft.__all__ and isinstance(getattr(weft, word), type)]


@cache
def _told() -> dict[str, list[str]]:
    """Return which classes are told at which hook: each once, where it is an answer, or else where it is named first."""
    answers = {hook: _named(_answer(hook)) for _, names in groups(Plugin) for hook in names}
    done = {*HANDED, *(kind for kinds in answers.values() for kind in kinds)}
    told: dict[str, list[str]] = {}
    for hook, kinds in answers.items():
        told[hook] = list(kinds)
        for kind in told[hook]:  # grows as it is read
            new = [each for field in _fields_of(kind) for each in _named(field.type) if each not in done]
            told[hook] += dict.fromkeys(new)
            done |= set(new)
    return told


def _told_by(hook: str) -> list[str]:
    return _told()[hook]


def _fields_of(kind: str) -> list[Field]:
    return fields(getattr(weft, kind))


def _table(rows: Iterable[Field], heading: str) -> str:
    lines = [f"| `{each.name}` | `{_cell(each.type)}` | {_default(each.default)} | {_remark(each.remark)} |" for each in rows]
    return "\n".join([f"| {heading} | type | default | |", "|---|---|---|---|", *lines]) if lines else ""


def _members(kind: type[Any]) -> str:
    return "One of " + ", ".join(f"`{name}`" for name in kind.__members__) + "." if issubclass(kind, Enum) else ""


def _default(text: str) -> str:
    plain = {"field(default_factory=dict)": "{}", "MappingProxyType({})": "{}"}.get(text, text)
    return f"`{_cell(plain)}`" if plain else ""


def _remark(text: str) -> str:
    """Return a comment as Markdown, which would take <plugin> for a tag."""
    return re.sub(r'"([^"]*<[^"]*)"', r"`\1`", _cell(text))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _flat(text: str) -> str:
    return " ".join(text.replace("``", "`").split())

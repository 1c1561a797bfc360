"""Reads the face as a plugin sees it: names, signatures, fields, values; what a release promises."""

import enum
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any, TypeAlias

import msgspec

Json: TypeAlias = dict[str, Any]
_NO = inspect.Parameter.empty


def read_face(package: ModuleType) -> dict[str, Json]:
    """Return everything public in a package, by its whole name; only what a module defines itself or announces in ``__all__``."""
    found: dict[str, Json] = {}
    for module in _modules(package):
        announced = getattr(module, "__all__", None)
        names = announced if announced is not None else [name for name in vars(module) if not name.startswith("_")]
        for name in names:
            thing = getattr(module, name, _NO)
            own = getattr(thing, "__module__", module.__name__) == module.__name__
            if thing is _NO or isinstance(thing, ModuleType) or not (own or announced is not None):
                continue
            found[f"{module.__name__}.{name}"] = told(thing)
    return dict(sorted(found.items()))


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for each in sorted(pkgutil.walk_packages(package.__path__, f"{package.__name__}."), key=lambda found: found.name):
        if not each.name.rpartition(".")[2].startswith("_"):
            yield importlib.import_module(each.name)


def told(thing: Any) -> Json:
    """Return what may be relied on of one thing."""
    if inspect.isclass(thing):
        return _class(thing)
    if inspect.isroutine(thing):
        return {"kind": "function", "parameters": _parameters(thing)}
    return {"kind": "value", "type": type(thing).__name__}


def _class(thing: type[Any]) -> Json:
    facts: Json = {"kind": "class", "bases": [base.__name__ for base in thing.__mro__[1:-1] if base.__module__.startswith("weft")]}
    if issubclass(thing, enum.Enum):
        return {**facts, "values": [member.name for member in thing]}
    fields = _fields(thing)
    members: Json = {}
    for base in reversed(thing.__mro__[:-1]):
        for name, member in vars(base).items():
            if not name.startswith("_") and name not in fields and base.__module__.startswith("weft"):
                members[name] = _member(thing, name, member)
    abstract = sorted(getattr(thing, "__abstractmethods__", ()))
    return {**facts, "abstract": abstract, "fields": fields, "members": dict(sorted(members.items()))}


def _member(owner: type[Any], name: str, member: Any) -> Json:
    if isinstance(member, property):
        return {"kind": "property"}
    plain = inspect.unwrap(getattr(member, "__func__", member))
    if inspect.isroutine(plain):
        kind = type(member).__name__ if isinstance(member, (classmethod, staticmethod)) else "method"
        return {"kind": kind, "parameters": _parameters(plain)}
    return {"kind": "value", "type": type(getattr(owner, name)).__name__}


def _fields(thing: type[Any]) -> dict[str, Json]:
    """Return what a struct or dataclass is made with, in order."""
    made_of = issubclass(thing, msgspec.Struct) or hasattr(thing, "__dataclass_fields__")
    signature = inspect.signature(thing).parameters if made_of else {}
    return {
        name: {"needed": each.default is _NO, "place": None if each.kind is each.KEYWORD_ONLY else place}
        for place, (name, each) in enumerate(signature.items())
    }


def _parameters(function: Any) -> list[Json]:
    return [
        {"name": each.name, "how": each.kind.name.lower(), "needed": each.default is _NO}
        for each in inspect.signature(function).parameters.values()
    ]

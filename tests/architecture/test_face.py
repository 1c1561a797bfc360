"""The face is small, sorted, and says of each of its names what it is."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import weft
import weft.contracts

MODULES = [importlib.import_module(found.name) for found in pkgutil.walk_packages(weft.__path__, "weft.")]


@pytest.mark.parametrize("face", [weft, weft.contracts], ids=["weft", "weft.contracts"])
def test_what_is_visible_is_what_is_announced_in_order(face: ModuleType) -> None:
    visible = [name for name, value in vars(face).items() if not name.startswith("_") and not isinstance(value, ModuleType)]
    assert sorted(visible) == sorted(face.__all__), "a name is visible and not in __all__, or the other way round"
    assert list(face.__all__) == sorted(face.__all__, key=lambda name: (not name.isupper(), name)), "constants first, as ruff sorts them"
    assert len(set(face.__all__)) == len(face.__all__)


@pytest.mark.parametrize("module", [weft, *MODULES], ids=lambda module: module.__name__)
def test_every_public_name_says_what_it_is(module: ModuleType) -> None:
    silent = [name for name, thing in told(module) if not (inspect.getdoc(thing) or "").strip()]
    assert silent == []


def told(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Yield a module, its public functions and classes, and their public methods and properties."""
    yield module.__name__, module
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isclass(thing):
            yield f"{module.__name__}.{name}", _own(thing)
            yield from ((f"{module.__name__}.{name}.{own}", member) for own, member in _members(thing))
        elif inspect.isfunction(thing):
            yield f"{module.__name__}.{name}", thing


def _own(thing: type) -> Any:
    """Return something with the docstring a class was given itself: a dataclass's own signature and an inherited one do not count."""
    doc = vars(thing).get("__doc__") or ""
    return _Doc("" if doc.startswith(f"{thing.__name__}(") else doc)


class _Doc:
    def __init__(self, doc: str) -> None:
        self.__doc__ = doc


def _members(thing: type) -> Iterator[tuple[str, Any]]:
    for name, member in vars(thing).items():
        if not name.startswith("_") and isinstance(member, property | classmethod | staticmethod | type(_members)):
            yield name, member

"""A hook is documented, is asked by the platform, and is used by a plugin; or it should not be there."""

import ast
import inspect
from functools import cache

import pytest

from tests.architecture.tree import ROOT, parsed, sources
from weft import Plugin

HOOKS = sorted(name for name, member in vars(Plugin).items() if hasattr(member, "weft_spec"))
DOCS = ROOT / "docs" / "hooks.md"
# Hooks whose first use is still being written.
WAITING: frozenset[str] = frozenset()


@cache
def overrides() -> frozenset[str]:
    """Return the hooks that a plugin of ours, or of the tests, fulfils."""
    nodes = (node for path in sources("plugins", "tests") for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef))
    return frozenset(node.name for node in nodes if "hookimpl" in {ast.unparse(each) for each in node.decorator_list})


@cache
def asked() -> frozenset[str]:
    """Return every attribute and every string that the platform's code names."""
    nodes = [node for path in sources("core", "tenants", "web", "workers", "infra") for node in ast.walk(parsed(path))]
    names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return frozenset(names | {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)})


def test_there_are_hooks() -> None:
    assert {"storage", "routes", "permissions", "jobs", "lifecycle"} <= set(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_says_what_it_returns(hook: str) -> None:
    doc = inspect.getdoc(getattr(Plugin, hook)) or ""
    assert doc.startswith("Return ")
    assert doc.endswith(".")
    assert "return" in getattr(Plugin, hook).__annotations__


@pytest.mark.parametrize("hook", HOOKS)
def test_the_platform_asks_every_hook(hook: str) -> None:
    assert hook in asked(), "nothing of the platform's asks this hook"


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_used(hook: str) -> None:
    assert hook in overrides() | WAITING, "a new hook needs a use in a plugin of ours or in a test"


@pytest.mark.skipif(not DOCS.exists(), reason="docs/hooks.md is not written yet")
@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_in_the_reference(hook: str) -> None:
    assert f"`{hook}" in DOCS.read_text()

"""What the product imports is what its own set-up installs: the set-up of the tests installs more."""

import ast
import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, parsed, sources

# What only tests and checks of plugins run on, and says so where it is missing.
OF_TESTS = ("infra/testing", "infra/laboratory", "infra/docs", "web/design", "weft/testing")


def named(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def installed_by(lock: str) -> set[str]:
    """Return the distributions that a lock names."""
    return {named(found) for found in re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / lock).read_text(), re.MULTILINE)}


def imported(path: Path) -> set[str]:
    """Return the packages that a file imports, whether at its head or inside a function."""
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - set(PACKAGES)


def product(part: str) -> list[Path]:
    """Return the files of a package that run outside of tests."""
    ours = [path for path in sources(part) if not {"tests", "template"} & set(path.parts)]
    return [path for path in ours if not path.as_posix().startswith(OF_TESTS)]


@cache
def owners() -> Mapping[str, list[str]]:
    """Return the distributions that bring each package."""
    return packages_distributions()


@pytest.mark.parametrize("part", PACKAGES)
def test_what_is_imported_is_installed_with_the_product(part: str) -> None:
    there = installed_by("requirements.lock")
    missing = {
        f"{path}: {package}"
        for path in product(part)
        for package in imported(path)
        if package != "tests" and not {named(each) for each in owners().get(package, [package])} & there
    }
    assert not missing, "add it to the dependencies in pyproject.toml, then: make lock"


def test_there_is_something_to_look_at() -> None:
    assert len(product("core")) > 100
    assert "litestar" in installed_by("requirements.lock")
    assert "pytest" not in installed_by("requirements.lock")
